import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parkUntil } from './park-until.ts'

test('A conversation is set aside for a while, until the morning, or until the customer writes', () => {
  const now = new Date(2026, 0, 31, 18, 30)
  assert.equal(parkUntil('reply', now), undefined)
  assert.equal(parkUntil('halfHour', now), new Date(2026, 0, 31, 19).toISOString())
  assert.equal(parkUntil('twoHours', now), new Date(2026, 0, 31, 20, 30).toISOString())
  assert.equal(parkUntil('tomorrow', now), new Date(2026, 1, 1, 9).toISOString())
})
