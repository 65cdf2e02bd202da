import type { HolidayCalendar, HolidaysOfYear, Hours } from '@duoke/contract'
import { useQueries } from '@tanstack/react-query'
import { client } from '../live/client.ts'

/** The official holidays of the years that are looked at. Nothing while they are asked for. */
export function useHolidays(years: readonly number[]) {
  const results = useQueries({
    queries: years.map((year) => ({
      queryKey: ['holidays', year],
      queryFn: () => client.rules.holidays({ year }),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  })
  const error = results.find((one) => one.error !== null)?.error ?? null
  const tables = results.flatMap(({ data }) => (data === undefined ? [] : [data]))
  return { error, calendar: calendarOf(tables), unknown: tables.filter(({ known }) => !known).map(({ year }) => year) }
}

function calendarOf(tables: readonly HolidaysOfYear[]): HolidayCalendar {
  const days = new Map(tables.flatMap((table) => table.days.map((day) => [day.date, day] as const)))
  return (date) => days.get(date)
}

export type NamedHours = Readonly<Record<string, Hours>>
export const newHours: Hours = {
  weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['09:00-18:00']])),
  holidays: 'cn',
}
