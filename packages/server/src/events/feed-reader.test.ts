import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggedEvent } from '@duoke/contract'
import { createFeedReader } from './feed-reader.ts'

const at = (...positions: number[]) => positions.map((position) => ({ position }) as LoggedEvent) // nothing else is looked at

/** A reader that has found nothing more in the table behind its position. */
function caughtUpAt(position: number) {
  const reader = createFeedReader(position)
  reader.beginAsking()
  return reader
}

test('a reader that is offered every append never asks the table', () => {
  const reader = caughtUpAt(5)
  reader.offer(at(6, 7))
  reader.offer(at(8))
  assert.deepEqual(reader.takeLive(), at(6, 7, 8))
  reader.position = 8
  assert.deepEqual([reader.takeLive(), reader.mayBeBehind], [null, false])
})

test('a gap, an overflow, a head further on and a wake-up of another server each send it to the table', () => {
  const gap = caughtUpAt(5)
  gap.offer(at(6))
  gap.offer(at(9))
  assert.deepEqual([gap.takeLive(), gap.mayBeBehind], [at(6), true])
  const overflow = caughtUpAt(0)
  for (let position = 1; position <= 5000; position += 1) overflow.offer(at(position))
  assert.deepEqual([overflow.takeLive(), overflow.mayBeBehind], [null, true])
  const seen = caughtUpAt(5)
  seen.see({ head: 5, epoch: 'one' }, 5)
  assert.equal(seen.mayBeBehind, false)
  seen.see({ head: 6, epoch: 'one' }, 5)
  assert.equal(seen.mayBeBehind, true)
  const woken = caughtUpAt(5)
  woken.wake()
  assert.equal(woken.mayBeBehind, true)
})

test('what happens while the table is asked counts again', async () => {
  const reader = caughtUpAt(5)
  reader.beginLooking()
  reader.beginAsking()
  reader.wake()
  await reader.woken()
  assert.equal(reader.mayBeBehind, true)
})
