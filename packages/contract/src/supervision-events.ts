import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { id, instant, session } from './event-parts.ts'
import { Nullable } from './resources.ts'
import { ReasonCode } from './session-settings.ts'

const reason = Type.Optional(ReasonCode)

/** What supervisors do beside the holder, and how agents ask for them. None of it changes the holder. */
export const supervisionEvents = {
  'session.watched': declare({
    version: 1,
    scope: 'sessions:supervise',
    summary: 'A supervisor began to look on; the agent is not told',
    facts: Type.Object({ ...session, agentId: id, reason }),
  }),
  'session.watch-ended': declare({
    version: 1,
    scope: 'sessions:supervise',
    summary: 'A supervisor who looked on unseen no longer does',
    facts: Type.Object({ ...session, agentId: id }),
  }),
  'session.joined': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A supervisor came to a conversation that somebody else holds; the holder stays',
    facts: Type.Object({
      ...session,
      agentId: id,
      mayWrite: Type.Boolean({ description: 'false: looks on, and the agent is told' }),
      reason,
    }),
  }),
  'session.left': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A supervisor who had joined left again',
    facts: Type.Object({ ...session, agentId: id }),
  }),
  'session.whispered': declare({
    version: 1,
    scope: 'whispers:read',
    summary: 'A supervisor wrote to whoever holds the conversation; the customer never sees it',
    facts: Type.Object({ ...session, whisperId: id }),
    personal: Type.Object({ text: Type.String() }),
    personalScope: 'whispers:read',
  }),
  'session.hand-raised': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The agent who holds the conversation asks for a supervisor; it ends with the hold at the latest',
    facts: Type.Object({ ...session, agentId: id, reason }),
    personal: Type.Object({ note: Type.Optional(Type.String()) }),
    personalScope: 'whispers:read',
  }),
  'session.hand-lowered': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A raised hand was answered, or the agent needs nobody any more',
    facts: Type.Object({
      ...session,
      agentId: id,
      outcome: Type.Union([Type.Literal('answered'), Type.Literal('withdrawn')]),
    }),
  }),
  'agent.capacity-changed': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'An agent has another capacity for a while, or that while is over',
    facts: Type.Object({
      agentId: id,
      capacity: Nullable(Type.Integer({ minimum: 0, description: 'null: the configured one again' })),
      until: Nullable(instant),
      cause: Type.Union([Type.Literal('chosen'), Type.Literal('expired')]),
      reason,
    }),
  }),
} as const
