import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLanes } from './lanes.ts'

type Item = { lane: string; number: number; bytes: number }

function lanesWith(counts: Record<string, number>, limits: { maxPerLane?: number; bytes?: number } = {}) {
  const { maxPerLane = 100, bytes = 1 } = limits
  const lanes = createLanes<Item>({ maxPerLane, maxBytesPerLane: 1000, sizeOf: (item) => item.bytes })
  for (const [lane, count] of Object.entries(counts)) {
    for (let number = 1; number <= count; number += 1) lanes.push(lane, { lane, number, bytes })
  }
  return lanes
}

const names = (items: Item[]) => items.map(({ lane, number }) => `${lane}${number}`).join(' ')

test('lanes are served in turn, so that a full one delays nobody in another', () => {
  const lanes = lanesWith({ a: 90, b: 2, c: 1 })
  assert.equal(names(lanes.take(6, 1000)), 'a1 b1 c1 a2 b2 a3')
  assert.equal(lanes.size, 87)
})

test('each batch begins with another lane, so that none has a standing advantage', () => {
  const lanes = lanesWith({ a: 9, b: 9 })
  assert.deepEqual([lanes.take(1, 1000), lanes.take(1, 1000), lanes.take(1, 1000)].map(names), ['a1', 'b1', 'a2'])
})

test('a lane keeps the order of its items, and everything comes out once', () => {
  const lanes = lanesWith({ a: 40, b: 17, c: 3 })
  const taken: Item[] = []
  while (lanes.size > 0) taken.push(...lanes.take(7, 1000))
  assert.equal(taken.length, 60)
  for (const lane of ['a', 'b', 'c']) {
    const numbers = taken.filter((item) => item.lane === lane).map(({ number }) => number)
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    )
  }
  assert.deepEqual(lanes.take(7, 1000), [])
})

test('a batch is bounded in bytes, but one item always leaves', () => {
  const lanes = lanesWith({ a: 3 }, { bytes: 60 })
  assert.equal(names(lanes.take(10, 100)), 'a1')
  assert.equal(names(lanes.take(10, 10)), 'a2')
  assert.equal(names(lanes.take(10, 120)), 'a3')
})

test('F18: a full lane refuses, by number or by bytes, and takes again when there is room; others are not touched', () => {
  const lanes = lanesWith({ a: 3 }, { maxPerLane: 3 })
  assert.equal(lanes.push('a', { lane: 'a', number: 4, bytes: 1 }), false)
  assert.equal(lanes.push('b', { lane: 'b', number: 1, bytes: 1000 }), true)
  assert.equal(lanes.push('b', { lane: 'b', number: 2, bytes: 1 }), false, 'b holds a thousand bytes')
  assert.equal(lanes.size, 4)
  lanes.take(4, 10_000)
  assert.equal(lanes.push('a', { lane: 'a', number: 4, bytes: 1 }), true)
  assert.equal(lanes.push('b', { lane: 'b', number: 2, bytes: 1 }), true)
})

test('stale items are dropped from the front of every lane, and make room', () => {
  const lanes = lanesWith({ a: 5, b: 2, c: 3 }, { maxPerLane: 5 })
  const dropped = lanes.dropStale(({ number }) => number <= 2)
  assert.equal(names(dropped), 'a1 a2 b1 b2 c1 c2')
  assert.equal(lanes.size, 4)
  assert.equal(names(lanes.take(10, 1000)), 'a3 c3 a4 a5')
})
