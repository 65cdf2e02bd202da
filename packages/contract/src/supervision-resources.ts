import { type Static, Type } from 'typebox'
import { id, instant } from './event-parts.ts'
import { Actor, AgentStatus, Nullable } from './resources.ts'
import { ReasonCode } from './session-settings.ts'

export const Whisper = Type.Object({
  id,
  conversationId: id,
  sessionId: id,
  position: Type.Integer(),
  at: instant,
  by: Actor,
  text: Nullable(Type.String({ description: 'null: erased' })),
})
export type Whisper = Static<typeof Whisper>

/** What an agent's status was in a period, and what that comes to. All lengths are milliseconds. */
export const Attendance = Type.Object({
  agentId: id,
  from: instant,
  to: instant,
  onlineMs: Type.Integer(),
  awayMs: Type.Integer(),
  offlineMs: Type.Integer(),
  awayByReason: Type.Record(Type.String(), Type.Integer()),
  planned: Nullable(
    Type.Object(
      {
        ms: Type.Integer({ description: 'Length of the shifts' }),
        onlineMs: Type.Integer(),
        awayMs: Type.Integer(),
        absentMs: Type.Integer({ description: 'Offline during the shifts' }),
        extraMs: Type.Integer({ description: 'Online or away outside of the shifts' }),
      },
      { description: 'Against the shifts as they are set now; null for who has none' },
    ),
  ),
  spans: Type.Array(
    Type.Object({ from: instant, to: instant, status: AgentStatus, reason: Type.Optional(ReasonCode) }),
    { description: 'The status from stretch to stretch, without a gap' },
  ),
})
export type Attendance = Static<typeof Attendance>

/** How it stands at one moment. */
export const LiveFigures = Type.Object({
  at: instant,
  waiting: Type.Integer({ description: 'Customers who wait for an agent, those who are being offered included' }),
  longestSince: Nullable(instant),
  queues: Type.Array(
    Type.Object({
      teamId: Nullable(Type.String({ description: 'null: whoever serves the account' })),
      waiting: Type.Integer(),
      longestSince: instant,
    }),
  ),
  agents: Type.Array(
    Type.Object({
      agentId: id,
      status: AgentStatus,
      statusSince: Nullable(instant),
      statusReason: Nullable(Type.String()),
      capacity: Type.Integer({ description: 'The one that counts now' }),
      load: Type.Integer(),
      open: Type.Integer({ description: 'Sessions held and not parked' }),
      parked: Type.Integer(),
      unanswered: Type.Integer({
        description: 'Conversations in which the customer wrote last and the agent has not looked',
      }),
      hands: Type.Integer({ description: 'Raised hands' }),
    }),
  ),
})
export type LiveFigures = Static<typeof LiveFigures>
