/** A stretch of time in which a zone's clocks keep their distance to UTC. Epoch milliseconds, `toMs` not included. */
export type Stretch = { readonly fromMs: number; readonly toMs: number; readonly offsetMs: number }

export const dayMs = 86_400_000
const minuteMs = 60_000
/** No zone has two changes of its clocks within this time. */
const probeMs = 5 * dayMs

const clocks = new Map<string, Intl.DateTimeFormat>()
const years = new Map<string, readonly Stretch[]>()

/** Making one takes longer than a whole decision. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
  const options = { timeZone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn', ...digits } as const
  const clock = new Intl.DateTimeFormat('en-US', { ...options, second: 'numeric' })
  clocks.set(timeZone, clock)
  return clock
}

/** How far the zone's clocks are ahead of UTC at this moment. */
function offsetAt(timeZone: string, atMs: number): number {
  const wholeMs = Math.floor(atMs / 1000) * 1000
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
  for (const { type, value } of clockOf(timeZone).formatToParts(wholeMs)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs
}

/** The moment in (lowMs, highMs] at which the offset of `lowMs` ends: clocks change on whole minutes. */
function changeBetween(timeZone: string, lowMs: number, highMs: number): number {
  const before = offsetAt(timeZone, lowMs)
  let low = Math.floor(lowMs / minuteMs)
  let high = Math.ceil(highMs / minuteMs)
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (offsetAt(timeZone, middle * minuteMs) === before) low = middle
    else high = middle
  }
  return high * minuteMs
}

/** One UTC year; computed once, because every later question is answered from it. */
function stretchesOfYear(timeZone: string, year: number): readonly Stretch[] {
  const key = `${timeZone} ${year}`
  const known = years.get(key)
  if (known !== undefined) return known
  const endMs = Date.UTC(year + 1, 0)
  const stretches: Stretch[] = []
  let fromMs = Date.UTC(year, 0)
  let offsetMs = offsetAt(timeZone, fromMs)
  for (let probe = fromMs; probe < endMs; probe += probeMs) {
    const nextMs = Math.min(probe + probeMs, endMs - minuteMs)
    const next = offsetAt(timeZone, nextMs)
    if (next === offsetMs) continue
    const changeMs = changeBetween(timeZone, Math.max(probe, fromMs), nextMs)
    stretches.push({ fromMs, toMs: changeMs, offsetMs })
    fromMs = changeMs
    offsetMs = next
  }
  stretches.push({ fromMs, toMs: endMs, offsetMs })
  if (years.size >= 1000) years.clear()
  years.set(key, stretches)
  return stretches
}

/** The stretches of the interval, in order and without gap. */
export function* stretchesOf(timeZone: string, fromMs: number, toMs: number): Iterable<Stretch> {
  const lastYear = new Date(Math.max(fromMs, toMs - 1)).getUTCFullYear()
  for (let year = new Date(fromMs).getUTCFullYear(); year <= lastYear; year++) {
    for (const stretch of stretchesOfYear(timeZone, year)) {
      const begin = Math.max(stretch.fromMs, fromMs)
      const end = Math.min(stretch.toMs, toMs)
      if (begin < end) yield { fromMs: begin, toMs: end, offsetMs: stretch.offsetMs }
    }
  }
}

export function isTimeZone(name: string): boolean {
  try {
    clockOf(name)
    return true
  } catch {
    return false
  }
}

/** What the clock on the wall shows, as if it were UTC: epoch milliseconds. */
export function wallMs(timeZone: string, atMs: number): number {
  for (const { offsetMs } of stretchesOf(timeZone, atMs, atMs + 1)) return atMs + offsetMs
  return atMs
}
