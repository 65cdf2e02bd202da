import pg from 'pg'

/**
 * How values leave the database, everywhere alike: bigint as a number, points in time as epoch milliseconds, JSON as its
 * own text (the log's hashes cover that text), dates without a time zone as they are written.
 */
const parsers: ReadonlyMap<number, (value: string) => unknown> = new Map<number, (value: string) => unknown>([
  [pg.types.builtins.INT8, safeInteger],
  [pg.types.builtins.TIMESTAMPTZ, epochMs],
  [pg.types.builtins.JSON, asWritten],
  [pg.types.builtins.JSONB, asWritten],
  [pg.types.builtins.DATE, asWritten],
  [pg.types.builtins.TIMESTAMP, asWritten],
])

export const rowTypes = {
  getTypeParser: ((oid: number, format?: string) =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser, // pg's overloads cannot be met by one function
}

/** Sessions that use these parsers must write times so. */
export const rowTypeSettings = { timezone: 'UTC', datestyle: 'ISO' }

function asWritten(value: string): string {
  return value
}

function safeInteger(value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError(`a number of the database is too large: ${value}`)
  return number
}

/** `2026-11-22 16:00:00.123456+00` → epoch milliseconds; what is finer than a millisecond is cut off. */
function epochMs(value: string): number {
  if (value === 'infinity') return Number.POSITIVE_INFINITY
  if (value === '-infinity') return Number.NEGATIVE_INFINITY
  return Date.parse(`${value.replace(' ', 'T').replace(/(\.\d{1,3})\d*/, '$1')}:00`)
}
