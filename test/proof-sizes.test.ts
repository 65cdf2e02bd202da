import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proofNames, proofSize } from './proof-sizes.ts'

test('every proof runs at least once at every size, and grows from test to night', () => {
  for (const name of proofNames()) {
    const sizes = [proofSize(name, 'test'), proofSize(name, 'ci'), proofSize(name, 'night')]
    assert.ok(
      sizes.every((size) => Number.isInteger(size) && size >= 1),
      `${name}: ${sizes}`,
    )
    assert.deepEqual(
      sizes,
      sizes.toSorted((left, right) => left - right),
      `${name}: ${sizes}`,
    )
  }
})

test('npm test takes one hundredth of the night', () => {
  assert.equal(proofSize('properties', 'test'), 1_000)
  assert.equal(proofSize('doubleStarts', 'test'), 1)
})
