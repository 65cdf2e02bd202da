import type { HolidayCalendar, HolidaysOfYear } from '@duoke/contract'
import chineseDays from 'chinese-days'

/** Names of official days come as `National Day,国庆节,3`, those of ordinary ones as `Monday`. */
const officialName = /^[^,]+,([^,]+),/

/**
 * China's holidays and the working days made up for them (调休), as the State Council publishes them each November. A year
 * that the installed tables do not have yet knows neither.
 */
export const chineseHolidays: HolidayCalendar = (date) => {
  const { name, work } = chineseDays.getDayDetail(date)
  const official = officialName.exec(name)?.[1]
  return official === undefined ? undefined : { name: official, works: work }
}

const dayMs = 24 * 3_600_000

/** All that the installed table has for a year. */
export function holidaysOf(year: number): HolidaysOfYear {
  const days: HolidaysOfYear['days'] = []
  for (let ms = Date.UTC(year, 0); ms < Date.UTC(year + 1, 0); ms += dayMs) {
    const date = new Date(ms).toISOString().slice(0, 10)
    const holiday = chineseHolidays(date)
    if (holiday !== undefined) days.push({ date, ...holiday })
  }
  return { year, known: days.length > 0, days }
}

/** As long before a year begins as the State Council needs to announce its holidays: who writes hours then should know. */
const aheadMs = 92 * 24 * 3_600_000

/** The first year from now to soon of which the installed tables have nothing; null when they have all. */
export function yearWithoutHolidays(nowMs: number): number | null {
  const years = [nowMs, nowMs + aheadMs].map((ms) => new Date(ms).getUTCFullYear())
  // National Day is a holiday in every table.
  return years.find((year) => chineseHolidays(`${year}-10-01`) === undefined) ?? null
}
