import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chineseHolidays, holidaysOf, yearWithoutHolidays } from './holidays.ts'

test('National Day of 2026 is free, the Saturday made up for it is worked, an ordinary day is nothing', () => {
  assert.deepEqual(chineseHolidays('2026-10-01'), { name: '国庆节', works: false })
  assert.deepEqual(chineseHolidays('2026-10-10'), { name: '国庆节', works: true })
  assert.equal(chineseHolidays('2026-10-12'), undefined)
  assert.equal(chineseHolidays('2026-10-11'), undefined)
})

test('a year without a table is told from the autumn before it, and in it', () => {
  const farAhead = 2200
  assert.equal(yearWithoutHolidays(Date.UTC(2026, 5, 1)), null)
  assert.equal(yearWithoutHolidays(Date.UTC(2024, 11, 31)), null)
  assert.equal(yearWithoutHolidays(Date.UTC(farAhead, 11, 1)), farAhead)
  const [lastKnown = 0] = Array.from({ length: 150 }, (_, at) => 2026 + at).filter(
    (year) => yearWithoutHolidays(Date.UTC(year, 11, 1)) === year + 1,
  )
  assert.ok(lastKnown >= 2026, 'the year after the last table is told in December before it')
  assert.equal(yearWithoutHolidays(Date.UTC(lastKnown, 5, 1)), null)
})

test('a year is told with its holidays and the working days made up for them, and one without a table says so', () => {
  const { days, known } = holidaysOf(2026)
  assert.equal(known, true)
  assert.deepEqual(
    days
      .filter(({ name }) => name === '国庆节')
      .map(({ date, works }) => [date, works])
      .slice(0, 2),
    [
      ['2026-09-20', true],
      ['2026-10-01', false],
    ],
  )
  assert.deepEqual(holidaysOf(2099), { year: 2099, known: false, days: [] })
})
