import { type Holiday, type HolidayCalendar, type Hours, weekdays } from '@duoke/contract'
import { dayMs, stretchesOf, wallMs } from './time-zone.ts'

/** Milliseconds of a day; an end beyond the day is on the next one. */
type Range = { readonly fromMs: number; readonly toMs: number }
type Span = { readonly fromMs: number; readonly toMs: number }

/** Hours ready to be asked. All times are epoch milliseconds. */
export type OpeningTimes = {
  isOpen(atMs: number): boolean
  /** The next moment at which it opens or closes; null when it does neither within the next 400 days. */
  nextChange(atMs: number): number | null
  /** How much of the interval is within the hours. */
  workingMs(fromMs: number, toMs: number): number
  /** What kind of day the moment falls on, where the hours are kept. */
  dayOf(atMs: number): DayKind
}

export type DayKind = {
  readonly date: string
  readonly kind: 'exception' | 'holiday' | 'made-up' | 'weekday'
  /** The holiday's name, or the exception's note. */
  readonly name: string
}

const searchDays = 400

export function openingTimes(hours: Hours, defaultZone: string, holidays: HolidayCalendar): OpeningTimes {
  const timeZone = hours.timeZone ?? defaultZone
  const rangesOn = daily(hours, holidays)
  const spans = (fromMs: number, toMs: number) => openSpans(timeZone, rangesOn, fromMs, toMs)
  const isOpen = (atMs: number) => {
    for (const _ of spans(atMs, atMs + 1)) return true
    return false
  }
  return {
    isOpen,
    nextChange(atMs) {
      const endMs = atMs + searchDays * dayMs
      for (const { fromMs, toMs } of joined(spans(atMs, endMs))) {
        if (fromMs > atMs) return fromMs
        return toMs < endMs ? toMs : null
      }
      return null
    },
    workingMs(fromMs, toMs) {
      let total = 0
      for (const span of joined(spans(fromMs, toMs))) total += span.toMs - span.fromMs
      return total
    },
    dayOf: (atMs) => kindOf(hours, holidays, dateOf(Math.floor(wallMs(timeZone, atMs) / dayMs))),
  }
}

/** As `2026-10-01`, of days since 1970-01-01. */
const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

function kindOf(hours: Hours, holidays: HolidayCalendar, date: string): DayKind {
  const exception = exceptionOn(hours, date)
  if (exception !== undefined) return { date, kind: 'exception', name: exception.note ?? '' }
  const holiday = holidayOn(hours, holidays, date)
  if (holiday === undefined) return { date, kind: 'weekday', name: '' }
  return { date, kind: holiday.works ? 'made-up' : 'holiday', name: holiday.name }
}

/** The ranges that begin on a date, as they are written. */
function openOn(hours: Hours, holidays: HolidayCalendar, date: string): readonly string[] {
  const exception = exceptionOn(hours, date)
  if (exception !== undefined) return exception.open
  const holiday = holidayOn(hours, holidays, date)
  const { weekly, onHolidays = [], onMadeUpDays = weekly.mon ?? [] } = hours
  if (holiday !== undefined) return holiday.works ? onMadeUpDays : onHolidays
  // Days are counted from Monday here, and from Sunday there.
  const weekday = weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]
  return (weekday === undefined ? undefined : weekly[weekday]) ?? []
}

/** What a date means, for who looks at a calendar: the kind of day, and the ranges that begin on it. */
export function dayPlan(hours: Hours, holidays: HolidayCalendar, date: string): DayKind & { open: readonly string[] } {
  return { ...kindOf(hours, holidays, date), open: openOn(hours, holidays, date) }
}

function exceptionOn({ exceptions = [] }: Hours, date: string) {
  return exceptions.find(({ from, to = from }) => from <= date && date <= to)
}

function holidayOn(hours: Hours, holidays: HolidayCalendar, date: string): Holiday | undefined {
  return hours.holidays === 'cn' ? holidays(date) : undefined
}

/** The ranges that begin on a day. Parsed once, and each date looked up once: the same days are asked again and again. */
function daily(hours: Hours, holidays: HolidayCalendar): (day: number) => readonly Range[] {
  const known = new Map<number, readonly Range[]>()
  const find = (day: number): readonly Range[] => openOn(hours, holidays, dateOf(day)).map(rangeOf)
  return (day) => {
    const found = known.get(day) ?? find(day)
    if (known.size > 2000) known.clear()
    known.set(day, found)
    return found
  }
}

function rangeOf(text: string): Range {
  const [from = 0, to = 0] = text.split('-').map((clock) => {
    const [hour = 0, minute = 0] = clock.split(':').map(Number)
    return (hour * 60 + minute) * 60_000
  })
  return { fromMs: from, toMs: to > from ? to : to + dayMs }
}

/** The open parts of an interval in order of their beginning; they may touch or overlap. */
function* openSpans(
  timeZone: string,
  rangesOn: (day: number) => readonly Range[],
  fromMs: number,
  toMs: number,
): Iterable<Span> {
  for (const stretch of stretchesOf(timeZone, fromMs, toMs)) {
    const wallFrom = stretch.fromMs + stretch.offsetMs
    const wallTo = stretch.toMs + stretch.offsetMs
    const found: Span[] = []
    // A range of the day before may reach into the first day.
    for (let day = Math.floor(wallFrom / dayMs) - 1; day * dayMs < wallTo; day++) {
      for (const range of rangesOn(day)) {
        const from = Math.max(day * dayMs + range.fromMs, wallFrom)
        const to = Math.min(day * dayMs + range.toMs, wallTo)
        if (from < to) found.push({ fromMs: from - stretch.offsetMs, toMs: to - stretch.offsetMs })
      }
      if (found.length >= 2) yield* sortedBefore(found, (day + 1) * dayMs - stretch.offsetMs)
    }
    yield* found.sort((left, right) => left.fromMs - right.fromMs)
  }
}

/** Hands out what no later day can precede, so that a search for the next change stops at once. */
function* sortedBefore(found: Span[], beforeMs: number): Iterable<Span> {
  found.sort((left, right) => left.fromMs - right.fromMs)
  while (found.length > 0) {
    const [first] = found
    if (first === undefined || first.fromMs >= beforeMs) return
    found.shift()
    yield first
  }
}

/** The same without touching or overlapping parts. */
function* joined(spans: Iterable<Span>): Iterable<Span> {
  let current: Span | undefined
  for (const span of spans) {
    if (current !== undefined && span.fromMs <= current.toMs) {
      current = { fromMs: current.fromMs, toMs: Math.max(current.toMs, span.toMs) }
      continue
    }
    if (current !== undefined) yield current
    current = span
  }
  if (current !== undefined) yield current
}
