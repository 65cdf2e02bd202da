import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bus, createLocalBus } from '../src/realtime/bus.ts'
import { ask, type Json } from './support/app.ts'
import { openStream } from './support/stream.ts'
import { twoServers } from './support/two-servers.ts'

const isReady = ({ type }: Json) => type === 'ready'

/** A bus on which everything is lost, as when NATS is away. */
function deafBus(): Bus {
  return { ...createLocalBus(), publish: () => {} }
}

for (const [name, makeBus, withinMs] of [
  ['with a bus', createLocalBus, 2000],
  ['F13: without one, by looking', deafBus, 4000],
] as const) {
  test(`an event of one server reaches the streams of the other, ${name}`, async () => {
    await using servers = await twoServers(makeBus())
    const { left, right } = servers
    const org = await left.organization({ agents: [{ id: 'lili', capacity: 50 }] })
    const token = await org.token('lili')
    await using stream = await openStream(right.url, { token, view: 'all' })
    await stream.frame(isReady, 10_000)
    for (let at = 0; at < 5; at++) await org.write(`o-${at}`, `第 ${at} 条`)
    const started = performance.now()
    await stream.frame((frame) => frame.type === 'event' && frame.event.personal?.content?.text === '第 4 条', 10_000)
    assert.ok(performance.now() - started < withinMs)
    const positions = stream.events.map(({ position }) => position)
    assert.deepEqual(
      positions,
      [...new Set(positions)].sort((one, two) => one - two),
    )
  })
}

test('a cursor, a token and a retry key of one server are good on the other', async () => {
  await using servers = await twoServers(createLocalBus())
  const { left, right } = servers
  const org = await left.organization()
  const token = await org.token('lili')
  const id = await org.write('o-1', '你好')
  const cursor = (await ask(left.url, '/v1/me', { token })).headers.get('duoke-cursor') ?? ''
  const send = (url: string) =>
    ask(url, `/v1/conversations/${id}/messages`, {
      token,
      body: { type: 'text', text: '一次' },
      headers: { 'idempotency-key': 'k' },
    })
  const [first, second] = [await send(left.url), await send(right.url)]
  assert.deepEqual([second.body, second.headers.get('idempotency-replayed')], [first.body, 'true'])
  const page = await ask(right.url, `/v1/events?after=${cursor}&types=message.submitted`, { token })
  assert.equal(page.body.items.length, 1)
})

test('an agent with streams on two servers vanishes when both are gone, and when one server died', async () => {
  await using servers = await twoServers(createLocalBus())
  const { left, right, database } = servers
  const org = await left.organization({ agents: [{ id: 'lili', role: 'admin' }], vanishedGraceMs: 300 })
  const token = await org.token('lili')
  const status = async () => (await ask(right.url, '/v1/agents/lili', { token })).body.status
  const one = await openStream(left.url, { token })
  const two = await openStream(right.url, { token })
  await Promise.all([one.frame(isReady), two.frame(isReady)])
  await ask(left.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
  await one[Symbol.asyncDispose]()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  assert.equal(await status(), 'online', 'the other stream is there')
  await two[Symbol.asyncDispose]()
  const until = Date.now() + 10_000
  while ((await status()) === 'online' && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(await status(), 'offline')

  // A server that died leaves its row behind; nobody renews it.
  await ask(left.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
  await right.app.ground.database.withOrganization(org.id, (tx) =>
    tx.query({ text: `insert into presence values ($1, 'lili', 'dead-server', clock_timestamp())`, values: [org.id] }),
  )
  const later = Date.now() + 10_000
  while ((await status()) === 'online' && Date.now() < later) await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(await status(), 'offline')
  assert.ok(database.connection.database.length > 0)
})

test('colleagues on two servers see each other look and type', async () => {
  await using servers = await twoServers(createLocalBus())
  const { left, right } = servers
  const org = await left.organization({ agents: [{ id: 'lili', role: 'admin' }, { id: 'wu' }] })
  const [lili, wu] = [await org.token('lili'), await org.token('wu')]
  const id = await org.write('o-1', '你好')
  await using one = await openStream(left.url, { token: lili })
  await using two = await openStream(right.url, { token: wu })
  await Promise.all([one.frame(isReady), two.frame(isReady)])
  await two.frame(({ type }) => type === 'list')
  two.send({ type: 'watch', conversationIds: [id] })
  await two.frame(({ type }) => type === 'viewing')
  one.send({ type: 'watch', conversationIds: [id] })
  await two.frame((frame) => frame.type === 'viewing' && frame.agentIds.join() === 'lili,wu')
  one.send({ type: 'typing', conversationId: id })
  assert.equal((await two.frame(({ type }) => type === 'typing')).agentId, 'lili')
})
