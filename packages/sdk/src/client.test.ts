import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FakeAnswer, fakeFetch, json, problem, type SeenRequest } from '../test/support/fake-fetch.ts'
import { VirtualTime } from '../test/support/virtual-time.ts'
import { createClient } from './client.ts'
import { DuokeError } from './duoke-error.ts'

function setUp(answers: FakeAnswer[] | ((request: SeenRequest) => FakeAnswer)) {
  const time = new VirtualTime()
  const { fetch, seen } = fakeFetch(answers)
  const pauses: number[] = []
  let ids = 0
  const client = createClient({
    baseUrl: 'https://duoke.example/',
    token: 'tk_secret',
    fetch,
    timeoutMs: 1_000,
    ports: {
      nowMs: () => time.nowMs,
      random: () => 0.5,
      newId: () => {
        ids += 1
        return `id-${ids}`
      },
      // Pauses between attempts pass at once; the time-out of an attempt passes only when it is alone.
      schedule: (delayMs, run) => {
        if (delayMs === 1_000) return time.schedule(delayMs, run)
        pauses.push(delayMs)
        const timer = setImmediate(run)
        return () => clearImmediate(timer)
      },
    },
  })
  return { client, seen, pauses, time }
}

const conversation = { id: 'cv_1', status: 'open' }

test('A call fills in the path, sends the token and gives what the server answered', async () => {
  const { client, seen } = setUp([json(conversation)])
  const answer = await client.conversations.get('cv/1')
  assert.equal(answer.id, 'cv_1')
  assert.equal(seen[0]?.url.href, 'https://duoke.example/v1/conversations/cv%2F1')
  assert.equal(seen[0]?.headers.get('authorization'), 'Bearer tk_secret')
  assert.equal(seen[0]?.headers.has('idempotency-key'), false)
})

test('A parameter that would reach another address is refused before anything is sent', async () => {
  const { client, seen } = setUp([])
  for (const id of ['', '.', '..']) await assert.rejects(client.conversations.get(id), TypeError)
  assert.equal(seen.length, 0)
})

test('A snapshot read tells the cursor to follow from', async () => {
  const { client } = setUp([json(conversation, 200, { 'Duoke-Cursor': 'c-77' })])
  const { data, cursor, status } = await client.call('getConversation', { conversationId: 'cv_1' }).withAnswer()
  assert.deepEqual({ id: data.id, cursor, status }, { id: 'cv_1', cursor: 'c-77', status: 200 })
})

test('Every attempt of a change carries the same Idempotency-Key and the same client id', async () => {
  const { client, seen } = setUp([
    new TypeError('fetch failed'),
    problem('overloaded', 503, true),
    json({ id: 'ms_1' }, 202),
  ])
  await client.conversations.send('cv_1', { type: 'text', text: '您好' })
  assert.equal(seen.length, 3)
  assert.equal(new Set(seen.map((request) => request.headers.get('idempotency-key'))).size, 1)
  assert.equal(new Set(seen.map((request) => request.body)).size, 1)
  assert.deepEqual(JSON.parse(String(seen[0]?.body)), { clientId: 'id-1', type: 'text', text: '您好' })
})

test('Two changes never share an Idempotency-Key, and a given one is used', async () => {
  const { client, seen } = setUp(() => json(conversation))
  await client.conversations.accept('cv_1')
  await client.conversations.accept('cv_1')
  await client.conversations.accept('cv_1', { idempotencyKey: 'mine' })
  const keys = seen.map((request) => request.headers.get('idempotency-key'))
  assert.equal(new Set(keys).size, 3)
  assert.equal(keys[2], 'mine')
})

test('Retry-After in seconds or as a date decides the pause; without it the pause grows with jitter', async () => {
  const date = new Date(Date.UTC(2026, 0, 5, 9, 0, 3)).toUTCString()
  const inSeconds = setUp([problem('too_many_requests', 429, true, { 'retry-after': '2' }), json(conversation)])
  await inSeconds.client.conversations.get('cv_1')
  assert.deepEqual(inSeconds.pauses, [2_000])
  const asDate = setUp([problem('overloaded', 503, true, { 'retry-after': date }), json(conversation)])
  await asDate.client.conversations.get('cv_1')
  assert.deepEqual(asDate.pauses, [3_000])
  const without = setUp([new TypeError('x'), new TypeError('x'), json(conversation)])
  await without.client.conversations.get('cv_1')
  assert.deepEqual(without.pauses, [225, 450])
})

test('A server that asks for a long pause is told to the caller at once', async () => {
  const { client, seen } = setUp([problem('too_many_requests', 429, true, { 'retry-after': '900' })])
  await assert.rejects(
    client.signIn({ agentId: 'lili', password: 'x' }),
    (error: unknown) =>
      error instanceof DuokeError && error.code === 'too_many_requests' && error.retryAfterMs === 900_000,
  )
  assert.equal(seen.length, 1)
})

test('A refusal is an error with its code, status and problem, and is not tried again', async () => {
  const { client, seen } = setUp([problem('held_by_another', 409, false)])
  await assert.rejects(
    client.conversations.accept('cv_1'),
    (error: unknown) =>
      error instanceof DuokeError &&
      error.code === 'held_by_another' &&
      error.status === 409 &&
      error.problem?.whatToDo === 'See the documents.' &&
      !error.retryable,
  )
  assert.equal(seen.length, 1)
})

test('After the last attempt the last error is thrown', async () => {
  const { client, seen } = setUp(() => problem('database_unavailable', 503, true))
  await assert.rejects(client.conversations.get('cv_1'), { code: 'database_unavailable' })
  assert.equal(seen.length, 3)
})

test('A proxy without a problem document is told by its status', async () => {
  const { client, seen } = setUp(() => new Response('<html>Bad gateway</html>', { status: 502 }))
  await assert.rejects(client.me.get(), { code: 'unreadable_answer', status: 502, retryable: true })
  assert.equal(seen.length, 3)
  const page = setUp(() => new Response('<html>Sign in to the hotel</html>', { status: 200 }))
  await assert.rejects(page.client.me.get(), { code: 'unreadable_answer', status: 200, retryable: false })
})

test('An attempt that hangs is given up after the time-out and made again', async () => {
  const { client, seen, time } = setUp(['hang', json(conversation)])
  const call = client.conversations.get('cv_1')
  time.advance(1_000)
  assert.equal((await call).id, 'cv_1')
  assert.equal(seen.length, 2)
})

test('An abort ends the call with its own reason and makes no other attempt', async () => {
  const { client, seen } = setUp(['hang'])
  const abort = new AbortController()
  const call = client.conversations.get('cv_1', { signal: abort.signal })
  abort.abort(new Error('left the page'))
  await assert.rejects(call, /left the page/)
  assert.equal(seen.length, 1)
})

test('A list is one page when awaited and every item when iterated', async () => {
  const pages = (request: SeenRequest) =>
    request.url.searchParams.get('after') === 'two'
      ? json({ items: [{ id: 'c' }], next: null })
      : json({ items: [{ id: 'a' }, { id: 'b' }], next: 'two' }, 200, { 'duoke-cursor': 'c-9' })
  const { client, seen } = setUp(pages)
  const first = await client.conversations.list({ status: 'waiting', limit: 2 })
  assert.deepEqual([first.items.length, first.next, first.cursor], [2, 'two', 'c-9'])
  assert.equal(seen.length, 1)
  const ids: string[] = []
  for await (const { id } of client.conversations.list({ status: 'waiting', limit: 2 })) ids.push(id)
  assert.deepEqual(ids, ['a', 'b', 'c'])
  assert.equal(seen[2]?.url.search, '?status=waiting&limit=2&after=two')
  const last = await first.nextPage()
  assert.deepEqual([last?.items.length, last?.nextPage()], [1, undefined])
})

test('A file is uploaded as a form and downloaded as bytes', async () => {
  const { client, seen } = setUp([json({ id: 'md_1' }, 201), new Response(new Uint8Array([1, 2, 3]))])
  const info = await client.media.upload(new Blob(['png']), { fileName: '图.png' })
  assert.equal(info.id, 'md_1')
  const form = seen[0]?.body
  const file = form instanceof FormData ? form.get('file') : undefined
  assert.equal(file instanceof File ? file.name : undefined, '图.png')
  assert.equal((await client.media.get('md_1')).size, 3)
  assert.equal(client.mediaUrl('md_1'), 'https://duoke.example/v1/media/md_1')
  assert.equal(client.mediaUrl('md_1', 'playable'), 'https://duoke.example/v1/media/md_1?form=playable')
})

test('An operation whose body is one file sends it as it is, with its type', async () => {
  const { client, seen } = setUp([json({ createdAt: '2026-11-22T08:00:00Z', tables: 1, rows: 2 })])
  const options = { query: { replace: true }, file: new Blob(['bytes']) }
  assert.equal((await client.call('restoreBackup', {}, options)).rows, 2)
  const body = seen[0]?.body
  assert.ok(body instanceof Blob)
  assert.deepEqual([body.type, await body.text(), seen[0]?.url.search], ['application/gzip', 'bytes', '?replace=true'])
})

test('An operation without an answer gives nothing', async () => {
  const { client } = setUp([new Response(null, { status: 204 })])
  assert.equal(await client.signOut(), undefined)
})
