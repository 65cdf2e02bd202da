import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

type Sent = { readonly id: string; readonly event: string; readonly data: Json }

/** Reads Server-Sent Events until enough have come, or the server ends the stream. */
async function follow(
  token: string,
  query: string,
  enough: (events: Sent[]) => boolean,
  headers: Record<string, string> = {},
): Promise<Sent[]> {
  const stop = new AbortController()
  const response = await fetch(new URL(`/v1/events${query}`, server.url), {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(15_000)]),
  })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  const events: Sent[] = []
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)))
      if (fields.data !== undefined) events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) })
    }
    if (enough(events)) break
  }
  stop.abort()
  return events
}

test('I5: Server-Sent Events go on behind the last id without gap or repeat, while events are written', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const writing = (async () => {
    for (let at = 0; at < 40; at++) await org.write(`o-${at % 3}`, `${at}`)
  })()
  const seen: Sent[] = []
  const isLast = (events: Sent[]) => events.some(({ data }) => data.personal?.content?.text === '39')
  while (!isLast(seen)) {
    const from = seen.at(-1)?.id
    const more = await follow(
      token,
      '',
      (events) => events.length >= 17 || isLast(events),
      from === undefined ? {} : { 'last-event-id': from },
    )
    seen.push(...more)
  }
  await writing
  const positions = seen.map(({ data }) => data.position)
  assert.deepEqual(
    positions,
    Array.from(positions, (_, at) => at + 1),
  )
})

test('types and conversations are filtered, in a stream as on a page', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  const id = await org.write('o-1', '一')
  await org.write('o-2', '二')
  await org.write('o-1', '三')
  const query = `?types=message.received&conversation=${id}`
  const page = await ask(server.url, `/v1/events${query}`, { token })
  const streamed = await follow(token, query, (events) => events.length === 2)
  assert.deepEqual(
    page.body.items.map(({ personal }: Json) => personal.content.text),
    ['一', '三'],
  )
  assert.deepEqual(
    streamed.map(({ data }) => data),
    page.body.items,
  )
  const unknown = await ask(server.url, '/v1/events?types=nothing.happened', { token })
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'invalid_request'])
})

test('pages of filtered events end, and their cursor goes on behind what was passed over', async () => {
  const org = await server.organization()
  const token = await org.token('lili')
  for (let at = 0; at < 5; at++) await org.write('o-1', `${at}`)
  const found: number[] = []
  let next = ''
  for (let round = 0; round < 10; round++) {
    const page = await ask(
      server.url,
      `/v1/events?types=message.received&limit=2${next === '' ? '' : `&after=${next}`}`,
      { token },
    )
    if (page.body.items.length === 0) break
    found.push(...page.body.items.map(({ position }: Json) => position))
    next = page.body.next
  }
  assert.equal(found.length, 5)
  const head = (await ask(server.url, '/v1/me', { token })).headers.get('duoke-cursor')
  assert.equal((await ask(server.url, `/v1/events?types=team.removed`, { token })).body.next, head)
})

test('I-2: an event stream ends within five seconds of its token, busy or quiet', async () => {
  const org = await server.organization()
  const admin = await org.token('lili')
  const made = await ask(server.url, '/v1/tokens', { token: admin, body: { holder: { kind: 'agent', id: 'lili' } } })
  const reading = follow(made.body.token, '', () => false)
  await ask(server.url, `/v1/tokens/${made.body.info.id}`, { token: admin, method: 'DELETE' })
  const started = performance.now()
  let isOver = false
  const ended = reading.finally(() => {
    isOver = true
  })
  for (let at = 0; !isOver && performance.now() - started < 6000; at++) {
    await org.write('o-1', `${at}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await ended
  assert.ok(performance.now() - started < 5500)
})
