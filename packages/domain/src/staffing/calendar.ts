import { type DayOfForecast, type HolidayCalendar, weekdays } from '@duoke/contract'
import { dayMs, stretchesOf, wallMs } from '../hours/time-zone.ts'

export type CalendarOptions = {
  readonly timeZone: string
  readonly intervalMinutes: number
  /** A calendar that knows no day: every day is the weekday that it is. */
  readonly holidays: HolidayCalendar
}

/** One date of the period: what came in each interval of its clock, and how much of the interval the period covers. */
export type ObservedDay = {
  readonly kind: DayOfForecast
  readonly arrivals: number[]
  /** Milliseconds. None where clocks skip the interval, twice as many where they repeat it. */
  readonly coveredMs: number[]
}

/** As `2026-10-01`, of days since 1970-01-01. */
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

/** A holiday and a working day made up for one (调休) are days of their own kind, whatever weekday they are. */
export function kindOfDay(day: number, holidays: HolidayCalendar): DayOfForecast {
  const holiday = holidays(dateOf(day))
  if (holiday !== undefined) return holiday.works ? 'made-up' : 'holiday'
  // The first of January 1970 was a Thursday.
  return weekdays[(((day + 3) % 7) + 7) % 7] ?? 'mon'
}

/** The dates of a period, in their order, with what came on them. */
export function observedDays(
  arrivals: readonly number[],
  fromMs: number,
  toMs: number,
  { timeZone, intervalMinutes, holidays }: CalendarOptions,
): ObservedDay[] {
  const intervalMs = intervalMinutes * 60_000
  const days = new Map<number, ObservedDay>()
  const empty = () => new Array<number>(dayMs / intervalMs).fill(0)
  const add = (list: 'arrivals' | 'coveredMs', wall: number, amount: number) => {
    const date = Math.floor(wall / dayMs)
    const place = Math.floor((wall - date * dayMs) / intervalMs)
    const day = days.get(date) ?? { kind: kindOfDay(date, holidays), arrivals: empty(), coveredMs: empty() }
    days.set(date, day)
    day[list][place] = (day[list][place] ?? 0) + amount
  }
  for (const { fromMs: begin, toMs: end, offsetMs } of stretchesOf(timeZone, fromMs, toMs)) {
    for (let wall = begin + offsetMs; wall < end + offsetMs; ) {
      const next = Math.min(Math.floor(wall / intervalMs + 1) * intervalMs, end + offsetMs)
      add('coveredMs', wall, next - wall)
      wall = next
    }
  }
  for (const atMs of arrivals) add('arrivals', wallMs(timeZone, atMs), 1)
  return [...days].sort(([left], [right]) => left - right).map(([, day]) => day)
}

/** The dates that come next, and what kind of day each is. */
export function comingDays(
  nowMs: number,
  count: number,
  { timeZone, holidays }: Pick<CalendarOptions, 'timeZone' | 'holidays'>,
): { readonly date: string; readonly kind: DayOfForecast }[] {
  const today = Math.floor(wallMs(timeZone, nowMs) / dayMs)
  return Array.from({ length: count }, (_, ahead) => ({
    date: dateOf(today + ahead),
    kind: kindOfDay(today + ahead, holidays),
  }))
}
