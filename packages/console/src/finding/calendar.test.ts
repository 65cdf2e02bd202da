import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monthAfter, weeksOf } from './calendar.ts'

test('A month is whole weeks from Monday on, with its days in their places', () => {
  const weeks = weeksOf('2026-11')
  assert.equal(weeks.length, 6)
  assert.ok(weeks.every((week) => week.length === 7))
  assert.deepEqual(
    weeks[0]?.map((cell) => cell?.number),
    [undefined, undefined, undefined, undefined, undefined, undefined, 1],
  )
  assert.deepEqual(weeks[5]?.[0], { day: '2026-11-30', number: 30 })
  assert.equal(weeksOf('2027-02').length, 4)
  assert.equal(
    weeksOf('2028-02')
      .flat()
      .filter((cell) => cell !== null).length,
    29,
  )
})

test('Months follow each other over the end of a year', () => {
  assert.equal(monthAfter('2026-12', 1), '2027-01')
  assert.equal(monthAfter('2026-01', -1), '2025-12')
})
