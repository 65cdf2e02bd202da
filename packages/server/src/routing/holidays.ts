import type { HolidayCalendar } from '@duoke/contract'
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
