import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chineseHolidays } from './holidays.ts'

test('National Day of 2026 is free, the Saturday made up for it is worked, an ordinary day is nothing', () => {
  assert.deepEqual(chineseHolidays('2026-10-01'), { name: '国庆节', works: false })
  assert.deepEqual(chineseHolidays('2026-10-10'), { name: '国庆节', works: true })
  assert.equal(chineseHolidays('2026-10-12'), undefined)
  assert.equal(chineseHolidays('2026-10-11'), undefined)
})
