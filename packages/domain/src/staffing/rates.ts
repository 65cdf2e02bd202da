import type { DayOfForecast } from '@duoke/contract'
import type { ObservedDay } from './calendar.ts'

/** What comes in one interval of a kind of day. */
export type Rate = {
  /** Sessions in a whole interval, on average. */
  readonly mean: number
  /** Eight of ten such days lie between; null where too few were seen to tell. */
  readonly range: { readonly low: number; readonly high: number } | null
}

export type KindOfDay = {
  readonly kind: DayOfForecast
  /** Dates of which the period covers at least a part. */
  readonly days: number
  /** How much such days differ beyond chance: 0.2 is a fifth; null where too few were seen to tell. */
  readonly variation: number | null
  readonly intervals: readonly Rate[]
}

/** Fewer days than these say nothing of how the next one will be. */
export const leastDays = 3
/** The tenth and the ninetieth of a hundred of the normal distribution. */
const tenth = 1.2816

export function ratesOf(kind: DayOfForecast, observed: readonly ObservedDay[], intervalMs: number): KindOfDay {
  const days = observed.filter((day) => day.kind === kind)
  const variance = days.length < leastDays ? null : varianceBetween(days, intervalMs)
  const places = days[0]?.arrivals.length ?? 0
  const intervals = Array.from({ length: places }, (_, place): Rate => {
    const coveredMs = days.reduce((sum, day) => sum + (day.coveredMs[place] ?? 0), 0)
    const came = days.reduce((sum, day) => sum + (day.arrivals[place] ?? 0), 0)
    const mean = coveredMs === 0 ? 0 : (came * intervalMs) / coveredMs
    return { mean, range: variance === null ? null : rangeOf(mean, coveredMs / intervalMs, variance) }
  })
  return { kind, days: days.length, variation: variance === null ? null : Math.sqrt(variance), intervals }
}

/**
 * The squared coefficient of variation of a day, by moments: counts that vary by chance alone have a variance as large as their
 * mean m, those of days that differ one of m + c·m². All intervals that the period covers whole together tell c.
 */
function varianceBetween(days: readonly ObservedDay[], intervalMs: number): number {
  let beyondChance = 0
  let squares = 0
  for (let place = 0; place < (days[0]?.arrivals.length ?? 0); place++) {
    const counts = days.filter((day) => day.coveredMs[place] === intervalMs).map((day) => day.arrivals[place] ?? 0)
    if (counts.length < 2) continue
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const spread = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
    beyondChance += spread - mean
    squares += mean ** 2 - spread / counts.length
  }
  return squares <= 0 ? 0 : Math.max(0, beyondChance / squares)
}

/**
 * Where the rate of another day lies: it differs as days do, and the mean is itself known from so many days alone. A gamma
 * distribution, by the approximation of Wilson and Hilferty. Where nobody ever came, nobody is expected.
 */
function rangeOf(mean: number, days: number, variance: number): Rate['range'] {
  if (mean === 0 || days === 0) return { low: 0, high: 0 }
  const squared = variance * mean ** 2
  const spread = (squared + (mean + squared) / days) / mean ** 2 / 9
  const quantile = (normal: number) => mean * Math.max(0, 1 - spread + normal * Math.sqrt(spread)) ** 3
  return { low: quantile(-tenth), high: quantile(tenth) }
}
