import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let server: TestApp
let org: TestOrganization
let token: string
before(async () => {
  server = await startTestApp()
  org = await server.organization()
  token = await org.token('lili')
})
after(() => server[Symbol.asyncDispose]())

test('F68: one key, a hundred times at once, has one effect; another body is refused', async () => {
  const fresh = await org.write('o-key', '你好')
  const send = (text: string) =>
    ask(server.url, `/v1/conversations/${fresh}/messages`, {
      token,
      body: { type: 'text', text },
      headers: { 'idempotency-key': 'k-1' },
    })
  const answers = await Promise.all(Array.from({ length: 100 }, () => send('一次')))
  const running = answers.filter(({ status }) => status === 409)
  for (const answer of running) {
    assert.equal(answer.body.code, 'idempotency_running')
    assert.equal(answer.headers.get('retry-after'), '1')
  }
  const done = answers.filter(({ status }) => status === 202)
  assert.equal(done.length + running.length, 100)
  const again = await send('一次')
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [202, 'true'])
  assert.deepEqual([...new Set([...done, again].map(({ body }) => body.id))].length, 1)
  const other = await send('两次')
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_mismatch'])
  const thread = await ask(server.url, `/v1/conversations/${fresh}/messages`, { token })
  assert.equal(thread.body.items.filter(({ direction }: { direction: string }) => direction === 'out').length, 1)
})

test('F68: a key is repeated for a mutation that is no message too, with the very same answer', async () => {
  const create = () =>
    ask(server.url, '/v1/tokens', {
      token,
      body: { holder: { kind: 'agent', id: 'lili' }, scopes: ['agents:read'] },
      headers: { 'idempotency-key': 'make-one' },
    })
  const [first, second] = [await create(), await create()]
  assert.deepEqual(second.body, first.body)
  const stored = await server.app.ground.database.withOrganization(org.id, (tx) =>
    tx.query<{ result: string }>({
      text: `select result::text as result from seen_command where key like 'http:%make-one'`,
    }),
  )
  assert.ok(!stored.rows[0]?.result.includes(first.body.token), 'the token is not stored in clear')
})

test('F68: a refused request may be tried again with its key', async () => {
  const fresh = await org.write('o-refused', '你好')
  const reopen = () =>
    ask(server.url, `/v1/conversations/${fresh}/reopen`, {
      token,
      method: 'POST',
      headers: { 'idempotency-key': 'open-1' },
    })
  assert.equal((await reopen()).body.code, 'already_open')
  const again = await reopen()
  assert.deepEqual([again.body.code, again.headers.get('idempotency-replayed')], ['already_open', null])
})

test('what is left of the allowance is said, and when nothing is, the answer is 429 with Retry-After', async () => {
  await using small = await startTestApp({ rateLimit: '5' })
  const [left, right] = [await small.organization(), await small.organization()]
  const mine = await left.token('lili')
  const answers = []
  for (let at = 0; at < 6; at++) answers.push(await ask(small.url, '/v1/me', { token: mine }))
  assert.equal(answers[0]?.headers.get('ratelimit-policy'), '"token";q=5;w=60')
  assert.match(answers[0]?.headers.get('ratelimit') ?? '', /^"token";r=4;t=\d+$/)
  const last = answers[5]
  assert.deepEqual([last?.status, last?.body.code, last?.headers.get('retry-after')], [429, 'too_many_requests', '12'])
  assert.equal(
    (await ask(small.url, '/v1/me', { token: await right.token('lili') })).status,
    200,
    'others are not affected',
  )
})
