import type { Locale } from '../i18n/formatting.ts'

export function amountOf(value: number, locale: Locale, digits = 1): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
}

/** A share as `12.5%`; with a sign where it is a difference. */
export function percentOf(value: number, locale: Locale, isDifference = false): string {
  const signDisplay = isDifference ? 'exceptZero' : 'auto'
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, signDisplay }).format(value)
}

/** A length of time with the two units that say enough: `1 小时 5 分钟`, `2 分钟 5 秒`, `0.8 秒`. */
export function lengthOf(ms: number, locale: Locale): string {
  if (ms < 10_000) return unitOf(ms / 1000, 'second', locale, 1)
  const seconds = Math.round(ms / 1000)
  const [large, small, size] =
    seconds >= 86_400
      ? (['day', 'hour', 86_400] as const)
      : seconds >= 3600
        ? (['hour', 'minute', 3600] as const)
        : (['minute', 'second', 60] as const)
  const step = { hour: 3600, minute: 60, second: 1 }[small]
  const [whole, rest] = [Math.floor(seconds / size), Math.floor((seconds % size) / step)]
  if (whole === 0) return unitOf(rest, small, locale)
  return rest === 0 ? unitOf(whole, large, locale) : `${unitOf(whole, large, locale)} ${unitOf(rest, small, locale)}`
}

function unitOf(value: number, unit: string, locale: Locale, digits = 0): string {
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits } as const
  return new Intl.NumberFormat(locale, options).format(value)
}
