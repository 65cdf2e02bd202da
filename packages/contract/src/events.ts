import { type Static, type TSchema, Type } from 'typebox'
import { appEvents } from './app-events.ts'
import { Content, SendOptions } from './content.ts'
import { customerEvents } from './customer-events.ts'
import { declare } from './event-declaration.ts'
import { conversation, type handOver, id, instant, sentAt, trigger, windows } from './event-parts.ts'
import { Hours } from './hours.ts'
import { messageBoxEvents } from './message-box-events.ts'
import { noteEvents } from './note-events.ts'
import { quickReplyEvents } from './quick-reply-events.ts'
import { Actor, AgentStatus, Nullable } from './resources.ts'
import { rulesEvents } from './rules-events.ts'
import { sessionEvents } from './session-events.ts'
import { ReasonCode } from './session-settings.ts'
import { AccountSettings, OrganizationSettings, TeamSettings } from './settings.ts'
import { Skills } from './skills.ts'
import { supervisionEvents } from './supervision-events.ts'

/** Every event of the log, in the order of the documentation. */
export const events = {
  'organization.configured': declare({
    version: 1,
    scope: 'accounts:read',
    summary: 'The organization was created or its settings changed',
    facts: OrganizationSettings,
  }),
  'account.configured': declare({
    version: 1,
    scope: 'accounts:read',
    summary: 'A WeChat account was connected or its settings changed',
    facts: AccountSettings,
  }),
  'account.removed': declare({
    version: 1,
    scope: 'accounts:read',
    summary: 'A WeChat account was disconnected',
    facts: Type.Object({ accountId: id }),
  }),
  'account.silenced': declare({
    version: 1,
    scope: 'accounts:read',
    summary: 'Nothing arrived from the account for longer than configured',
    facts: Type.Object({ accountId: id, lastPushAt: Nullable(instant) }),
  }),
  'account.heard': declare({
    version: 1,
    scope: 'accounts:read',
    summary: 'A silent account was heard again',
    facts: Type.Object({ accountId: id }),
  }),
  'account.degraded': declare({
    version: 1,
    scope: 'accounts:read',
    summary: "WeChat refuses the account's calls; sends wait",
    facts: Type.Object({ accountId: id, code: Type.Number(), reason: Type.String() }),
  }),
  'account.recovered': declare({
    version: 1,
    scope: 'accounts:read',
    summary: "WeChat takes the account's calls again",
    facts: Type.Object({ accountId: id }),
  }),
  'team.configured': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'A team was created or changed',
    facts: TeamSettings,
  }),
  'team.removed': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'A team was removed',
    facts: Type.Object({ teamId: id }),
  }),
  'agent.configured': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'An agent was added or changed',
    facts: Type.Object({
      agentId: id,
      role: Type.Union([Type.Literal('agent'), Type.Literal('supervisor'), Type.Literal('admin')]),
      teams: Type.Array(id),
      capacity: Type.Integer({ minimum: 0 }),
      disabled: Type.Boolean(),
      skills: Type.Optional(Skills),
      shifts: Type.Optional(Hours),
    }),
    personal: Type.Object({ nickname: Type.String() }),
    personalScope: 'agents:read',
  }),
  'agent.secured': declare({
    version: 1,
    scope: 'agents:manage',
    summary: "An agent's way of signing in changed",
    facts: Type.Object({
      agentId: id,
      change: Type.Union([
        Type.Literal('password-set'),
        Type.Literal('totp-added'),
        Type.Literal('totp-removed'),
        Type.Literal('link-created'),
        Type.Literal('sign-in-ended'),
      ]),
    }),
  }),
  'agent.removed': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'An agent was removed',
    facts: Type.Object({ agentId: id }),
  }),
  'agent.status-changed': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'An agent went online, away or offline',
    facts: Type.Object({
      agentId: id,
      status: AgentStatus,
      cause: Type.Union([
        Type.Literal('chosen'),
        Type.Literal('vanished'),
        Type.Literal('expired'),
        Type.Literal('disabled'),
        Type.Literal('returned'),
        Type.Literal('missed-offer'),
        Type.Literal('supervisor'),
      ]),
      untilMs: Type.Optional(Type.Integer({ description: 'Epoch milliseconds at which a status set with ttlMs ends' })),
      reason: Type.Optional(ReasonCode),
    }),
  }),
  ...appEvents,
  ...rulesEvents,
  ...quickReplyEvents,

  'conversation.started': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A customer was seen for the first time on an account',
    facts: Type.Object({ ...conversation, customerId: id, accountId: id }),
    personal: Type.Object({ openid: Type.String() }),
    personalScope: 'customers:read',
  }),
  'customer.followed': declare({
    version: 1,
    scope: 'customers:read',
    summary: 'A customer followed the account',
    facts: Type.Object({ ...conversation, customerId: id, sentAt: Type.Optional(sentAt) }),
    personal: Type.Object({ scene: Type.Optional(Type.String()) }),
    personalScope: 'customers:read',
  }),
  'customer.unfollowed': declare({
    version: 1,
    scope: 'customers:read',
    summary: 'A customer stopped following the account',
    facts: Type.Object({
      ...conversation,
      customerId: id,
      sentAt: Type.Optional(sentAt),
      hasReturned: Type.Optional(
        Type.Boolean({
          description: 'It arrived late: the customer has followed again since, only older allowances end',
        }),
      ),
    }),
  }),
  'customer.changed': declare({
    version: 1,
    scope: 'customers:read',
    summary: "A customer's profile was read from WeChat or edited",
    facts: Type.Object({ ...conversation, customerId: id }),
    personal: Type.Object({ profile: Type.Record(Type.String(), Type.Unknown()) }),
    personalScope: 'customers:read',
  }),
  ...customerEvents,
  'message.received': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The customer wrote or did something',
    facts: Type.Object({
      ...conversation,
      sessionId: Nullable(id),
      messageId: id,
      kind: Type.String(),
      sentAt: instant,
      /** The allowance that this opens (or sets back to its maximum): it expires `quotaWindows[opens].lastsMs` after `sentAt`, or after the event if that is earlier. */
      opens: Nullable(trigger),
      windows,
      beforeLeaving: Type.Optional(
        Type.Boolean({ description: 'It arrived after the customer had stopped following, and was done before' }),
      ),
      blocked: Type.Optional(Type.Boolean({ description: 'The customer was blocked: nobody is given it' })),
      mediaIds: Type.Optional(Type.Array(id)),
      /** Apps that are asked for the passive reply, in the order of their right; `reply.arbitrated` says what came of it. */
      asks: Type.Optional(Type.Array(id)),
      /** Responders whose condition could not be evaluated on it, and why: they are not asked. */
      conditionFaults: Type.Optional(Type.Record(id, Type.String())),
    }),
    personal: Type.Object({
      content: Content,
      raw: Type.Optional(Type.String({ description: 'The clear push as it arrived' })),
    }),
    personalScope: 'messages:read',
  }),
  'message.recalled': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A message was taken back by its sender',
    facts: Type.Object({ ...conversation, messageId: id }),
  }),
  'message.submitted': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'An answer was given to the outbox, its allowance reserved',
    facts: Type.Object({
      ...conversation,
      sessionId: Nullable(id),
      stintId: Nullable(id),
      messageId: id,
      kind: Type.String(),
      via: Type.Union([Type.Literal('customer-message'), Type.Literal('passive-reply')]),
      reserved: Nullable(trigger),
      windows,
      clientId: Type.Optional(Type.String()),
      expiresAt: instant,
      mediaIds: Type.Optional(Type.Array(id)),
      /** The agent in whose name an app sent it. */
      inNameOf: Type.Optional(id),
      /** The quick reply that it began with. */
      quickReplyId: Type.Optional(id),
      place: Type.Optional(Type.Integer({ description: 'The place in the queue that it tells the customer' })),
    }),
    personal: Type.Object({ content: Content, options: Type.Optional(SendOptions) }),
    personalScope: 'messages:read',
  }),
  'delivery.settled': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'What became of an answer on its way to the customer',
    facts: Type.Object({
      ...conversation,
      messageId: id,
      outcome: Type.Union([
        Type.Literal('accepted'),
        Type.Literal('refused'),
        Type.Literal('unknown'),
        Type.Literal('expired'),
        Type.Literal('not-sent'),
      ]),
      code: Type.Optional(Type.Number()),
      reason: Type.Optional(Type.String()),
      released: Nullable(trigger),
      windows,
    }),
  }),
  'conversation.read': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'The holder has seen the conversation',
    facts: Type.Object({
      ...conversation,
      agentId: id,
      upTo: Type.Integer(),
      unread: Type.Integer({ description: 'Messages that came after it and are not seen yet' }),
    }),
  }),

  ...noteEvents,
  ...sessionEvents,
  ...messageBoxEvents,
  ...supervisionEvents,
} as const

export type HandOver = Static<typeof handOver>

export type EventType = keyof typeof events
export const eventTypes = Object.keys(events) as EventType[] // Object.keys loses the key type

export type Facts<T extends EventType> = Static<(typeof events)[T]['facts']>
export type Personal<T extends EventType> = (typeof events)[T] extends { personal: infer P extends TSchema }
  ? Static<P>
  : never

/** What a decision produces: not yet in the log. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T
    readonly actor: Actor
    readonly facts: Facts<T>
    readonly personal?: Personal<T>
  }
}[EventType]

/** An event as it stands in the log. `at` is epoch milliseconds of the batch, never before an earlier event of the organization. */
export type LoggedEvent = NewEvent & { readonly position: number; readonly version: number; readonly atMs: number }

/** An event as interfaces show it. */
export const PublicEvent = Type.Object({
  position: Type.Integer(),
  cursor: Type.String({ description: 'Give this to `after` to go on behind this event' }),
  type: Type.String(),
  version: Type.Integer(),
  at: instant,
  actor: Actor,
  conversationId: Nullable(id),
  facts: Type.Record(Type.String(), Type.Unknown()),
  personal: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type PublicEvent = {
  [T in EventType]: {
    readonly type: T
    readonly facts: Facts<T>
    readonly personal?: Personal<T>
    readonly position: number
    readonly cursor: string
    readonly version: number
    readonly at: string
    readonly actor: Actor
    readonly conversationId: string | null
  }
}[EventType]
