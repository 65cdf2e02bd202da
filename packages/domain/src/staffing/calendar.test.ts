import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HolidayCalendar } from '@duoke/contract'
import { comingDays, observedDays } from './calendar.ts'

const at = (zoned: string) => Temporal.ZonedDateTime.from(zoned).epochMilliseconds
const shanghai = (local: string) => at(`${local}[Asia/Shanghai]`)
const none: HolidayCalendar = () => undefined
/** As China's State Council set them for the first days of October 2026. */
const october: HolidayCalendar = (date) => {
  if (date === '2026-10-10') return { name: '国庆节', works: true }
  return date >= '2026-10-01' && date <= '2026-10-07' ? { name: '国庆节', works: false } : undefined
}
const minute = 60_000

test('each arrival falls into the interval that the clock on the wall shows, on the date of that clock', () => {
  const arrivals = ['2026-09-28T23:59:59.999', '2026-09-29T00:00', '2026-09-29T09:29', '2026-09-29T09:30'].map(shanghai)
  const [monday, tuesday, ...others] = observedDays(
    arrivals,
    shanghai('2026-09-28T12:10'),
    shanghai('2026-09-30T00:00'),
    {
      ...{ timeZone: 'Asia/Shanghai', intervalMinutes: 30, holidays: none },
    },
  )
  assert.deepEqual([monday?.kind, tuesday?.kind, others.length], ['mon', 'tue', 0])
  assert.equal(monday?.arrivals[47], 1)
  assert.deepEqual(
    [0, 18, 19].map((place) => tuesday?.arrivals[place]),
    [1, 1, 1],
  )
  assert.equal(monday?.coveredMs[23], 0)
  assert.equal(monday?.coveredMs[24], 20 * minute, 'the period begins ten minutes later')
  assert.equal(
    tuesday?.coveredMs.every((covered) => covered === 30 * minute),
    true,
  )
})

test('a holiday and a working day made up for it are neither the Thursday nor the Saturday that they fall on', () => {
  const days = observedDays([], shanghai('2026-09-30T00:00'), shanghai('2026-10-11T00:00'), {
    ...{ timeZone: 'Asia/Shanghai', intervalMinutes: 60, holidays: october },
  })
  const seven = Array.from({ length: 7 }, () => 'holiday')
  assert.deepEqual(
    days.map(({ kind }) => kind),
    ['wed', ...seven, 'thu', 'fri', 'made-up'],
  )
  const coming = comingDays(shanghai('2026-10-09T23:30'), 3, { timeZone: 'Asia/Shanghai', holidays: october })
  assert.deepEqual(coming, [
    { date: '2026-10-09', kind: 'fri' },
    { date: '2026-10-10', kind: 'made-up' },
    { date: '2026-10-11', kind: 'sun' },
  ])
})

test('an hour that clocks skip is not covered, and one that comes twice is covered twice', () => {
  const zone = 'America/New_York'
  const coveredOn = (date: string) => {
    const fromMs = at(`${date}T00:00[${zone}]`)
    const toMs = Temporal.ZonedDateTime.from(`${date}T00:00[${zone}]`).add({ days: 1 }).epochMilliseconds
    const [day] = observedDays([], fromMs, toMs, { timeZone: zone, intervalMinutes: 60, holidays: none })
    return day?.coveredMs.map((covered) => covered / minute) ?? []
  }
  const spring = coveredOn('2026-03-08')
  assert.deepEqual([spring[1], spring[2], spring[3]], [60, 0, 60])
  const autumn = coveredOn('2026-11-01')
  assert.deepEqual([autumn[0], autumn[1], autumn[2]], [60, 120, 60])
})
