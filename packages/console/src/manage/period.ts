export const spans = ['today', 'yesterday', 'week', 'month', 'custom'] as const
export type SpanName = (typeof spans)[number]
/** Whole days of the organization's clock, `from` and `to` included, as `2026-10-01`. */
export type Days = { readonly from: string; readonly to: string }
export type ChosenDays = Days & { readonly span: SpanName }
/** As the server takes it: RFC 3339 instants, `to` not included. */
export type Period = { readonly from: string; readonly to: string }

const dayMs = 86_400_000
const days = { today: [0, 0], yesterday: [-1, -1], week: [-6, 0], month: [-29, 0] } as const

export function dateIn(timeZone: string, atMs: number): string {
  const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  return new Intl.DateTimeFormat('en-CA', options).format(atMs)
}

export function addDays(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10)
}

export function daysOf(span: Exclude<SpanName, 'custom'>, today: string): ChosenDays {
  const [from, to] = days[span]
  return { span, from: addDays(today, from), to: addDays(today, to) }
}

/**
 * From the first midnight to the last, and no further than now: time that is still to come is nobody's. Nothing for days that
 * are no days, or in the wrong order.
 */
export function periodOf({ from, to }: Days, timeZone: string, nowMs: number): Period | undefined {
  if (!isDate(from) || !isDate(to) || from > to) return undefined
  const fromMs = startOf(from, timeZone)
  const toMs = Math.min(startOf(addDays(to, 1), timeZone), nowMs)
  if (fromMs >= toMs) return undefined
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** The moment at which the day begins where the organization is. */
function startOf(date: string, timeZone: string): number {
  const wallMs = Date.parse(`${date}T00:00:00Z`)
  // The second time with the offset of the day itself, for clocks that change in between.
  const roughMs = wallMs - offsetAt(timeZone, wallMs)
  return wallMs - offsetAt(timeZone, roughMs)
}

function offsetAt(timeZone: string, atMs: number): number {
  const options = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' } as const
  // As `2026-10-01 08:00:00`, which is read as if it were UTC.
  const wall = new Intl.DateTimeFormat('sv-SE', options).format(atMs)
  return Date.parse(`${wall.replace(' ', 'T')}Z`) - Math.floor(atMs / 1000) * 1000
}
