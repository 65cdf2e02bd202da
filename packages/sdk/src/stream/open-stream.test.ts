import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerFrame } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { LogServer } from '../../test/support/log-server.ts'
import { seededRandom, settle, VirtualTime } from '../../test/support/virtual-time.ts'
import { createClient } from '../client.ts'
import type { DeviceListener } from '../ports.ts'
import type { StreamOptions } from './open-stream.ts'
import type { StreamState } from './stream-state.ts'

function setUp(options: Partial<StreamOptions> = {}, random = () => 0.5, latencyMs = () => 5) {
  const time = new VirtualTime()
  const server = new LogServer(time, latencyMs)
  const positions: number[] = []
  const frames: ServerFrame[] = []
  const states: StreamState[] = []
  let device: DeviceListener | undefined
  const client = createClient({
    baseUrl: 'https://duoke.example',
    token: 'tk_1',
    ports: {
      nowMs: () => time.nowMs,
      random,
      schedule: time.schedule,
      openSocket: server.open,
      watchDevice: (listener) => {
        device = listener
        return () => {
          device = undefined
        }
      },
    },
  })
  const stream = client.stream({
    onFrame: (frame) => {
      frames.push(frame)
      if (frame.type === 'event') positions.push(frame.event.position)
    },
    onState: (state) => states.push(state),
    ...options,
  })
  return {
    time,
    server,
    stream,
    positions,
    frames,
    states,
    wake: () => device?.wake(),
    lose: () => device?.lost(),
    listening: () => device !== undefined,
  }
}

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index)

test('The first frame greets with version, token, cursor and view', () => {
  const { server, time } = setUp({ after: '1:0', view: 'agent' })
  time.advance(100)
  assert.equal(server.urls[0], 'wss://duoke.example/v1/stream')
  assert.deepEqual(server.heard[0], { type: 'hello', version: 1, token: 'tk_1', after: '1:0', view: 'agent' })
})

test('What happened while away arrives once and in order after the reconnect', () => {
  const { server, time, stream, positions, states } = setUp({ after: '1:0' })
  server.append(3)
  time.advance(100)
  server.cutAll()
  server.append(4)
  time.advance(10_000)
  assert.deepEqual(positions, upTo(7))
  assert.equal(stream.cursor(), '1:7')
  assert.deepEqual(
    states.map((state) => state.kind),
    ['connecting', 'live', 'waiting', 'connecting', 'live'],
  )
})

test('Reconnects at random points lose and repeat nothing (F74)', () => {
  const runs = proofSize('streamReconnects')
  for (let seed = 1; seed <= runs; seed += 1) {
    const random = seededRandom(seed)
    const { server, time, stream, positions, wake, lose } = setUp({ after: '1:0' }, random, () => random() * 200)
    const accidents = [
      () => server.append(1 + Math.floor(random() * 5)),
      () => server.append(1),
      () => server.cutAll(),
      () => server.cutAll(4503),
      () => server.send({ type: 'reset', reason: 'slow_reader' }),
      () => server.send({ type: 'ping' }),
      () => wake(),
      () => lose(),
      () => {
        server.down = !server.down
      },
      () => {
        server.blackHole = !server.blackHole
        if (server.blackHole) server.cutAll()
      },
    ]
    for (let step = 0; step < 60; step += 1) {
      accidents[Math.floor(random() * accidents.length)]?.()
      time.advance(random() * 1_500)
    }
    server.down = false
    server.blackHole = false
    server.append(1)
    time.advance(120_000)
    assert.deepEqual(positions, upTo(server.head), `seed ${seed}`)
    assert.equal(stream.cursor(), server.cursor(), `seed ${seed}`)
    stream.close()
  }
})

test('A half-open socket is given up after 40 s of silence (F73)', () => {
  const { server, time, positions, states } = setUp({ after: '1:0' })
  server.blackHole = true
  time.advance(100)
  server.cutAll()
  time.advance(2_000)
  server.blackHole = false
  server.append(2)
  time.advance(30_000)
  assert.deepEqual(positions, [])
  time.advance(20_000)
  assert.deepEqual(positions, [1, 2])
  assert.equal(states.at(-1)?.kind, 'live')
})

test('A ping is answered, so that the server knows we are there', () => {
  const { server, time } = setUp()
  time.advance(100)
  server.send({ type: 'ping' })
  time.advance(100)
  assert.deepEqual(server.heard.at(-1), { type: 'pong' })
})

test('A network that comes back is tried at once, not after the pause', () => {
  const { server, time, states, wake } = setUp({ after: '1:0' })
  time.advance(100)
  server.down = true
  server.cutAll()
  time.advance(60_000)
  server.down = false
  assert.equal(states.at(-1)?.kind, 'waiting')
  wake()
  time.advance(20)
  assert.equal(states.at(-1)?.kind, 'live')
})

test('A device that lost its network says so at once', () => {
  const { time, states, lose } = setUp()
  time.advance(100)
  lose()
  assert.equal(states.at(-1)?.kind, 'waiting')
})

test('A connection that was steady is replaced after a short pause, however often it is lost', () => {
  const { server, time, states } = setUp()
  const pauses: number[] = []
  for (let round = 0; round < 4; round += 1) {
    time.advance(20_000)
    server.cutAll()
    time.advance(0)
    const state = states.at(-1)
    if (state?.kind === 'waiting') pauses.push(state.retryAtMs - time.nowMs)
  }
  assert.deepEqual(pauses, [375, 375, 375, 375])
})

test('A server that hangs up right after its greeting is asked ever more rarely (F77)', () => {
  const { server, time, states } = setUp()
  const pauses: number[] = []
  while (pauses.length < 6) {
    time.advance(5)
    if (states.at(-1)?.kind === 'live') {
      server.cutAll()
      time.advance(0)
      const state = states.at(-1)
      if (state?.kind === 'waiting') pauses.push(state.retryAtMs - time.nowMs)
    }
  }
  assert.deepEqual(pauses, [375, 750, 1500, 3000, 6000, 11_250])
})

test('The watched conversations are told again after every reconnect', () => {
  const { server, time, stream } = setUp()
  time.advance(100)
  stream.watch(['cv_1', 'cv_2'])
  time.advance(10)
  server.cutAll()
  time.advance(10_000)
  const watches = server.heard.filter((frame) => frame.type === 'watch')
  assert.deepEqual(watches, [
    { type: 'watch', conversationIds: ['cv_1', 'cv_2'] },
    { type: 'watch', conversationIds: ['cv_1', 'cv_2'] },
  ])
})

test('A typing signal that cannot be sent now is not sent later', () => {
  const { server, time, stream } = setUp()
  stream.typing('cv_1')
  time.advance(10_000)
  assert.deepEqual(
    server.heard.map((frame) => frame.type),
    ['hello'],
  )
})

test('A cursor of another age leads to a fresh snapshot and goes on from there (F71)', async () => {
  const resets: string[] = []
  const { server, time, positions, stream } = setUp({
    after: '1:0',
    onReset: () => {
      resets.push('asked')
      return Promise.resolve(server.cursor())
    },
  })
  server.append(9)
  time.advance(100)
  server.restore(4)
  await time.pass(10_000)
  server.append(2)
  await time.pass(1_000)
  assert.deepEqual(resets, ['asked'])
  assert.deepEqual(positions, [...upTo(9), 5, 6])
  assert.equal(stream.cursor(), '2:6')
})

test('A snapshot that fails is asked for again, and nothing is opened meanwhile', async () => {
  let failures = 2
  const { server, time, states, wake } = setUp({
    after: '0:0',
    onReset: () => {
      failures -= 1
      return failures >= 0 ? Promise.reject(new Error('no network')) : Promise.resolve('1:0')
    },
  })
  await time.pass(50)
  wake()
  await time.pass(10_000)
  assert.equal(failures, -1)
  assert.equal(states.at(-1)?.kind, 'live')
  assert.equal(server.connected, 1)
})

test('Without a way to start over, a cursor of another age ends the stream and says so (F71)', () => {
  const { time, states, listening } = setUp({ after: '0:5' })
  time.advance(100)
  assert.deepEqual(states.at(-1), { kind: 'ended', reason: 'cursor_expired' })
  assert.equal(listening(), false)
})

test('A token that was ended is not tried again', () => {
  for (const [code, reason] of [
    [4401, 'unauthenticated'],
    [4403, 'insufficient_scope'],
    [4410, 'revoked'],
    [4400, 'protocol'],
  ] as const) {
    const { server, time, states } = setUp()
    time.advance(100)
    server.cutAll(code)
    time.advance(120_000)
    assert.deepEqual(states.at(-1), { kind: 'ended', reason })
    assert.equal(server.urls.length, 1)
  }
})

test('Closing leaves no timer, no listener and no socket behind', async () => {
  const { server, time, stream, listening } = setUp()
  time.advance(100)
  stream.close()
  time.advance(10)
  await settle()
  assert.equal(time.waiting, 0)
  assert.equal(listening(), false)
  server.append(1)
  assert.equal(server.connected, 0)
})
