import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { TOTP } from 'otpauth'
import { ask, type Reply, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let nowMs = Date.now()
let server: TestApp
before(async () => {
  server = await startTestApp({}, { nowMs: () => nowMs })
})
after(() => server[Symbol.asyncDispose]())

const password = 'correct horse battery'
const people = [
  { id: 'lili', role: 'admin', password },
  { id: 'wu', password },
] as const
const make = () => server.organization({ agents: people })

const cookieOf = (reply: Reply) => (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
const signIn = (org: TestOrganization, agentId: string, given = password, more: Record<string, unknown> = {}) =>
  ask(server.url, '/v1/sign-in', { body: { organization: org.id, agentId, password: given, ...more } })
const me = (cookie: string) => ask(server.url, '/v1/me', { headers: { cookie } })

/** The limits count by address too, and all tests share one. */
const later = () => {
  nowMs += 16 * 60_000
}

test('a password opens a session that a cookie keeps', async () => {
  const org = await make()
  const reply = await signIn(org, 'lili')
  assert.equal(reply.status, 200)
  assert.equal(reply.body.holder.agent.id, 'lili')
  assert.match(
    reply.headers.get('set-cookie') ?? '',
    /^duoke_session=dk_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/,
  )
  assert.equal((await me(cookieOf(reply))).body.organization.id, org.id)
})

test('I-7: signing in again ends the session that the browser had before', async () => {
  const org = await make()
  const first = cookieOf(await signIn(org, 'lili'))
  const second = await ask(server.url, '/v1/sign-in', {
    body: { organization: org.id, agentId: 'wu', password },
    headers: { cookie: first },
  })
  assert.equal((await me(first)).status, 401)
  assert.equal((await me(cookieOf(second))).body.holder.agent.id, 'wu')
})

test('signing out ends the session and clears the cookie', async () => {
  const org = await make()
  const cookie = cookieOf(await signIn(org, 'lili'))
  const out = await ask(server.url, '/v1/sign-out', { method: 'POST', headers: { cookie } })
  assert.equal(out.status, 204)
  assert.match(out.headers.get('set-cookie') ?? '', /^duoke_session=; .*Max-Age=0/)
  assert.equal((await me(cookie)).status, 401)
})

/** That a token was used is written beside the answer, not before it. */
async function used(atMs: number): Promise<void> {
  const newest = () =>
    server.app.ground.database.withWorker(async (tx) => {
      const { rows } = await tx.query<{ at: number }>({ text: 'select max(last_used_at) as at from token' })
      return rows[0]?.at ?? 0
    })
  while ((await newest()) < atMs) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('I-7: a session ends after twelve idle hours, and after thirty days however busy', async () => {
  const org = await make()
  const idle = cookieOf(await signIn(org, 'lili'))
  const busy = cookieOf(await signIn(org, 'wu'))
  const [hour, day] = [3_600_000, 24 * 3_600_000]
  nowMs += 11 * hour
  assert.equal((await me(busy)).status, 200)
  nowMs += 2 * hour
  assert.equal((await me(idle)).status, 401)
  for (let passed = 0; passed < 29 * day; passed += 11 * hour) {
    assert.equal((await me(busy)).status, 200)
    await used(nowMs)
    nowMs += 11 * hour
  }
  nowMs += day
  assert.equal((await me(busy)).status, 401)
})

test('I-8: a wrong password, an unknown agent, a disabled one and an unknown organization answer alike', async () => {
  const org = await make()
  const admin = await org.token('lili')
  await ask(server.url, '/v1/agents/wu', { token: admin, method: 'PATCH', body: { disabled: true } })
  const answers = [
    await signIn(org, 'lili', 'wrong'),
    await signIn(org, 'nobody', 'wrong'),
    await signIn(org, 'wu', password),
    await ask(server.url, '/v1/sign-in', { body: { organization: 'no-such', agentId: 'lili', password } }),
  ]
  for (const { status, body, headers } of answers) {
    assert.deepEqual(
      [status, body.code, body.detail, headers.get('set-cookie')],
      [401, 'sign_in_refused', undefined, null],
    )
  }
})

test('I-8: guessing is slowed down for the account, also when many guess at once, and a stranger does not lock others out', async () => {
  later()
  const org = await make()
  const guesses = await Promise.all(Array.from({ length: 14 }, (_, at) => signIn(org, 'lili', `guess ${at}`)))
  const limited = guesses.filter(({ status }) => status === 429)
  assert.equal(limited.length, 6)
  assert.ok(Number(limited[0]?.headers.get('retry-after')) > 0)
  assert.equal((await signIn(org, 'lili')).status, 429)
  assert.equal((await signIn(org, 'wu')).status, 200)
  later()
  assert.equal((await signIn(org, 'lili')).status, 200)
})

test('I-8: an unknown account is slowed down like a known one', async () => {
  later()
  const org = await make()
  const guesses = await Promise.all(Array.from({ length: 14 }, () => signIn(org, 'nobody', 'x')))
  assert.equal(guesses.filter(({ status }) => status === 429).length, 6)
})

test('one-time codes: begun, confirmed, asked for, used once, removed with the password', async () => {
  later()
  const org = await make()
  const cookie = cookieOf(await signIn(org, 'lili'))
  const headers = { cookie }
  const { body } = await ask(server.url, '/v1/me/totp', { method: 'POST', headers })
  const codeNow = () => new TOTP({ secret: body.secret }).generate({ timestamp: nowMs })
  assert.equal((await signIn(org, 'lili')).status, 200, 'not confirmed yet')
  assert.equal((await ask(server.url, '/v1/me/totp', { method: 'PUT', headers, body: { code: '000000' } })).status, 401)
  assert.equal(
    (await ask(server.url, '/v1/me/totp', { method: 'PUT', headers, body: { code: codeNow() } })).status,
    204,
  )
  assert.equal((await me(cookie)).body.totp, true)

  const without = await signIn(org, 'lili')
  assert.deepEqual([without.status, without.body.code], [401, 'second_factor_required'])
  assert.equal(
    (await signIn(org, 'lili', 'wrong')).body.code,
    'sign_in_refused',
    'the code is asked for behind the password only',
  )
  assert.equal((await signIn(org, 'lili', password, { totp: codeNow() })).status, 401, 'the confirming code was used')
  nowMs += 60_000
  const both = await Promise.all([1, 2].map(() => signIn(org, 'lili', password, { totp: codeNow() })))
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401])

  assert.equal(
    (await ask(server.url, '/v1/me/totp', { method: 'DELETE', headers, body: { password: 'wrong' } })).status,
    401,
  )
  assert.equal((await ask(server.url, '/v1/me/totp', { method: 'DELETE', headers, body: { password } })).status, 204)
  assert.equal((await signIn(org, 'lili')).status, 200)
})

test('changing the password needs the current one and ends every other session', async () => {
  later()
  const org = await make()
  const [here, elsewhere] = [cookieOf(await signIn(org, 'lili')), cookieOf(await signIn(org, 'lili'))]
  const change = (body: unknown) =>
    ask(server.url, '/v1/me/password', { method: 'PUT', headers: { cookie: here }, body })
  assert.equal((await change({ current: password, next: 'short' })).body.code, 'weak_password')
  assert.equal((await change({ next: 'a new long password' })).body.code, 'sign_in_refused')
  assert.equal((await change({ current: password, next: 'a new long password' })).status, 204)
  assert.equal((await me(here)).status, 200)
  assert.equal((await me(elsewhere)).status, 401)
  assert.equal((await signIn(org, 'lili')).status, 401)
  assert.equal((await signIn(org, 'lili', 'a new long password')).status, 200)
  const log = await ask(server.url, '/v1/events?types=agent.secured', { headers: { cookie: here } })
  const told = log.body.items.map(({ facts }: { facts: unknown }) => facts)
  assert.deepEqual(told.at(-1), { agentId: 'lili', change: 'password-set' })
  assert.ok(!JSON.stringify(log.body).includes('a new long password'))
})

test('own sign-ins are listed and ended, those of others are not', async () => {
  later()
  const org = await make()
  const [here, elsewhere, wu] = [
    cookieOf(await signIn(org, 'lili')),
    cookieOf(await signIn(org, 'lili')),
    cookieOf(await signIn(org, 'wu')),
  ]
  const list = await ask(server.url, '/v1/me/sign-ins', { headers: { cookie: here } })
  assert.deepEqual(list.body.items.map(({ current }: { current: boolean }) => current).sort(), [false, true])
  const mine = list.body.items.find(({ current }: { current: boolean }) => !current).id
  const theirs = (await ask(server.url, '/v1/me/sign-ins', { headers: { cookie: wu } })).body.items[0].id
  const end = (id: string) => ask(server.url, `/v1/me/sign-ins/${id}`, { method: 'DELETE', headers: { cookie: here } })
  assert.equal((await end(theirs)).status, 404)
  assert.equal((await end(mine)).status, 204)
  assert.equal((await me(elsewhere)).status, 401)
  assert.equal((await me(wu)).status, 200)
})

test('a one-time link signs in once, sets a password, and ends what was before', async () => {
  later()
  const org = await make()
  const admin = await org.token('lili')
  const before = cookieOf(await signIn(org, 'wu'))
  const link = await ask(server.url, '/v1/agents/wu/sign-in-link', { token: admin, method: 'POST' })
  assert.equal(link.status, 201)
  const code = String(link.body.url).split('/').at(-1) ?? ''
  const open = (body: unknown) => ask(server.url, '/v1/sign-in/link', { body })
  assert.equal(
    (await open({ code, newPassword: 'short' })).body.code,
    'weak_password',
    'a refusal does not use the link up',
  )
  const both = await Promise.all([1, 2].map(() => open({ code, newPassword: 'set by the link' })))
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401])
  assert.equal((await me(before)).status, 401)
  assert.equal((await open({ code })).body.code, 'link_expired')
  assert.equal((await signIn(org, 'wu', 'set by the link')).status, 200)
})

test('a one-time link lives half an hour', async () => {
  later()
  const org = await make()
  const admin = await org.adminToken()
  const create = async () =>
    String((await ask(server.url, '/v1/agents/wu/sign-in-link', { token: admin, method: 'POST' })).body.url)
      .split('/')
      .at(-1)
  const [fresh, stale] = [await create(), await create()]
  nowMs += 29 * 60_000
  assert.equal((await ask(server.url, '/v1/sign-in/link', { body: { code: fresh } })).status, 200)
  nowMs += 2 * 60_000
  assert.equal((await ask(server.url, '/v1/sign-in/link', { body: { code: stale } })).body.code, 'link_expired')
})

test('I-9: a link is made for the configured origin, whatever the request claims', async () => {
  const org = await make()
  const token = await org.token('lili')
  const { default: http } = await import('node:http')
  const headers = {
    authorization: `Bearer ${token}`,
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example;proto=https',
  }
  const body = await new Promise<string>((resolve, reject) => {
    const request = http.request(
      new URL('/v1/agents/wu/sign-in-link', server.url),
      { method: 'POST', headers },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      },
    )
    request.on('error', reject)
    request.end()
  })
  const { url } = JSON.parse(body)
  assert.ok(url.startsWith(`${server.url}/#/welcome/`), url)
})

test('the code of a link stands behind the #, where no server and no log sees it', async () => {
  const org = await make()
  const link = await server.app.operator.createFirstLink(org.id, 'lili', 'https://chat.example.com')
  const { hash, pathname, search } = new URL(link.url)
  assert.deepEqual([pathname, search], ['/', ''])
  assert.match(hash, /^#\/welcome\/[\w-]{43}$/)
})

test('without an organization in the request, the only one is meant, and of several none', async () => {
  await using alone = await startTestApp()
  const first = await alone.organization({ agents: people })
  const ask1 = () => ask(alone.url, '/v1/sign-in', { body: { agentId: 'lili', password } })
  assert.equal((await ask1()).body.organization.id, first.id)
  await alone.organization({ agents: people })
  assert.equal((await ask1()).status, 401)
})

test('N6: neither tokens, passwords, codes nor cookies are in what was logged', async () => {
  const org = await make()
  const token = await org.token('lili')
  await ask(server.url, `/v1/me?access_token=${token}&secret=canary-secret`, { token })
  await signIn(org, 'lili', 'canary-password')
  await ask(server.url, '/v1/conversations', { token: 'dk_canary-token-that-is-wrong' })
  const text = server.logged.join('\n')
  assert.doesNotMatch(text, /dk_[\w-]{10}|canary|correct horse|duoke_session/)
})
