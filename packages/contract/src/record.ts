import { type Static, Type } from 'typebox'
import { Content } from './content.ts'
import { Actor, Delivery, Holder, Nullable } from './resources.ts'

const id = Type.String({ minLength: 1, maxLength: 80 })
const instant = Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' })

export const RecordedMedia = Type.Object({
  id,
  contentType: Nullable(Type.String()),
  sizeBytes: Nullable(Type.Integer()),
  state: Type.Union([Type.Literal('pending'), Type.Literal('stored'), Type.Literal('expired')]),
  url: Nullable(
    Type.String({ description: 'Opens this one file without a token until `urlExpiresAt`; null while there is none' }),
  ),
  urlExpiresAt: Nullable(instant),
})
export type RecordedMedia = Static<typeof RecordedMedia>

const common = {
  position: Type.Integer({ description: 'Position in the log: the order that counts' }),
  at: instant,
  accountId: id,
  conversationId: id,
  customerId: id,
  sessionId: Nullable(id),
  stintId: Nullable(id),
}

/** One line of the complete record: a message of any kind, that it was taken back, or what became of a session. */
export const RecordEntry = Type.Union([
  Type.Object({
    kind: Type.Literal('message'),
    ...common,
    messageId: id,
    direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
    sender: Actor,
    inNameOf: Type.Optional(Type.String({ description: 'The agent in whose name an app sent it' })),
    holder: Type.Intersect([Holder], { description: 'Who had control when the message was logged' }),
    type: Type.String(),
    text: Nullable(Type.String({ description: 'What was written or recognised; null where there are no words' })),
    content: Nullable(Content),
    media: Type.Array(RecordedMedia),
    via: Type.Optional(Type.Union([Type.Literal('customer-message'), Type.Literal('passive-reply')])),
    clientId: Type.Optional(Type.String()),
    delivery: Type.Optional(Delivery),
    recalledAt: Nullable(instant),
  }),
  Type.Object({ kind: Type.Literal('recall'), ...common, messageId: id, by: Actor }),
  Type.Object({
    kind: Type.Literal('session'),
    ...common,
    event: Type.Union([
      Type.Literal('opened'),
      Type.Literal('queued'),
      Type.Literal('assigned'),
      Type.Literal('idle-warned'),
      Type.Literal('closed'),
      Type.Literal('offered'),
      Type.Literal('offer-ended'),
      Type.Literal('broadcast'),
      Type.Literal('broadcast-joined'),
      Type.Literal('broadcast-left'),
      Type.Literal('broadcast-ended'),
      Type.Literal('parked'),
      Type.Literal('resumed'),
      Type.Literal('wrap-up-began'),
      Type.Literal('disposed'),
    ]),
    by: Actor,
    cause: Nullable(Type.String()),
    from: Nullable(Type.Intersect([Holder], { description: 'Who had control before' })),
    to: Nullable(Type.Intersect([Holder], { description: 'Who has control from here on' })),
    note: Nullable(Type.String()),
  }),
])
export type RecordEntry = Static<typeof RecordEntry>
export type RecordedMessage = Extract<RecordEntry, { kind: 'message' }>
export type RecordedSession = Extract<RecordEntry, { kind: 'session' }>
