import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HolidayCalendar, type Hours, weekdays } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { type Random, seededRandom } from '../random.ts'
import { dayPlan, openingTimes } from './hours.ts'

const at = (zoned: string) => Temporal.ZonedDateTime.from(zoned).epochMilliseconds
const hourMs = 3_600_000

/** As China's State Council set them for the first days of October 2026. */
const october: HolidayCalendar = (date) => {
  if (date === '2026-10-10') return { name: '国庆节', works: true }
  return date >= '2026-10-01' && date <= '2026-10-07' ? { name: '国庆节', works: false } : undefined
}
const office: Hours = {
  timeZone: 'Asia/Shanghai',
  weekly: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, ['09:00-12:00', '13:30-18:00']])),
  holidays: 'cn',
  exceptions: [{ from: '2026-11-11', to: '2026-11-12', open: ['20:00-02:00'], note: '双十一' }],
}
const times = openingTimes(office, 'UTC', october)
const shanghai = (local: string) => at(`${local}[Asia/Shanghai]`)

test('several ranges a day, each without its end', () => {
  const cases: [string, boolean][] = [
    ['2026-09-28T08:59:59.999', false],
    ['2026-09-28T09:00', true],
    ['2026-09-28T12:00', false],
    ['2026-09-28T17:59:59.999', true],
    ['2026-09-27T10:00', false],
  ]
  for (const [local, expected] of cases) assert.equal(times.isOpen(shanghai(local)), expected, local)
  assert.equal(times.nextChange(shanghai('2026-09-28T10:00')), shanghai('2026-09-28T12:00'))
  assert.equal(times.nextChange(shanghai('2026-09-28T12:00')), shanghai('2026-09-28T13:30'))
  assert.equal(times.workingMs(shanghai('2026-09-28T00:00'), shanghai('2026-09-29T00:00')), 7.5 * hourMs)
})

test('holidays are closed, a working day made up for one is open as a Monday, and an exception comes before both', () => {
  assert.equal(times.isOpen(shanghai('2026-10-01T10:00')), false)
  assert.equal(times.isOpen(shanghai('2026-10-10T10:00')), true)
  assert.equal(times.nextChange(shanghai('2026-09-30T18:00')), shanghai('2026-10-08T09:00'))
  assert.deepEqual(times.dayOf(shanghai('2026-10-10T10:00')), { date: '2026-10-10', kind: 'made-up', name: '国庆节' })
  assert.equal(times.isOpen(shanghai('2026-11-11T10:00')), false)
  assert.equal(times.isOpen(shanghai('2026-11-12T01:00')), true)
  assert.equal(times.dayOf(shanghai('2026-11-12T01:00')).kind, 'exception')
})

test('a range past midnight belongs to the day on which it begins', () => {
  const night = openingTimes({ weekly: { fri: ['22:00-06:00'] } }, 'Asia/Shanghai', october)
  assert.equal(night.nextChange(shanghai('2026-10-16T21:00')), shanghai('2026-10-16T22:00'))
  assert.equal(night.nextChange(shanghai('2026-10-17T00:00')), shanghai('2026-10-17T06:00'))
  assert.equal(night.isOpen(shanghai('2026-10-16T03:00')), false)
})

test('the clock on the wall decides when clocks change', () => {
  const newYork = openingTimes({ timeZone: 'America/New_York', weekly: { sun: ['01:30-03:30'] } }, 'UTC', october)
  const day = (date: string) =>
    newYork.workingMs(at(`${date}T00:00[America/New_York]`), at(`${date}T12:00[America/New_York]`))
  assert.equal(day('2026-03-08'), hourMs, 'half past one to two, then three to half past: two to three is skipped')
  assert.equal(day('2026-11-01'), 2.5 * hourMs, 'half past one to two comes twice')
})

test('always open and never open have no next change', () => {
  const always = openingTimes(
    { weekly: Object.fromEntries(weekdays.map((day) => [day, ['00:00-24:00']])) },
    'Europe/Berlin',
    october,
  )
  assert.equal(always.nextChange(0), null)
  assert.equal(openingTimes({ weekly: {} }, 'UTC', october).nextChange(0), null)
})

const zones = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu', 'UTC']
const minuteMs = 60_000
const minutes = 12 * 24 * 60
const clockOf = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

function randomRanges(random: Random): string[] {
  const begin = () => clockOf(random.below(24 * 60))
  const end = () => (random.chance(0.1) ? '24:00' : begin())
  return Array.from({ length: random.below(4) }, () => `${begin()}-${end()}`)
}

function randomHours(random: Random, firstDate: string): Hours {
  const first = Temporal.PlainDate.from(firstDate)
  const from = first.add({ days: random.below(10) })
  const exception = { from: from.toString(), to: from.add({ days: random.below(4) }).toString() }
  return {
    timeZone: random.pick(zones) ?? 'UTC',
    weekly: Object.fromEntries(weekdays.map((day) => [day, randomRanges(random)])),
    holidays: random.chance(0.5) ? 'cn' : 'none',
    ...(random.chance(0.3) && { onHolidays: randomRanges(random) }),
    ...(random.chance(0.3) && { onMadeUpDays: randomRanges(random) }),
    exceptions: random.chance(0.5) ? [{ ...exception, open: randomRanges(random) }] : [],
  }
}

/** Looks at the clock on the wall once a minute; knows nothing of intervals. */
function isOpenNaively(hours: Hours, holidays: HolidayCalendar, moment: Temporal.ZonedDateTime): boolean {
  const now = moment.hour * 60 + moment.minute
  const rangesOn = (date: Temporal.PlainDate): string[] => {
    const text = date.toString()
    const exception = hours.exceptions?.find(({ from, to = from }) => from <= text && text <= to)
    if (exception !== undefined) return exception.open
    const holiday = hours.holidays === 'cn' ? holidays(text) : undefined
    if (holiday?.works === false) return hours.onHolidays ?? []
    if (holiday?.works === true) return hours.onMadeUpDays ?? hours.weekly.mon ?? []
    return hours.weekly[weekdays[date.dayOfWeek - 1] ?? 'mon'] ?? []
  }
  const covers = (range: string, sinceDay: number) => {
    const [from = 0, to = 0] = range.split('-').map((clock) => {
      const [hour = 0, minute = 0] = clock.split(':').map(Number)
      return hour * 60 + minute
    })
    const end = to > from ? to : to + 1440
    return from <= now + sinceDay && now + sinceDay < end
  }
  const today = moment.toPlainDate()
  return (
    rangesOn(today).some((range) => covers(range, 0)) ||
    rangesOn(today.subtract({ days: 1 })).some((range) => covers(range, 1440))
  )
}

function steppedMinutes(hours: Hours, holidays: HolidayCalendar, startMs: number): Uint8Array {
  const open = new Uint8Array(minutes)
  const start = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(hours.timeZone ?? 'UTC')
  let moment = start
  for (let minute = 0; minute < minutes; minute++) {
    open[minute] = isOpenNaively(hours, holidays, moment) ? 1 : 0
    moment = moment.add({ minutes: 1 })
  }
  return open
}

/** One calendar and a thousand intervals in the twelve days around a change of the clocks. */
function compare(seed: number, intervals: number): void {
  const random = seededRandom(seed)
  const firstDate = random.pick(['2026-03-03', '2026-10-24', '2027-03-24', '2026-12-28']) ?? '2026-01-01'
  const startMs = at(`${firstDate}T00:00[UTC]`) + random.below(24 * 60) * minuteMs
  const hours = randomHours(random, firstDate)
  const holidays: HolidayCalendar = (date) => {
    const last = Number(date.slice(-1))
    return last < 2 ? { name: 'h', works: last === 1 } : undefined
  }
  const open = steppedMinutes(hours, holidays, startMs)
  const tested = openingTimes(hours, 'UTC', holidays)
  const lastMs = startMs + minutes * minuteMs
  for (let count = 0; count < intervals; count++) {
    const fromMs = startMs + random.below(minutes * minuteMs)
    const toMs = Math.min(lastMs, fromMs + random.below(random.chance(0.5) ? 3 * hourMs : minutes * minuteMs))
    let expected = 0
    for (let minute = Math.floor((fromMs - startMs) / minuteMs); startMs + minute * minuteMs < toMs; minute++) {
      if (open[minute] !== 1) continue
      const begin = startMs + minute * minuteMs
      expected += Math.min(toMs, begin + minuteMs) - Math.max(fromMs, begin)
    }
    const told = `seed ${seed}: ${fromMs} to ${toMs} of ${JSON.stringify(hours)}`
    assert.equal(tested.workingMs(fromMs, toMs), expected, told)
    const now = Math.floor((fromMs - startMs) / minuteMs)
    assert.equal(tested.isOpen(fromMs), open[now] === 1, told)
    const change = open.findIndex((state, minute) => minute > now && state !== open[now])
    if (change > 0) assert.equal(tested.nextChange(fromMs), startMs + change * minuteMs, told)
  }
}

test('differs from a clock that is read every minute for no interval', () => {
  const intervals = proofSize('hoursIntervals')
  const each = Math.min(intervals, 2000)
  for (let seed = 1; seed <= Math.ceil(intervals / each); seed++) compare(seed, each)
})

test('a calendar is told what each day means, by the order in which the kinds of days count', () => {
  const hours: Hours = {
    ...office,
    onMadeUpDays: ['10:00-16:00'],
    exceptions: [{ from: '2026-10-02', open: ['10:00-12:00'], note: '值班' }],
  }
  const plan = (date: string) => {
    const { kind, name, open } = dayPlan(hours, october, date)
    return [kind, name, ...open]
  }
  assert.deepEqual(plan('2026-09-30'), ['weekday', '', '09:00-12:00', '13:30-18:00'])
  assert.deepEqual(plan('2026-10-01'), ['holiday', '国庆节'])
  assert.deepEqual(plan('2026-10-02'), ['exception', '值班', '10:00-12:00'])
  assert.deepEqual(plan('2026-10-10'), ['made-up', '国庆节', '10:00-16:00'])
  assert.deepEqual(plan('2026-10-11'), ['weekday', ''])
})
