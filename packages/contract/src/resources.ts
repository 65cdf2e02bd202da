import { type Static, type TSchema, Type } from 'typebox'
import { LastClose } from './closing.ts'
import { Content } from './content.ts'
import { CustomerSettings } from './customer-settings.ts'
import { Hours } from './hours.ts'
import { MessageLeft } from './message-left.ts'
import { RoutingPlan } from './rules.ts'
import { ReasonCode, SessionSettings } from './session-settings.ts'
import { Skills } from './skills.ts'

const id = Type.String({ minLength: 1, maxLength: 80 })
const instant = Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' })
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Who does or did something. `rule` is Duoke acting by a published rule; `system` by a fixed one (timers, delivery). */
export const Actor = Type.Union([
  Type.Object({ kind: Type.Literal('customer'), customerId: id }),
  Type.Object({ kind: Type.Literal('agent'), agentId: id }),
  Type.Object({ kind: Type.Literal('app'), appId: id }),
  Type.Object({ kind: Type.Literal('rule'), rule: Type.String() }),
  Type.Object({ kind: Type.Literal('system') }),
  Type.Object({ kind: Type.Literal('operator') }),
])
export type Actor = Static<typeof Actor>

/** Who has control of a conversation: exactly one at every position of the log. */
export const Holder = Type.Union([
  Type.Object({ kind: Type.Literal('nobody') }),
  Type.Object({ kind: Type.Literal('queue'), teamId: Nullable(id), since: instant }),
  Type.Object({ kind: Type.Literal('agent'), agentId: id, stintId: id, since: instant }),
  Type.Object({ kind: Type.Literal('app'), appId: id, stintId: id, since: instant }),
])
export type Holder = Static<typeof Holder>

export const AgentStatus = Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('offline')])
export type AgentStatus = Static<typeof AgentStatus>

/**
 * What became of a message on its way to the customer. `unknown`: the connection ended before WeChat answered,
 * so it may or may not have arrived; it is never sent again by itself. A passive reply is always `unknown`.
 */
export const Delivery = Type.Object({
  state: Type.Union([
    Type.Literal('queued'),
    Type.Literal('sending'),
    Type.Literal('accepted'),
    Type.Literal('refused'),
    Type.Literal('unknown'),
    Type.Literal('expired'),
    Type.Literal('not-sent'),
  ]),
  code: Type.Optional(Type.Number({ description: "WeChat's errcode" })),
  reason: Type.Optional(Type.String()),
})
export type Delivery = Static<typeof Delivery>

/** The window in which WeChat lets the account write, and how often (protocol reference, section 5.9). */
export const QuotaWindow = Type.Object({
  trigger: Type.Union([
    Type.Literal('message'),
    Type.Literal('menu'),
    Type.Literal('follow'),
    Type.Literal('scan'),
    Type.Literal('enter'),
  ]),
  openedAt: instant,
  expiresAt: instant,
  limit: Type.Integer(),
  used: Type.Integer(),
})
export type QuotaWindow = Static<typeof QuotaWindow>

export const Quota = Type.Object({
  remaining: Type.Integer({ description: 'Messages that may still be sent now' }),
  expiresAt: Nullable(instant),
  windows: Type.Array(QuotaWindow),
})
export type Quota = Static<typeof Quota>

/** The same, with who used it. */
export const QuotaLedger = Type.Object({
  ...Quota.properties,
  windows: Type.Array(
    Type.Object({
      ...QuotaWindow.properties,
      usedBy: Type.Record(Type.String(), Type.Integer(), {
        description:
          "How many of `used` by whom: `agent`, `app`, or `rule:` and the rule (`rule:waiting`: updates to who waits). An answer that WeChat may have taken from either of two windows stands in both; what WeChat counts beyond ours is nobody's",
      }),
    }),
  ),
})
export type QuotaLedger = Static<typeof QuotaLedger>

export const Message = Type.Object({
  id,
  conversationId: id,
  sessionId: Nullable(id),
  position: Type.Integer({ description: 'Position in the log: the order that counts' }),
  at: instant,
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  sender: Actor,
  via: Type.Optional(Type.Union([Type.Literal('customer-message'), Type.Literal('passive-reply')])),
  content: Nullable(Content),
  clientId: Type.Optional(Type.String({ description: "The sender's own id for this message" })),
  delivery: Type.Optional(Delivery),
  recalled: Type.Optional(Type.Boolean()),
})
export type Message = Static<typeof Message>

/** What the organization says of a customer. */
const customerMarks = {
  tags: Type.Array(Type.String()),
  ownerId: Nullable(Type.String({ description: 'The agent whose customer (专属客服) this is' })),
  blocked: Type.Optional(
    Type.Object({ since: instant, until: Nullable(instant) }, { description: 'Left out while the customer is not' }),
  ),
}

export const CustomerSummary = Type.Object({
  id,
  name: Type.String({ description: 'Remark, else a stable readable alias: WeChat gives no names since 2021' }),
  following: Type.Boolean(),
  ...customerMarks,
})

/** Who is asked to take a waiting conversation, and until when. */
export const Offer = Type.Object({ agentId: id, expiresAt: instant })
export type Offer = Static<typeof Offer>

/** Since when it is parked, and when it comes back at the latest. */
export const Parking = Type.Object({ since: instant, until: Nullable(instant) })
export type Parking = Static<typeof Parking>

/** A supervisor beside the holder, of whom the holder knows. */
export const Companion = Type.Object({ agentId: id, mayWrite: Type.Boolean() })
export type Companion = Static<typeof Companion>

/** The holder asks for a supervisor. */
export const Hand = Type.Object({ agentId: id, since: instant, reason: Type.Optional(ReasonCode) })
export type Hand = Static<typeof Hand>

export const Conversation = Type.Object({
  id,
  status: Type.Union([Type.Literal('waiting'), Type.Literal('open'), Type.Literal('closed')]),
  holder: Holder,
  assignee: Nullable(id),
  customer: CustomerSummary,
  account: Type.Object({ id, name: Type.String() }),
  sessionId: Nullable(id),
  lastMessage: Nullable(
    Type.Object({
      at: instant,
      direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
      preview: Type.String(),
      kind: Type.String(),
    }),
  ),
  unread: Type.Integer(),
  waitingSince: Nullable(instant),
  decisionId: Nullable(id),
  offer: Nullable(Offer),
  broadcast: Type.Optional(
    Type.Object(
      { agentIds: Type.Array(id), expiresAt: instant },
      { description: 'Offered to several at once, the first to accept has it; left out: not so' },
    ),
  ),
  parked: Nullable(Parking),
  lastClose: Nullable(LastClose),
  messageLeft: Type.Optional(MessageLeft),
  joinedBy: Type.Optional(Type.Array(Companion, { description: 'Supervisors beside the holder; left out: nobody' })),
  hand: Type.Optional(Hand),
  quota: Quota,
  position: Type.Integer(),
})
export type Conversation = Static<typeof Conversation>

export const Customer = Type.Object({
  id,
  name: Type.String(),
  accountId: id,
  conversationId: id,
  openid: Type.String(),
  following: Type.Boolean(),
  ...customerMarks,
  profile: Type.Record(Type.String(), Type.Unknown()),
  createdAt: instant,
})
export type Customer = Static<typeof Customer>

export const Agent = Type.Object({
  id,
  nickname: Type.String(),
  role: Type.Union([Type.Literal('agent'), Type.Literal('supervisor'), Type.Literal('admin')]),
  teams: Type.Array(id),
  capacity: Type.Integer(),
  disabled: Type.Boolean(),
  skills: Type.Optional(Skills),
  shifts: Type.Optional(Hours),
  status: AgentStatus,
  statusSince: Type.Optional(instant),
  statusReason: Type.Optional(ReasonCode),
  temporaryCapacity: Type.Optional(
    Type.Object(
      { capacity: Type.Integer(), until: Nullable(instant) },
      { description: 'It counts in place of the capacity, while it is there' },
    ),
  ),
  load: Type.Integer({
    description:
      'What counts against the capacity now: the weights of sessions held and not parked, of room kept for offers and broadcasts, and of wrap-ups that take a place',
  }),
})
export type Agent = Static<typeof Agent>

export const Team = Type.Object({ id, name: Type.String() })
export type Team = Static<typeof Team>

export const Account = Type.Object({
  id,
  kind: Type.String(),
  name: Type.String(),
  wechatId: Nullable(Type.String()),
  originalId: Type.String(),
  appId: Type.String(),
  mode: Type.String(),
  apiBase: Type.String(),
  routing: Type.Union([Type.Literal('automatic'), Type.Literal('manual')], {
    description: 'manual: whoever waits is given by people and apps only, never by the rule',
  }),
  serverAddress: Type.String({ description: "What to enter as the server URL in WeChat's console" }),
  lastPushAt: Nullable(instant),
  silent: Type.Boolean({ description: 'Nothing arrived for longer than the configured time' }),
  degraded: Nullable(Type.Object({ code: Type.Number(), reason: Type.String(), since: instant })),
})
export type Account = Static<typeof Account>

/** How WeChat answered a moment ago, when asked on behalf of an account. */
export const AccountCheck = Type.Object({
  unreachable: Nullable(Type.String({ description: 'Why WeChat could not be reached; null when it answered' })),
  tokenError: Nullable(Type.String({ description: 'Why WeChat gave no access token: its code and words' })),
  clockDifferenceMs: Nullable(Type.Integer({ description: "How far WeChat's clock is ahead of ours; null: not told" })),
})
export type AccountCheck = Static<typeof AccountCheck>

/** Figures of a candidate that the ordering used. */
const figures = {
  declines: Type.Optional(
    Type.Integer({ description: 'Sessions that the agent declined and that count as if taken; left out: nobody did' }),
  ),
  spare: Type.Optional(Type.Integer({ description: 'Capacity that is left' })),
  givenAt: Type.Optional(
    Type.Integer({ description: 'Position of the last event that gave a session; 0 before the first' }),
  ),
  skillLevel: Type.Optional(Type.Integer({ description: 'Sum of the levels in the skills that are asked for' })),
  preferred: Type.Optional(Type.Integer({ description: 'How many of the preferred skills' })),
  kinds: Type.Optional(
    Type.Record(Type.String(), Type.Integer(), {
      description:
        'How many sessions with customers of each kind that is limited the agent has; only kinds of this customer',
    }),
  ),
  sticky: Type.Optional(Type.Integer({ description: '1 of the agent whom the plan names as `sticky`, else 0' })),
}

/** Of those who were passed over; lists, because there may be a thousand of them in each record. */
const excludedFigures = {
  loads: Type.Optional(Type.Array(Type.Integer())),
  capacities: Type.Optional(Type.Array(Type.Integer())),
  declines: Type.Optional(
    Type.Array(Type.Integer(), { description: 'Of who declined: how many others count as taken; left out: none' }),
  ),
  statuses: Type.Optional(Type.Array(AgentStatus, { description: 'Where the reason does not say it' })),
  skills: Type.Optional(Type.Array(Type.String(), { description: 'The first required skill that was missing' })),
  kinds: Type.Optional(Type.Array(Type.String(), { description: 'The kind of customers of whom there are enough' })),
  counts: Type.Optional(Type.Array(Type.Integer(), { description: 'Sessions with customers of that kind' })),
  levels: Type.Optional(Type.Array(Type.Integer(), { description: 'The level in that skill; 0: not at all' })),
}

/** Why a conversation went where it went; enough for a stranger to derive the choice again. */
export const DecisionRecord = Type.Object({
  id,
  position: Type.Integer(),
  at: instant,
  conversationId: id,
  sessionId: id,
  cause: Type.String({ description: 'What asked for a decision: a new session, a transfer, capacity that freed, …' }),
  ruleVersion: Type.Integer(),
  rule: Type.String({ description: 'The rule in words' }),
  teamIds: Type.Array(id),
  winner: Holder,
  candidates: Type.Array(
    Type.Object({
      agentId: id,
      load: Type.Integer(),
      capacity: Type.Integer(),
      idleSince: instant,
      ...figures,
    }),
    { description: 'Eligible agents in the order of preference; the first won' },
  ),
  excluded: Type.Array(Type.Object({ reason: Type.String(), agentIds: Type.Array(id), ...excludedFigures }), {
    description:
      'Agents grouped by the reason they were passed over; each list of figures is in the order of `agentIds`',
  }),
  by: Type.Optional(Type.Intersect([Actor], { description: 'Who decided, where no rule did: nobody was looked at' })),
  broadcastId: Type.Optional(
    Type.String({
      description: 'The decision that offered it to several: who decided was the first of them to accept',
    }),
  ),
  tieBreak: Nullable(Type.String()),
  rulesVersion: Type.Optional(
    Type.Integer({ description: 'Version of the rules document; 0 while none is published' }),
  ),
  ruleId: Type.Optional(Type.String({ description: 'The rule that was true' })),
  plan: Type.Optional(RoutingPlan),
  waitedMs: Type.Optional(Type.Integer({ description: 'How long the customer had waited by then' })),
  weight: Type.Optional(Type.Integer({ description: 'What the session takes of the capacity; left out: 1' })),
  kinds: Type.Optional(
    Type.Array(Type.Object({ kind: Type.String(), most: Type.Integer() }), {
      description: 'Kinds that this customer is of, and how many such one agent may have; left out: none is limited',
    }),
  ),
  ordering: Type.Optional(
    Type.Array(
      Type.Object({ figure: Type.String(), first: Type.Union([Type.Literal('lowest'), Type.Literal('highest')]) }),
      {
        description: 'By which figures the candidates stand in order, the first that differs decides',
      },
    ),
  ),
  rulesTried: Type.Optional(
    Type.Array(
      Type.Object({ ruleId: Type.String(), outcome: Type.String({ description: 'true, false, or why it failed' }) }),
    ),
  ),
  facts: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'What conditions looked at, without the words of the message',
    }),
  ),
  refused: Type.Optional(Type.String({ description: 'Why nobody is to serve it' })),
  left: Type.Optional(
    Type.Union([Type.Literal('nobody-serves'), Type.Literal('waited')], {
      description: 'It became a message left, and why; the plan is the one of who has waited for all that is relaxed',
    }),
  ),
})
export type DecisionRecord = Static<typeof DecisionRecord>

export const Me = Type.Object({
  holder: Type.Union([
    Type.Object({ kind: Type.Literal('agent'), agent: Agent }),
    Type.Object({ kind: Type.Literal('app'), appId: id }),
    Type.Object({ kind: Type.Literal('admin') }),
  ]),
  organization: Type.Object({
    id,
    name: Type.String(),
    timeZone: Type.String(),
    example: Type.Boolean(),
    sessions: SessionSettings,
    customers: CustomerSettings,
  }),
  scopes: Type.Array(Type.String()),
  totp: Type.Boolean(),
})
export type Me = Static<typeof Me>

export const TokenInfo = Type.Object({
  id,
  kind: Type.Union([Type.Literal('api'), Type.Literal('sign-in')]),
  holder: Type.Object({ kind: Type.String(), id: Nullable(Type.String()) }),
  label: Type.String(),
  scopes: Type.Array(Type.String()),
  createdAt: instant,
  expiresAt: Nullable(instant),
  lastUsedAt: Nullable(instant),
  current: Type.Boolean(),
})
export type TokenInfo = Static<typeof TokenInfo>

export const MediaInfo = Type.Object({
  id,
  contentType: Type.String(),
  sizeBytes: Type.Integer(),
  state: Type.Union([Type.Literal('pending'), Type.Literal('stored'), Type.Literal('expired')]),
})
export type MediaInfo = Static<typeof MediaInfo>
