import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountOf, lengthOf, percentOf } from './amounts.ts'

test('A length of time is told in the two units that say enough', () => {
  const lengths = [0, 840, 9_960, 59_400, 60_000, 125_000, 3_600_000, 3_900_000, 90_000_000]
  assert.deepEqual(
    lengths.map((ms) => lengthOf(ms, 'en')),
    ['0 sec', '0.8 sec', '10 sec', '59 sec', '1 min', '2 min 5 sec', '1 hr', '1 hr 5 min', '1 day 1 hr'],
  )
})

test('A difference has its sign, and none where there is none', () => {
  assert.deepEqual(
    [0.1, -0.25, 0].map((value) => percentOf(value, 'en', true)),
    ['+10%', '-25%', '0%'],
  )
  assert.equal(percentOf(0.9961, 'en'), '99.6%')
  assert.equal(amountOf(10.44, 'en'), '10.4')
})
