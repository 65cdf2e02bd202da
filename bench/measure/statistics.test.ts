import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantile, spreadOf } from './statistics.ts'

test('a quantile is one of the values, by nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  assert.equal(quantile(values, 0.5), 100)
  assert.equal(quantile(values, 0.99), 198)
  assert.equal(quantile([7], 0.99), 7)
  assert.ok(Number.isNaN(quantile([], 0.5)))
})

test('the median of an even number of values lies between the middle two', () => {
  assert.deepEqual(spreadOf([4, 1, 3, 2]), { median: 2.5, least: 1, most: 4 })
  assert.deepEqual(spreadOf([10, 1, 9]), { median: 9, least: 1, most: 10 })
})
