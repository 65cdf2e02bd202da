import { type Static, Type } from 'typebox'
import { chosenIdPattern } from './ids.ts'
import { NamedAgent } from './rules.ts'

export const ReasonCode = Type.String({
  pattern: chosenIdPattern,
  description: 'One of the codes that the organization has set',
})
/** What one may, or has to, give a reason for. */
export const ReasonUse = Type.Union([Type.Literal('decline'), Type.Literal('transfer'), Type.Literal('park')])
export const Reason = Type.Object({
  code: ReasonCode,
  label: Type.String({ minLength: 1, maxLength: 60 }),
  for: Type.Array(ReasonUse, { minItems: 1 }),
})

/** The rules of a session's life. */
export const SessionSettings = Type.Object({
  offerForMs: Type.Union([
    Type.Integer({
      minimum: 1000,
      maximum: 3_600_000,
      description: 'How long an agent has to accept what is offered; null: conversations are given without asking',
    }),
    Type.Null(),
  ]),
  missedOfferSetsAway: Type.Boolean({ description: 'Who lets an offer run out is not at the desk: set away' }),
  pickFromQueue: Type.Boolean({ description: 'Whether agents may take any waiting conversation by themselves' }),
  reasons: Type.Array(Reason, { maxItems: 100, description: 'Codes to choose from; without any, every code is taken' }),
  reasonNeededFor: Type.Array(ReasonUse),
  namedAgent: Type.Optional(
    Type.Union([NamedAgent, Type.Null()], {
      description:
        'What becomes of a session for an agent whom an app names (TransInfo, kfsession/create) and who cannot take it; null: TransInfo falls back to routing, create is refused',
    }),
  ),
})

export type ReasonUse = Static<typeof ReasonUse>
export type Reason = Static<typeof Reason>
export type SessionSettings = Static<typeof SessionSettings>

/** Until the configuration says otherwise, and what settings of an earlier version meant. */
export const defaultSessionSettings: SessionSettings = {
  offerForMs: null,
  missedOfferSetsAway: true,
  pickFromQueue: true,
  reasons: [],
  reasonNeededFor: [],
}
