import type { Language } from '@duoke/contract'

export type WaitRange = { readonly from: number; readonly to: number }

const halfHourMs = 1_800_000
/** Fewer than this say nothing of the next one. */
const leastServed = 5
const minuteMs = 60_000
const hourMs = 3_600_000

/**
 * Whoever is k-th waits for k agents to become free. Where that happens at random, its time has a gamma distribution: from the
 * tenth to the ninetieth of a hundred, by the approximation of Wilson and Hilferty. `served` is how many were, in `withinMs`; null of too few.
 */
export function expectedWait(place: number, served: number, withinMs = halfHourMs): WaitRange | null {
  if (served < leastServed) return null
  const meanMs = (place * withinMs) / served
  const spread = 1 / (9 * place)
  const quantile = (normal: number) => Math.round(meanMs * Math.max(0, 1 - spread + normal * Math.sqrt(spread)) ** 3)
  return { from: quantile(-1.2816), to: quantile(1.2816) }
}

/** The same from the moments at which the last ones were served, oldest first. */
export function expectedAfter(place: number, servedAtMs: readonly number[], atMs: number): WaitRange | null {
  const recent = servedAtMs.filter((ms) => ms > atMs - halfHourMs)
  const [first] = recent
  // Of a busy queue no more is remembered than what was served since then.
  const isCut = recent.length === mostServedRemembered && first !== undefined
  return expectedWait(place, recent.length, isCut ? Math.max(1, atMs - first) : halfHourMs)
}

export const mostServedRemembered = 64

/** In the words of a message, rounded outwards to whole minutes, or hours of what takes long: no promise is shorter than the estimate. */
export function waitInWords(range: WaitRange | null, language: Language): string {
  const isChinese = language === 'zh-CN'
  if (range === null) return isChinese ? '暂时无法估计' : 'not known yet'
  const isLong = range.to > 2 * hourMs
  const unitMs = isLong ? hourMs : minuteMs
  const [from, to] = [Math.floor(range.from / unitMs), Math.max(1, Math.ceil(range.to / unitMs))]
  if (isChinese) {
    const unit = isLong ? '小时' : '分钟'
    return from === 0 ? `不到 ${to} ${unit}` : from === to ? `约 ${to} ${unit}` : `${from}–${to} ${unit}`
  }
  const unit = `${isLong ? 'hour' : 'minute'}${to === 1 ? '' : 's'}`
  return from === 0 ? `less than ${to} ${unit}` : from === to ? `about ${to} ${unit}` : `${from}–${to} ${unit}`
}
