export type Locale = 'zh-CN' | 'en'
export const locales: readonly Locale[] = ['zh-CN', 'en']

export function localeFor(chosen: string | null | undefined, languages: readonly string[]): Locale {
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh-CN'
}

const dayMs = 86_400_000

/** In a row of the list: the time today, `昨天`, the weekday of this week, else the date. */
export function rowTime(atMs: number, nowMs: number, locale: Locale, timeZone?: string): string {
  const days = dayNumber(nowMs, timeZone) - dayNumber(atMs, timeZone)
  if (days <= 0) return format(atMs, locale, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  if (days === 1) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-1, 'day')
  if (days < 7) return format(atMs, locale, timeZone, { weekday: 'short' })
  const thisYear =
    format(atMs, 'en', timeZone, { year: 'numeric' }) === format(nowMs, 'en', timeZone, { year: 'numeric' })
  return format(
    atMs,
    locale,
    timeZone,
    thisYear ? { month: 'numeric', day: 'numeric' } : { year: '2-digit', month: 'numeric', day: 'numeric' },
  )
}

/** A time to come: `09:12` today, `明天 09:12`, then the weekday with it. */
export function untilTime(atMs: number, nowMs: number, locale: Locale, timeZone?: string): string {
  const time = format(atMs, locale, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const days = dayNumber(atMs, timeZone) - dayNumber(nowMs, timeZone)
  if (days <= 0) return time
  const day =
    days === 1
      ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(1, 'day')
      : format(atMs, locale, timeZone, { weekday: 'short' })
  return `${day} ${time}`
}

/** Between messages: the day when it is not today, and the time. */
export function threadTime(atMs: number, nowMs: number, locale: Locale, timeZone?: string): string {
  const time = format(atMs, locale, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const days = dayNumber(nowMs, timeZone) - dayNumber(atMs, timeZone)
  return days <= 0 ? time : `${rowTime(atMs, nowMs, locale, timeZone)} ${time}`
}

export function fullTime(atMs: number, locale: Locale, timeZone?: string): string {
  return format(atMs, locale, timeZone, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** A waiting timer: `0:07`, `12:34`, `1:02:03`. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0(\d)/, '$1')
}

/** The largest unit that says enough: `47 小时`, `12 分钟`, `40 秒`. */
export function spanOf(ms: number, locale: Locale): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [value, unit] =
    seconds >= 2 * 86_400
      ? ([Math.floor(seconds / 86_400), 'day'] as const)
      : seconds >= 3600
        ? ([Math.floor(seconds / 3600), 'hour'] as const)
        : seconds >= 60
          ? ([Math.floor(seconds / 60), 'minute'] as const)
          : ([seconds, 'second'] as const)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

export function sizeOf(bytes: number, locale: Locale): string {
  const [value, unit] = bytes >= 1_000_000 ? [bytes / 1_000_000, 'megabyte'] : [bytes / 1000, 'kilobyte']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value)
}

function dayNumber(atMs: number, timeZone: string | undefined): number {
  const day = format(atMs, 'en-CA', timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' })
  return Date.parse(`${day}T00:00:00Z`) / dayMs
}

/** Making a formatter costs more than using it a thousand times. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function format(
  atMs: number,
  locale: string,
  timeZone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): string {
  const key = `${locale}|${timeZone ?? ''}|${Object.entries(options).join()}`
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat(locale, { timeZone, ...options })
  formatters.set(key, formatter)
  return formatter.format(atMs)
}
