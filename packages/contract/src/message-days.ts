import { type Static, Type } from 'typebox'
import { Nullable } from './resources.ts'

const day = (description: string) => Type.String({ description })

/** The days of one month on which something was said in a conversation, by the organization's clock. */
export const MessageDays = Type.Object({
  timeZone: Type.String(),
  month: day('`2026-11`'),
  days: Type.Array(
    Type.Object({
      day: day('`2026-11-23`'),
      messages: Type.Integer(),
      position: Type.Integer({ description: 'Of the first message of the day: `from` of the list of messages' }),
    }),
    { description: 'In order; days without a message are left out' },
  ),
  first: Nullable(day('Day of the oldest message; null: there is none')),
  last: Nullable(day('Day of the newest message')),
})
export type MessageDays = Static<typeof MessageDays>
