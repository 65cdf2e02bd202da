import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { closeCodes } from '@duoke/contract'
import { WebSocket } from 'ws'
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
const isEvent = (type: string) => (frame: Json) => frame.type === 'event' && frame.event.type === type

test('an agent sees what concerns the conversations they hold, and not those of others', async () => {
  const org = await server.organization({
    agents: [
      { id: 'lili', capacity: 1 },
      { id: 'wu', capacity: 1 },
    ],
  })
  const [lili, wu] = [await org.token('lili'), await org.token('wu')]
  await online(lili)
  const first = await org.write('o-1', '给莉莉')
  await online(wu)
  await using mine = await openStream(server.url, { token: lili })
  await using theirs = await openStream(server.url, { token: wu })
  await Promise.all([mine.frame(isReady), theirs.frame(isReady)])
  const second = await org.write('o-2', '给小吴')
  await org.write('o-1', '还在吗')
  await mine.frame((frame) => frame.type === 'event' && frame.event.personal?.content?.text === '还在吗')
  // Before it was given to somebody, the conversation concerned nobody: its first message comes with the thread.
  await theirs.frame(isEvent('session.assigned'))
  await theirs.frame((frame) => frame.type === 'list' && frame.conversations.some((one: Json) => one.id === second))
  const conversations = (events: Json[]) => new Set(events.map(({ conversationId }) => conversationId).filter(Boolean))
  assert.deepEqual(conversations(mine.events), new Set([first]))
  assert.deepEqual(conversations(theirs.events), new Set([second]))
})

test('who takes a conversation over is told by its assignment, who loses it by the same event', async () => {
  const org = await server.organization({ agents: [{ id: 'lili' }, { id: 'wu' }] })
  const [lili, wu] = [await org.token('lili'), await org.token('wu')]
  await online(lili)
  const id = await org.write('o-1', '你好')
  await online(wu)
  await using from = await openStream(server.url, { token: lili })
  await using to = await openStream(server.url, { token: wu })
  await Promise.all([from.frame(isReady), to.frame(isReady)])
  await ask(server.url, `/v1/conversations/${id}/transfer`, { token: lili, body: { to: { agentId: 'wu' } } })
  await Promise.all([from.frame(isEvent('session.assigned')), to.frame(isEvent('session.assigned'))])
  await org.write('o-1', '之后')
  await to.frame(isEvent('message.received'))
  await pause(50)
  assert.ok(!from.events.some(({ type }) => type === 'message.received'))
})

test('list changes have the newest state, at most four frames a second', async () => {
  const org = await server.organization({ agents: [{ id: 'lili', capacity: 0 }] })
  await using stream = await openStream(server.url, { token: await org.token('lili') })
  const greeting = await stream.frame(({ type }) => type === 'list')
  assert.deepEqual([greeting.counts, greeting.conversations], [{ waiting: 0, mine: 0 }, []])
  const started = performance.now()
  for (let at = 0; at < 40; at++) await org.write(`o-${at % 4}`, `第 ${at} 条`)
  const took = performance.now() - started
  const last = await stream.frame(
    (frame) => frame.type === 'list' && frame.conversations.some((one: Json) => one.lastMessage.preview === '第 39 条'),
  )
  assert.equal(last.counts.waiting, 4)
  const lists = stream.frames.filter(({ type }) => type === 'list')
  assert.ok(lists.length <= 2 + Math.ceil((took + 300) / 250), `${lists.length} frames in ${took} ms`)
  assert.equal(new Set(last.conversations.map(({ id }: Json) => id)).size, last.conversations.length)
})

test('F74, I5: a stream that is cut and resumed gets every event once, whatever happened meanwhile', async () => {
  const org = await server.organization({ agents: [{ id: 'lili', role: 'admin', capacity: 100 }] })
  const token = await org.token('lili')
  await online(token)
  for (const view of ['all', 'agent'] as const) {
    const seen: number[] = []
    const start = (await ask(server.url, '/v1/me', { token })).headers.get('duoke-cursor') ?? ''
    let cursor = start
    for (let round = 0; round < 6; round++) {
      const writing = (async () => {
        for (let at = 0; at < 15; at++) await org.write(`o-${view}-${at % 3}`, `${round}/${at}`)
      })()
      await pause(10 * round)
      const stream = await openStream(server.url, { token, view, after: cursor })
      await pause(30)
      if (round === 5) await writing
      if (round === 5)
        await stream.frame((frame) => frame.type === 'event' && frame.event.personal?.content?.text === '5/14')
      await stream[Symbol.asyncDispose]()
      seen.push(...stream.events.map(({ position }) => position))
      cursor = stream.events.at(-1)?.cursor ?? cursor
      await writing
    }
    const all: Json[] = []
    for (let next = start; ; ) {
      const page = await ask(server.url, `/v1/events?limit=200&after=${next}`, { token })
      all.push(...page.body.items)
      next = page.body.next
      if (page.body.items.length === 0) break
    }
    const upTo = all.find(({ personal }) => personal?.content?.text === '5/14').position
    const expected = all.filter(({ position }) => position <= upTo).map(({ position }) => position)
    // The starts of conversations that nobody held yet are nobody's.
    const isTheirs =
      view === 'all'
        ? () => true
        : (position: number) => all.find((event) => event.position === position).type !== 'conversation.started'
    const missed = expected.filter((position) => !seen.includes(position))
    assert.deepEqual(
      missed.filter((position) => isTheirs(position) && seen[0] !== undefined && !isOpening(all, position)),
      [],
      view,
    )
    assert.equal(new Set(seen).size, seen.length, 'none twice')
    assert.deepEqual(
      seen,
      [...seen].sort((left, right) => left - right),
      'in order',
    )
  }
})

/** What happened to a new conversation before it was given to somebody. */
function isOpening(all: readonly Json[], position: number): boolean {
  const event = all.find((one) => one.position === position)
  const assigned = all.find((one) => one.type === 'session.assigned' && one.conversationId === event.conversationId)
  return assigned !== undefined && position < assigned.position
}

test('an agent who resumes is told of a conversation that was theirs at the cursor and went meanwhile', async () => {
  const org = await server.organization({ agents: [{ id: 'lili' }, { id: 'wu' }] })
  const [lili, wu] = [await org.token('lili'), await org.token('wu')]
  await online(lili)
  const id = await org.write('o-1', '你好')
  const cursor = (await ask(server.url, '/v1/me', { token: lili })).headers.get('duoke-cursor') ?? ''
  await org.write('o-1', '莉莉还在')
  await online(wu)
  await ask(server.url, `/v1/conversations/${id}/transfer`, { token: lili, body: { to: { agentId: 'wu' } } })
  await org.write('o-1', '给小吴的')
  await using stream = await openStream(server.url, { token: lili, after: cursor })
  await stream.frame(isEvent('session.assigned'))
  await pause(100)
  const texts = stream.events
    .filter(({ type }) => type === 'message.received')
    .map(({ personal }) => personal.content.text)
  assert.deepEqual(texts, ['莉莉还在'])
})

test('watching shows a conversation of somebody else, who writes in it and who looks at it', async () => {
  const org = await server.organization({ agents: [{ id: 'lili' }, { id: 'boss', role: 'supervisor' }] })
  const [lili, boss] = [await org.token('lili'), await org.token('boss')]
  await online(lili)
  const id = await org.write('o-1', '你好')
  await using holder = await openStream(server.url, { token: lili })
  await using looking = await openStream(server.url, { token: boss })
  await Promise.all([holder.frame(isReady), looking.frame(isReady)])
  await looking.frame(({ type }) => type === 'list')
  looking.send({ type: 'watch', conversationIds: [id] })
  await looking.frame((frame) => frame.type === 'viewing' && frame.agentIds.includes('boss'))
  holder.send({ type: 'watch', conversationIds: [id] })
  await looking.frame((frame) => frame.type === 'viewing' && frame.agentIds.join() === 'boss,lili')
  holder.send({ type: 'typing', conversationId: id })
  assert.deepEqual(await looking.frame(({ type }) => type === 'typing'), {
    type: 'typing',
    conversationId: id,
    agentId: 'lili',
  })
  await org.write('o-1', '旁听')
  await looking.frame((frame) => frame.type === 'event' && frame.event.personal?.content?.text === '旁听')
  await holder[Symbol.asyncDispose]()
  await looking.frame(
    (frame) => frame.type === 'viewing' && frame.agentIds.join() === 'boss' && looking.frames.indexOf(frame) > 3,
  )
})

test('A9: a stream shows the personal part only to those whose scopes show it', async () => {
  const org = await server.organization()
  await using stream = await openStream(server.url, {
    token: await org.token('lili', ['events:read', 'conversations:read']),
    view: 'all',
  })
  await stream.frame(isReady)
  await org.write('o-secret', '机密')
  await stream.frame(isEvent('message.received'))
  assert.doesNotMatch(JSON.stringify(stream.frames), /机密|o-secret/)
})

test('a stream without a token, with a wrong one or without the scope is closed with the reason', async () => {
  const org = await server.organization()
  const cases: [Record<string, string>, number][] = [
    [{}, closeCodes.unauthenticated],
    [{ token: 'dk_wrong' }, closeCodes.unauthenticated],
    [{ token: await org.token('lili', ['conversations:read']) }, closeCodes.insufficientScope],
  ]
  for (const [options, code] of cases) {
    const stream = await openStream(server.url, options)
    assert.equal((await stream.closed).code, code)
  }
})

test('a frame that is none, before or after hello, closes the stream', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  for (const text of [
    '{',
    '[]',
    '{"type":"nothing"}',
    JSON.stringify({ type: 'hello', version: 2 }),
    JSON.stringify({ type: 'pong' }),
  ]) {
    const stream = await openStream(server.url, { hello: false })
    stream.ws.send(text)
    assert.equal((await stream.closed).code, closeCodes.protocol, text)
  }
  const binary = await openStream(server.url, { token })
  await binary.frame(isReady)
  binary.ws.send(Buffer.from([1, 2, 3]))
  assert.equal((await binary.closed).code, closeCodes.protocol)
  const flood = await openStream(server.url, { token })
  await flood.frame(isReady)
  for (let at = 0; at < 100; at++) flood.send({ type: 'pong' })
  assert.equal((await flood.closed).code, closeCodes.protocol)
  const huge = await openStream(server.url, { hello: false })
  huge.ws.send('x'.repeat(100_000))
  assert.equal((await huge.closed).code, 1009)
})

test('F71: a cursor of another log is answered with a reset', async () => {
  const [org, other] = [await server.organization(), await server.organization()]
  const foreign =
    (await ask(server.url, '/v1/me', { token: await other.token('lili') })).headers.get('duoke-cursor') ?? ''
  const stream = await openStream(server.url, { token: await org.token('lili'), after: foreign })
  assert.deepEqual(await stream.frame(({ type }) => type === 'reset'), { type: 'reset', reason: 'cursor_expired' })
  await stream.closed
})

test('I-10: a handshake with the cookie from another origin is refused, from our own it needs no token', async () => {
  const org = await server.organization({ agents: [{ id: 'lili', password: 'correct horse battery' }] })
  const signedIn = await ask(server.url, '/v1/sign-in', {
    body: { organization: org.id, agentId: 'lili', password: 'correct horse battery' },
  })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  for (const origin of ['https://evil.example', 'null', server.url.replace(/:\d+$/, ':1')]) {
    await assert.rejects(openStream(server.url, { headers: { cookie, origin } }), /refused with 403/, origin)
  }
  await using stream = await openStream(server.url, { headers: { cookie, origin: server.url } })
  await stream.frame(isReady)
})

test('what is no stream does not become a socket', async () => {
  await assert.rejects(
    new Promise((_resolve, reject) => {
      const ws = new WebSocket(`${server.url.replace('http', 'ws')}/v1/other`)
      ws.once('error', reject)
      ws.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))))
    }),
    /404/,
  )
  assert.equal((await ask(server.url, '/v1/stream')).status, 400)
})

test('I-2: an ended token, a removed scope and a disabled agent close their streams within five seconds', async () => {
  const org = await server.organization({
    agents: [{ id: 'lili', role: 'admin' }, { id: 'wu' }],
    apps: [{ id: 'crm', scopes: ['events:read', 'conversations:read'] }],
  })
  const admin = await org.token('lili')
  const [ended, disabled, app] = [await org.token('lili'), await org.token('wu'), await org.token({ app: 'crm' })]
  const streams = await Promise.all([ended, disabled, app].map((token) => openStream(server.url, { token })))
  await Promise.all(streams.map((stream) => stream.frame(isReady)))
  await online(disabled)
  const held = await org.write('o-1', '你好')
  const list = await ask(server.url, '/v1/tokens?limit=200', { token: admin })
  const newest = list.body.items.filter(({ holder }: Json) => holder.id === 'lili')
  const started = performance.now()
  for (const { id } of newest)
    if (id !== newest.find(({ current }: Json) => current).id)
      await ask(server.url, `/v1/tokens/${id}`, { token: admin, method: 'DELETE' })
  await ask(server.url, '/v1/agents/wu', { token: admin, method: 'PATCH', body: { disabled: true } })
  const applied = await server.app.operator.apply({
    version: 1,
    organization: { id: org.id, name: 'x' },
    apps: [{ id: 'crm', name: 'crm', scopes: ['conversations:read'] }],
  })
  assert.ok(applied.ok)
  const codes = await Promise.all(streams.map(async (stream) => (await stream.closed).code))
  assert.deepEqual(codes, [closeCodes.revoked, closeCodes.revoked, closeCodes.revoked])
  assert.ok(performance.now() - started < 5000)
  const given = await ask(server.url, `/v1/conversations/${held}`, { token: admin })
  assert.equal(given.body.status, 'waiting')
})

test('a reader who does not read is reset and closed, and nobody else waits for it', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const { hostname, port } = new URL(server.url)
  const slow = connect(Number(port), hostname)
  slow.pause()
  slow.on('error', () => {})
  slow.write(
    `GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  const hello = Buffer.from(JSON.stringify({ type: 'hello', version: 1, view: 'all' }))
  slow.write(Buffer.concat([Buffer.from([0x81, 0x80 | hello.length, 0, 0, 0, 0]), hello]))
  await using quick = await openStream(server.url, { token, view: 'all' })
  await quick.frame(isReady)
  const until = performance.now() + 20_000
  const before = server.logged.length
  const text = 'x'.repeat(15_000)
  const sockets = async () => Number(/^duoke_sockets (\d+)/m.exec((await ask(server.url, '/metrics')).body)?.[1])
  const atFirst = await sockets()
  let written = 0
  while ((await sockets()) >= atFirst && performance.now() < until) {
    await Promise.all(Array.from({ length: 20 }, () => org.write(`o-${written++ % 20}`, text)))
  }
  assert.ok((await sockets()) < atFirst, 'the slow one is gone')
  await quick.frame((frame) => frame.type === 'event' && frame.event.position >= written, 10_000)
  assert.equal(quick.ws.readyState, WebSocket.OPEN)
  assert.equal(server.logged.length, before)
  slow.destroy()
})

test('F25: a stream of a log that was begun anew ends, even when nobody said so, and the next one goes on', async () => {
  const org = await server.organization({ agents: [{ id: 'lili' }] })
  const token = await org.token('lili')
  await using before = await openStream(server.url, { token })
  await before.frame(isReady)
  const cursor = before.cursor()
  const isExpired = (frame: Json) => frame.type === 'reset' && frame.reason === 'cursor_expired'
  await server.app.ground.database.withWorker((tx) =>
    tx.query({ text: `update organization set epoch = 'another' where org_id = $1`, values: [org.id] }),
  )
  await before.frame(isExpired)
  await using old = await openStream(server.url, { token, after: cursor })
  await old.frame(isExpired)
  await using next = await openStream(server.url, { token })
  await next.frame(isReady)
  await org.write('o-1', '你好')
  await next.frame((frame) => frame.type === 'list')
})

test('F24: a server that stops tells its sockets and finishes what was begun', async () => {
  const stopping = await startTestApp()
  const org = await stopping.organization()
  const token = await org.token('lili')
  const stream = await openStream(stopping.url, { token })
  await stream.frame(isReady)
  const body = JSON.stringify({ status: 'away' })
  const { hostname, port } = new URL(stopping.url)
  const begun = connect(Number(port), hostname)
  let answer = ''
  begun.on('data', (chunk) => {
    answer += chunk
  })
  const ended = new Promise((resolve) => begun.once('close', resolve))
  const head = `Host: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  begun.write(`PUT /v1/me/presence HTTP/1.1\r\n${head}\r\nExpect: 100-continue\r\n\r\n`)
  while (!answer.includes('100 Continue')) await pause(5)

  const started = performance.now()
  const stopped = stopping[Symbol.asyncDispose]()
  assert.equal((await stream.closed).code, closeCodes.shuttingDown)
  await pause(100)
  begun.write(body)
  await ended
  assert.match(answer, /HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*"status":"away"/i)
  await stopped
  assert.ok(performance.now() - started < 9000, 'it did not wait for connections that nobody uses')
})
