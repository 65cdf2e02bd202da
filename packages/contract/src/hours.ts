import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false } as const

export const clockRangePattern = '^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'
export const ClockRange = Type.String({
  pattern: clockRangePattern,
  description: 'As 09:00-12:30; an end that is not after its start is on the next day: 22:00-06:00',
})
const ranges = Type.Array(ClockRange, { maxItems: 10 })

/** The days of a week, in the order in which ISO 8601 counts them. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

const date = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', description: '2026-10-01' })

/**
 * When somebody serves. A moment is within the hours when the clock on the wall of the time zone then shows a time within a
 * range; a day not named is closed. What a day is follows in this order: an exception, a holiday, a working day made up
 * for one, the weekday.
 */
export const Hours = Type.Object(
  {
    timeZone: Type.Optional(Type.String({ description: "IANA name; the organization's when left out", maxLength: 60 })),
    weekly: Type.Partial(
      Type.Object(
        { mon: ranges, tue: ranges, wed: ranges, thu: ranges, fri: ranges, sat: ranges, sun: ranges },
        strict,
      ),
    ),
    holidays: Type.Optional(
      Type.Union([Type.Literal('cn'), Type.Literal('none')], {
        description: "`cn`: China's official holidays and the working days made up for them (调休)",
        default: 'none',
      }),
    ),
    onHolidays: Type.Optional(Type.Array(ClockRange, { maxItems: 10, description: 'Closed when left out' })),
    onMadeUpDays: Type.Optional(Type.Array(ClockRange, { maxItems: 10, description: 'As on Monday when left out' })),
    exceptions: Type.Optional(
      Type.Array(
        Type.Object(
          { from: date, to: Type.Optional(date), open: ranges, note: Type.Optional(Type.String({ maxLength: 200 })) },
          strict,
        ),
        { maxItems: 500, description: 'Days with hours of their own, `to` included; none means closed' },
      ),
    ),
  },
  strict,
)
export type Hours = Static<typeof Hours>

export const HolidaysOfYear = Type.Object({
  year: Type.Integer(),
  known: Type.Boolean({
    description: 'Whether the installation has the table of this year, which comes out each November',
  }),
  days: Type.Array(
    Type.Object({
      date: Type.String(),
      name: Type.String(),
      works: Type.Boolean({ description: 'true: worked in exchange for another day' }),
    }),
  ),
})
export type HolidaysOfYear = Static<typeof HolidaysOfYear>

/** What a calendar of public holidays says about a date: free, or worked in exchange for another day. */
export type Holiday = { readonly name: string; readonly works: boolean }
export type HolidayCalendar = (date: string) => Holiday | undefined
