import { type Static, Type } from 'typebox'
import { chosenIdPattern } from './ids.ts'
import { NamedAgent } from './rules.ts'

export const ReasonCode = Type.String({
  pattern: chosenIdPattern,
  description: 'One of the codes that the organization has set',
})
/** What one may, or has to, give a reason for. */
export const ReasonUse = Type.Union([
  Type.Literal('decline'),
  Type.Literal('transfer'),
  Type.Literal('park'),
  Type.Literal('close'),
  Type.Literal('away'),
  Type.Literal('hand'),
  Type.Literal('supervise'),
])
export const Reason = Type.Object({
  code: ReasonCode,
  label: Type.String({ minLength: 1, maxLength: 60 }),
  labelEn: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'In English; left out: the label' })),
  for: Type.Array(ReasonUse, { minItems: 1 }),
})

/** What a session was about, or how it ended: chosen by the agent who held it at its close. */
export const Disposition = Type.Object({
  code: ReasonCode,
  label: Type.String({ minLength: 1, maxLength: 60 }),
  teams: Type.Optional(
    Type.Array(Type.String({ pattern: chosenIdPattern }), {
      minItems: 1,
      description: 'Teams that choose it; left out, every team does',
    }),
  ),
})

const wrapUpMs = Type.Integer({
  minimum: 0,
  maximum: 3_600_000,
  description: 'How long after a close the agent may still say what it was about; 0: not at all',
})
const dispositionNeeded = Type.Boolean({
  description: 'Whether a session may be closed without one; with a wrap-up it is asked for there',
})
const reopenWithinMs = Type.Integer({
  minimum: 0,
  maximum: 7 * 24 * 3_600_000,
  description:
    "How long after a close a customer's message goes on with the same agent, who is online and has room; 0: never",
})
/** What a team may set for the sessions that it serves. */
export const teamClosing = {
  wrapUpMs: Type.Optional(wrapUpMs),
  dispositionNeeded: Type.Optional(dispositionNeeded),
  reopenWithinMs: Type.Optional(reopenWithinMs),
}

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
  ...teamClosing,
  closeWords: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 30 }), {
      maxItems: 20,
      description: 'Messages, or keys of menu items, by which a customer ends the session',
    }),
  ),
  closeReply: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 600 }), Type.Null()], {
      description: 'What is answered to them at once, as a passive reply: no quota',
    }),
  ),
  closeWithWindow: Type.Optional(
    Type.Boolean({
      description: 'Whether a session ends when WeChat lets nobody answer any more; it does not when left out',
    }),
  ),
  wrapUpTakesCapacity: Type.Optional(
    Type.Boolean({
      description: 'Whether the place of a session stays taken during its wrap-up; it does when left out',
    }),
  ),
  dispositions: Type.Optional(
    Type.Array(Disposition, { maxItems: 100, description: 'Codes to choose from; without any, every code is taken' }),
  ),
  watchingIsTold: Type.Optional(Type.Boolean({ description: 'Whether an agent is told who looks on; left out: not' })),
})

export type ReasonUse = Static<typeof ReasonUse>
export type Reason = Static<typeof Reason>
export type Disposition = Static<typeof Disposition>
export type SessionSettings = Static<typeof SessionSettings>

/** Until the configuration says otherwise, and what settings of an earlier version meant. */
export const defaultSessionSettings: Required<SessionSettings> = {
  offerForMs: null,
  missedOfferSetsAway: true,
  pickFromQueue: true,
  reasons: [],
  reasonNeededFor: [],
  watchingIsTold: false,
  namedAgent: null,
  wrapUpMs: 0,
  dispositionNeeded: false,
  reopenWithinMs: 0,
  closeWords: [],
  closeReply: null,
  closeWithWindow: false,
  wrapUpTakesCapacity: true,
  dispositions: [],
}
