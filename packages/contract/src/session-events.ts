import { Type } from 'typebox'
import { CloseCause } from './closing.ts'
import { declare } from './event-declaration.ts'
import { decision, handOver, id, instant, session } from './event-parts.ts'
import { sessionLoad } from './load.ts'
import { Holder, Nullable } from './resources.ts'
import { RoutingPlan } from './rules.ts'
import { ReasonCode } from './session-settings.ts'

/** What the rule asks, where it was asked anew; it holds until the session ends. */
const plan = Type.Optional(RoutingPlan)

/** By this event the session leaves whoever took it in their place, or comes to them, or nobody is left who could take it. */
const countsNoMoreFor = Type.Optional(
  Type.Array(id, { description: 'Agents who had declined it, against whom it counted until now; left out: nobody' }),
)

/** The life of a session: changes of its holder, and what happens beside them. */
export const sessionEvents = {
  'session.opened': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A matter began',
    facts: Type.Object({
      ...session,
      cause: Type.Union([Type.Literal('customer'), Type.Literal('agent'), Type.Literal('app')]),
      reopens: Nullable(id),
      messageId: Type.Optional(
        Type.String({ description: 'The message it began with, where that was logged before it' }),
      ),
    }),
  }),
  'session.queued': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The conversation waits for an agent',
    facts: Type.Object({
      ...session,
      from: Holder,
      teamId: Nullable(id),
      cause: Type.Union([
        Type.Literal('routing'),
        Type.Literal('transfer'),
        Type.Literal('vanished'),
        Type.Literal('disabled'),
        Type.Literal('offline'),
        Type.Literal('released'),
        Type.Literal('returned'),
      ]),
      reason: Type.Optional(ReasonCode),
      waitingSince: instant,
      decision: Nullable(decision),
      aheadSince: Type.Optional(
        Type.String({
          description:
            'The place in the line is as if the waiting had begun then: who came back from being parked waits by age',
        }),
      ),
      round: Type.Optional(
        Type.Integer({ description: 'A new round of offers begins: who passed may be asked again' }),
      ),
      plan,
      ...sessionLoad,
      countsNoMoreFor,
    }),
    personal: handOver,
    personalScope: 'messages:read',
  }),
  'session.assigned': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'An agent or app took the conversation over',
    facts: Type.Object({
      ...session,
      stintId: id,
      from: Holder,
      to: Type.Union([
        Type.Object({ kind: Type.Literal('agent'), agentId: id }),
        Type.Object({ kind: Type.Literal('app'), appId: id }),
      ]),
      cause: Type.Union([
        Type.Literal('routing'),
        Type.Literal('accept'),
        Type.Literal('transfer'),
        Type.Literal('reopen'),
        Type.Literal('take-over'),
        Type.Literal('responder'),
      ]),
      reason: Type.Optional(ReasonCode),
      overCapacity: Type.Optional(
        Type.Boolean({ description: 'A supervisor gave it although the agent was full; left out: there was room' }),
      ),
      decision: Nullable(decision),
      plan,
      ...sessionLoad,
      countsNoMoreFor,
    }),
    personal: handOver,
    personalScope: 'messages:read',
  }),
  'session.idle-warned': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The customer was told that the session will end for lack of messages',
    facts: Type.Object({ ...session, closesAt: instant }),
  }),
  'session.closed': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A matter ended; nobody holds the conversation',
    facts: Type.Object({
      ...session,
      from: Holder,
      cause: CloseCause,
      reopenableUntil: Type.Optional(
        Type.String({ description: "Until then the customer's next message goes on with the same agent" }),
      ),
      reason: Type.Optional(
        Type.String({ description: "Why a rule refused it, or the code of the organization's reasons that was given" }),
      ),
      countsNoMoreFor,
    }),
    personal: handOver,
    personalScope: 'messages:read',
  }),
  'session.wrap-up-began': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The session is closed; the agent who held it may still say what it was about',
    facts: Type.Object({
      ...session,
      agentId: id,
      stintId: id,
      until: instant,
      takesCapacity: Type.Boolean({ description: "Whether it counts against the agent's capacity until it ends" }),
      ...sessionLoad,
    }),
  }),
  'session.disposed': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'What the closed session was about, or that nobody said so; ends its wrap-up. A later one replaces it',
    facts: Type.Object({
      ...session,
      agentId: Nullable(id),
      disposition: Nullable(ReasonCode),
      cause: Type.Union([Type.Literal('given'), Type.Literal('time'), Type.Literal('reopened')]),
      wrapUpMs: Type.Integer({ minimum: 0, description: 'How long the agent was in wrap-up; 0 without one' }),
    }),
    personal: handOver,
    personalScope: 'messages:read',
  }),
  'session.offered': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'An agent was asked to take the conversation; the queue holds it until the agent accepts',
    facts: Type.Object({
      ...session,
      agentId: id,
      stintId: Type.String({ description: 'The id that the stint will have if the agent accepts' }),
      round: Type.Integer({
        minimum: 1,
        description: 'Within one round nobody is asked twice; a new one forgets who passed',
      }),
      expiresAt: instant,
      decision,
      ...sessionLoad,
    }),
  }),
  'session.offer-ended': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'What became of an offer: every offer ends exactly once',
    facts: Type.Object({
      ...session,
      agentId: id,
      outcome: Type.Union([
        Type.Literal('accepted'),
        Type.Literal('declined'),
        Type.Literal('timed-out'),
        Type.Literal('withdrawn'),
      ]),
      reason: Type.Optional(ReasonCode),
      counts: Type.Optional(
        Type.Boolean({
          description:
            'The agent did not want it or did not answer: from here on it counts against them in routing as if they had taken it, ' +
            'until an event names them in `countsNoMoreFor`',
        }),
      ),
    }),
  }),
  'session.broadcast': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'Several agents were asked at once: the first to accept has it, and the queue holds it until then',
    facts: Type.Object({
      ...session,
      agentIds: Type.Array(id),
      giver: Type.Optional(Type.String({ description: 'Who handed it over, and is not asked' })),
      round: Type.Integer({ minimum: 1, description: 'As in `session.offered`' }),
      expiresAt: instant,
      decision,
      ...sessionLoad,
    }),
  }),
  'session.broadcast-joined': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'More agents may serve now, and are asked as well',
    facts: Type.Object({ ...session, agentIds: Type.Array(id), ...sessionLoad }),
  }),
  'session.broadcast-left': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'One of those who were asked is asked no more; the others are',
    facts: Type.Object({
      ...session,
      agentId: id,
      outcome: Type.Union([Type.Literal('declined'), Type.Literal('withdrawn')]),
      reason: Type.Optional(ReasonCode),
    }),
  }),
  'session.broadcast-ended': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'What became of it: every broadcast ends exactly once',
    facts: Type.Object({
      ...session,
      agentIds: Type.Array(id, { description: 'Who was being asked until now, the winner included' }),
      outcome: Type.Union([
        Type.Literal('accepted'),
        Type.Literal('declined', { description: 'Everybody declined or left' }),
        Type.Literal('timed-out'),
        Type.Literal('withdrawn'),
      ]),
      agentId: Type.Optional(Type.String({ description: 'Who accepted it' })),
    }),
  }),
  'session.parked': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The agent goes on holding it without it counting as load, until the customer writes or a time comes',
    facts: Type.Object({
      ...session,
      agentId: id,
      until: Nullable(instant),
      reason: Type.Optional(ReasonCode),
      countsNoMoreFor,
    }),
    personal: handOver,
    personalScope: 'messages:read',
  }),
  'session.resumed': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A parked conversation counts as load again; the same agent goes on',
    facts: Type.Object({
      ...session,
      agentId: id,
      cause: Type.Union([Type.Literal('agent'), Type.Literal('customer'), Type.Literal('time')]),
    }),
  }),
} as const
