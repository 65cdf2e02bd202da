import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { closeCodes } from '@duoke/contract'
import { WebSocket } from 'ws'
import { socketTimes } from '../src/realtime/socket.ts'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'
import { openStream } from './support/stream.ts'

let server: TestApp
before(async () => {
  server = await startTestApp({}, { presence: { beatMs: 100, deadAfterMs: 1000 } })
})
after(() => server[Symbol.asyncDispose]())

const online = (token: string, status = 'online') =>
  ask(server.url, '/v1/me/presence', { token, method: 'PUT', body: { status } })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const isReady = ({ type }: Json) => type === 'ready'

test('an agent whose last stream is gone gives the sessions back after the grace time', async () => {
  const org = await server.organization({ agents: [{ id: 'lili', role: 'admin' }, { id: 'wu' }], vanishedGraceMs: 300 })
  const [lili, wu] = [await org.token('lili'), await org.token('wu')]
  const first = await openStream(server.url, { token: wu })
  const second = await openStream(server.url, { token: wu })
  await Promise.all([first.frame(isReady), second.frame(isReady)])
  await online(wu)
  const id = await org.write('o-1', '你好')
  await first[Symbol.asyncDispose]()
  await pause(800)
  assert.equal(
    (await ask(server.url, `/v1/conversations/${id}`, { token: lili })).body.assignee,
    'wu',
    'one stream is left',
  )
  await second[Symbol.asyncDispose]()
  const until = Date.now() + 10_000
  const status = async () => (await ask(server.url, `/v1/conversations/${id}`, { token: lili })).body.status
  while ((await status()) !== 'waiting' && Date.now() < until) await pause(50)
  assert.equal(await status(), 'waiting')
  const events = await ask(server.url, '/v1/events?limit=200&types=agent.status-changed', { token: lili })
  assert.equal(events.body.items.at(-1).facts.cause, 'vanished')

  // Back within minutes, the agent goes on where the connection was lost.
  await using back = await openStream(server.url, { token: wu })
  await back.frame(isReady)
  while ((await status()) === 'waiting' && Date.now() < until) await pause(50)
  assert.equal((await ask(server.url, `/v1/conversations/${id}`, { token: lili })).body.assignee, 'wu')
})

test('an agent who comes back within the grace time keeps the sessions', async () => {
  const org = await server.organization({ agents: [{ id: 'wu' }], vanishedGraceMs: 4000 })
  const token = await org.token('wu')
  const first = await openStream(server.url, { token })
  await first.frame(isReady)
  await online(token)
  const id = await org.write('o-1', '你好')
  await first[Symbol.asyncDispose]()
  await pause(700)
  await using second = await openStream(server.url, { token })
  await second.frame(isReady)
  await pause(5500)
  assert.equal((await ask(server.url, `/v1/conversations/${id}`, { token })).body.assignee, 'wu')
})

test('a status set without a stream holds until it is changed or its time is over', async () => {
  const org = await server.organization({ agents: [{ id: 'wu' }], vanishedGraceMs: 0 })
  const token = await org.token('wu')
  const stream = await openStream(server.url, { token })
  await stream.frame(isReady)
  await stream[Symbol.asyncDispose]()
  // The server has seen it go; what it knew of the stream must not end what is chosen now.
  while (!/^duoke_sockets 0$/m.test((await ask(server.url, '/metrics')).body)) await pause(20)
  await online(token)
  await pause(1800)
  assert.equal((await ask(server.url, '/v1/me', { token })).body.holder.agent.status, 'online')
  await ask(server.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online', ttlMs: 1000 } })
  const until = Date.now() + 6000
  const status = async () => (await ask(server.url, '/v1/me', { token })).body.holder.agent.status
  while ((await status()) === 'online' && Date.now() < until) await pause(100)
  assert.notEqual(await status(), 'online')
})

test('F73: a connection that answers nothing any more is dead within forty seconds', async () => {
  const scale = 20
  const times = Object.fromEntries(
    Object.entries(socketTimes).map(([name, ms]) => [name, ms / scale]),
  ) as typeof socketTimes
  await using quick = await startTestApp({}, { socketTimes: times })
  const org = await quick.organization()
  const token = await org.token('lili')
  const silent = new WebSocket(`${quick.url.replace('http', 'ws')}/v1/stream`, { autoPong: false })
  await new Promise((resolve) => silent.once('open', resolve))
  const started = performance.now()
  silent.send(JSON.stringify({ type: 'hello', version: 1, token }))
  await using answering = await openStream(quick.url, { token })
  await new Promise((resolve) => silent.once('close', resolve))
  assert.ok((performance.now() - started) * scale <= 46_000, `${(performance.now() - started) * scale} ms`)
  assert.equal(answering.ws.readyState, WebSocket.OPEN)
  await answering.frame(({ type }) => type === 'ping')
  const mute = new WebSocket(`${quick.url.replace('http', 'ws')}/v1/stream`)
  const [code] = await new Promise<[number]>((resolve) => mute.once('close', (closeCode) => resolve([closeCode])))
  assert.equal(code, closeCodes.protocol, 'no hello in time')
})
