import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublicEvent } from '@duoke/contract'
import { fakeFetch, json, problem } from '../../test/support/fake-fetch.ts'
import { LogServer } from '../../test/support/log-server.ts'
import { settle, VirtualTime } from '../../test/support/virtual-time.ts'
import { type Client, createClient } from '../client.ts'

function overSocket() {
  const time = new VirtualTime()
  const server = new LogServer(time)
  const client = createClient({
    baseUrl: 'http://duoke.example',
    ports: {
      nowMs: () => time.nowMs,
      random: () => 0.5,
      schedule: time.schedule,
      openSocket: server.open,
      watchDevice: () => () => {},
    },
  })
  return { time, server, client }
}

async function read(client: Client, count: number, options: Parameters<Client['events']>[0], into: number[]) {
  for await (const event of client.events(options)) {
    into.push(event.position)
    if (into.length === count) return
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('Events are yielded once and in order over a lost connection', async () => {
  const { time, server, client } = overSocket()
  server.append(3)
  const got: number[] = []
  const reading = read(client, 6, { after: '1:0' }, got)
  await time.pass(200)
  assert.deepEqual(got, [1, 2, 3])
  server.cutAll()
  server.append(3)
  await time.pass(5_000)
  await reading
  assert.deepEqual(got, upTo(6))
  assert.equal(server.heard.filter((frame) => frame.type === 'hello' && frame.view === 'all').length, 2)
})

test('A reader that is slower than the log closes the socket until it has caught up, and misses nothing', async () => {
  const { time, server, client } = overSocket()
  server.append(5_000)
  const events = client.events({ after: '1:0' })
  const got: number[] = []
  const first = events.next()
  await time.pass(500)
  got.push((await first).value?.position ?? 0)
  server.append(1)
  assert.equal(server.connected, 0)
  while (got.length < 5_001) {
    const next = events.next()
    await time.pass(50)
    got.push((await next).value?.position ?? 0)
  }
  assert.deepEqual(got, upTo(5_001))
  await events.return()
})

test('Leaving the loop closes the socket', async () => {
  const { time, server, client } = overSocket()
  server.append(1)
  const reading = read(client, 1, { after: '1:0' }, [])
  await time.pass(200)
  await reading
  server.append(1)
  assert.equal(server.connected, 0)
  assert.equal(time.waiting, 0)
})

test('An abort ends the loop without an error', async () => {
  const { time, client } = overSocket()
  const abort = new AbortController()
  const reading = read(client, 99, { signal: abort.signal }, [])
  await time.pass(200)
  abort.abort()
  await reading
})

test('A cursor of another age is an error that says what to do (F71)', async () => {
  const { time, client } = overSocket()
  const reading = assert.rejects(read(client, 1, { after: '9:1' }, []), { code: 'cursor_expired' })
  await time.pass(200)
  await reading
})

const event = (position: number, type: PublicEvent['type'] = 'account.heard') => ({
  position,
  cursor: `c${position}`,
  type,
})

test('Without WebSocket the log is followed page by page, over failures, each event once', async () => {
  const time = new VirtualTime()
  const { fetch, seen } = fakeFetch([
    json({ items: [event(1), event(2, 'account.silenced')], next: 'c2' }),
    ...Array.from({ length: 4 }, () => problem('database_unavailable', 503, true)),
    json({ items: [], next: 'c2' }),
    json({ items: [event(3)], next: 'c3' }),
  ])
  const ports = { nowMs: () => time.nowMs, random: () => 0.5, schedule: time.schedule, openSocket: undefined }
  const client = createClient({ baseUrl: 'http://duoke.example', fetch, ports })
  const got: number[] = []
  const reading = read(client, 2, { after: 'c0', types: ['account.heard'] }, got)
  await time.pass(20_000)
  await reading
  assert.deepEqual(got, [1, 3])
  assert.deepEqual(
    seen.map((request) => request.url.searchParams.get('after')),
    ['c0', 'c2', 'c2', 'c2', 'c2', 'c2', 'c2'],
  )
  await settle()
})

test('F70: an older reader is handed what it does not know yet, as it came, and reads on', async () => {
  const time = new VirtualTime()
  const newer = { ...event(2), type: 'parcel.tracked', version: 9, facts: { parcelId: 'p1', steps: [{ at: 'x' }] } }
  const { fetch } = fakeFetch([json({ items: [event(1), newer, { ...event(3), added: { since: 2027 } }], next: 'c3' })])
  const ports = { nowMs: () => time.nowMs, random: () => 0.5, schedule: time.schedule, openSocket: undefined }
  const client = createClient({ baseUrl: 'http://duoke.example', fetch, ports })
  const got: unknown[] = []
  for await (const one of client.events({ after: 'c0' })) {
    got.push(one)
    if (got.length === 3) break
  }
  assert.deepEqual(got, [event(1), newer, { ...event(3), added: { since: 2027 } }])
})

test('Without WebSocket a refusal ends the loop', async () => {
  const { fetch } = fakeFetch([problem('cursor_expired', 410, false)])
  const client = createClient({ baseUrl: 'http://duoke.example', fetch, ports: { openSocket: undefined } })
  await assert.rejects(read(client, 1, { after: 'old' }, []), { code: 'cursor_expired' })
})
