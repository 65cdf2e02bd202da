import { Type } from 'typebox'
import { QuotaWindow } from './resources.ts'

export const id = Type.String({ minLength: 1, maxLength: 80 })
export const instant = Type.String()
export const conversation = { conversationId: id }
/** What goes with a conversation from one holder to the next. */
export const handOver = Type.Object({
  note: Type.Optional(Type.String()),
  summary: Type.Optional(Type.String()),
  context: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'For programs; any JSON' })),
})
export const session = { conversationId: id, sessionId: id }
export const sentAt = Type.String({ description: "When the customer did it, by WeChat's clock" })
/** Of an event that `opens`, reserves or releases. */
export const windows = Type.Optional(
  Type.Array(QuotaWindow, {
    description: 'The allowances after this event, given only when they do not follow from it alone',
  }),
)
export const trigger = Type.Union([
  Type.Literal('message'),
  Type.Literal('menu'),
  Type.Literal('follow'),
  Type.Literal('scan'),
  Type.Literal('enter'),
])

/** The digest of a decision that travels with the event; the whole record is behind GET /v1/decisions/{id}. */
export const decision = Type.Object({
  decisionId: id,
  ruleVersion: Type.Integer(),
  candidates: Type.Integer(),
  excluded: Type.Record(Type.String(), Type.Integer()),
  digest: Type.String({ description: 'SHA-256 of the stored record, hex' }),
})
