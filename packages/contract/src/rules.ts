import { type Static, Type } from 'typebox'
import { Tag } from './customer-settings.ts'
import { Hours } from './hours.ts'
import { chosenIdPattern } from './ids.ts'
import { skillPattern } from './skills.ts'

const strict = { additionalProperties: false } as const
const id = Type.String({ pattern: chosenIdPattern })
const ms = (minimum: number) => Type.Integer({ minimum, maximum: 7 * 24 * 3_600_000 })

/** How one of several agents who may serve is chosen; each is a total order (docs/reference/routing.md). */
export const Strategy = Type.Union([
  Type.Literal('least-loaded'),
  Type.Literal('longest-idle'),
  Type.Literal('round-robin'),
  Type.Literal('most-spare'),
  Type.Literal('skill-weighted'),
])
export type Strategy = Static<typeof Strategy>

export const defaultBroadcastMs = 30_000
const lasts = Type.Integer({
  minimum: 1_000,
  maximum: 600_000,
  default: defaultBroadcastMs,
  description: 'How long they have',
})

/** Whom a rule or a team gives sessions to: one by a total order, or whoever takes it first. */
export const RuleStrategy = Type.Union([
  ...Strategy.anyOf,
  Type.Literal('broadcast'),
  Type.Object(
    {
      broadcast: Type.Object(
        {
          offerMs: Type.Optional(lasts),
          then: Type.Optional(
            Type.Intersect([Strategy], {
              description: 'When nobody took it; left out: it waits, and all are asked anew',
            }),
          ),
        },
        { ...strict, description: 'Offered to everybody who may serve at the same time: the first to accept has it' },
      ),
    },
    strict,
  ),
])
export type RuleStrategy = Static<typeof RuleStrategy>

export const SkillNeed = Type.Object(
  {
    skill: Type.String({ pattern: skillPattern }),
    level: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 5, default: 1, description: 'The least level that counts' }),
    ),
    required: Type.Optional(
      Type.Boolean({ default: true, description: 'Otherwise preferred: who has it comes before who has not' }),
    ),
    relaxAfterMs: Type.Optional(
      Type.Union([ms(1000), Type.Null()], { description: 'After so long a wait a required skill is only preferred' }),
    ),
  },
  strict,
)

/** What becomes of a session for an agent whom an app names and who cannot take it now. */
export const NamedAgent = Type.Object(
  {
    waitMs: Type.Union([Type.Integer({ minimum: 0, maximum: 3_600_000 }), Type.Null()], {
      description:
        'Kept for that agent so long while online; 0: falls back at once; null: waits until that agent comes',
    }),
  },
  strict,
)

/** Who waits asks for their place in so many words and is told it at once, as a passive reply: no quota. */
export const PlaceReply = Type.Object(
  {
    words: Type.Array(Type.String({ minLength: 1, maxLength: 20 }), {
      minItems: 1,
      maxItems: 10,
      description: 'The whole message is one of them, in small letters or capitals',
    }),
    reply: Type.String({
      minLength: 1,
      maxLength: 600,
      description: '{position} is the place at that moment, {wait} how long it will probably take',
    }),
  },
  strict,
)

/** Who waits is told again how it stands, as a customer message: each takes one from WeChat's allowance. */
export const WaitingUpdates = Type.Object(
  {
    reply: Type.String({
      minLength: 1,
      maxLength: 600,
      description: '{position} is the place at that moment, {wait} how long it will probably take',
    }),
    everyMs: Type.Optional(
      Type.Integer({
        minimum: 60_000,
        maximum: 24 * 3_600_000,
        default: 300_000,
        description: 'No sooner after the waiting began, or the place was told in any way',
      }),
    ),
    atMost: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, default: 2, description: 'In one session' })),
    places: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, default: 1, description: 'Only where the place changed by so many' }),
    ),
    keep: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4,
        default: 3,
        description: "So many of WeChat's allowance are left for the agent's answers",
      }),
    ),
  },
  strict,
)

/** A team serves too; an app takes it; in the message box it waits no more. */
const Overflow = Type.Union([
  Type.Object({ afterMs: ms(1000), team: id }, strict),
  Type.Object({ afterMs: ms(1000), app: id }, strict),
  Type.Object(
    {
      afterMs: ms(1000),
      messageBox: Type.Literal(true, { description: "As the rule's own `messageBox` says" }),
    },
    strict,
  ),
])
/** The same for readers: exactly one of the three is there. */
export type OverflowTarget = {
  readonly afterMs: number
  readonly team?: string
  readonly app?: string
  readonly messageBox?: true
}

/** When messages that were left go on as sessions: by the rule, as soon as somebody has room for them; or when somebody takes them. */
const AtOpening = Type.Union([Type.Literal('queue'), Type.Literal('stay')])

/** 留言: the session becomes a message left, which nobody waits for. */
const MessageBox = Type.Object(
  {
    reply: Type.String({
      minLength: 1,
      maxLength: 600,
      description: 'What the customer is told, once, however much they write: as a passive reply, no quota',
    }),
    whenNobodyServes: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'At the beginning, when nobody who may serve is online or it is outside the hours',
      }),
    ),
    atOpening: Type.Optional(
      Type.Union([Type.Literal('queue'), Type.Literal('stay')], {
        default: 'queue',
        description: 'Given by the rule as soon as somebody has room and nobody waits; or it stays until it is taken',
      }),
    ),
  },
  strict,
)

const priority = Type.Integer({ minimum: 0, maximum: 9, description: 'Of those who wait the highest is served first' })
export const highestPriority = 9

const Then = Type.Object(
  {
    team: Type.Optional(
      Type.String({ description: "Who serves; the account's teams when left out", pattern: chosenIdPattern }),
    ),
    strategy: Type.Optional(RuleStrategy),
    skills: Type.Optional(Type.Array(SkillNeed, { maxItems: 10 })),
    priority: Type.Optional(priority),
    sticky: Type.Optional(
      Type.Object(
        {
          to: Type.Union([Type.Literal('last-agent'), Type.Literal('owner')]),
          forMs: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 3_600_000,
              default: 0,
              description: 'Wait so long for that agent, while online; 0: only preferred',
            }),
          ),
        },
        strict,
      ),
    ),
    overflow: Type.Optional(
      Type.Array(Overflow, {
        maxItems: 5,
        description: 'Who serves too after so long a wait: a team, an app, or nobody: a message is left',
      }),
    ),
    messageBox: Type.Optional(MessageBox),
    queue: Type.Optional(
      Type.Object(
        {
          maxLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
          maxWaitMs: Type.Optional(ms(1000)),
          refusal: Type.String({ minLength: 1, maxLength: 600, description: 'What the customer is told then' }),
        },
        { ...strict, description: 'Who would wait beyond these limits is refused instead' },
      ),
    ),
    app: Type.Optional(
      Type.String({
        pattern: chosenIdPattern,
        description: 'The app that takes it; if it cannot, the rest of the rule holds',
      }),
    ),
    reply: Type.Optional(
      Type.String({ minLength: 1, maxLength: 600, description: 'Answered at once, as a passive reply: no quota' }),
    ),
    waitingReply: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 600,
        description:
          'Answered at once instead, when nobody is free: {position} is the place in the queue, {wait} how long it will probably take',
      }),
    ),
    named: Type.Optional(NamedAgent),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 10, description: 'Added to the customer' })),
    owner: Type.Optional(
      Type.String({ pattern: chosenIdPattern, description: 'The agent who owns the customer, where nobody does yet' }),
    ),
    placeReply: Type.Optional(PlaceReply),
    waitingUpdates: Type.Optional(WaitingUpdates),
    refuse: Type.Optional(
      Type.Object({ reason: id, reply: Type.Optional(Type.String({ minLength: 1, maxLength: 600 })) }, strict),
    ),
  },
  strict,
)

const when = Type.String({
  minLength: 1,
  maxLength: 1000,
  description: 'CEL; the first rule whose condition is true decides',
})

export const Rule = Type.Object(
  {
    id,
    when,
    then: Then,
  },
  strict,
)
export type Rule = Static<typeof Rule>

/** Nobody leaves the rules overridden for longer and forgets it. */
export const longestOverrideMs = 24 * 3_600_000
/** What is asked instead of what the rules say; the condition is true for everybody when left out. */
export const GivenOverride = Type.Object({ when: Type.Optional(when), then: Then }, strict)

/** Who gets a new session: one document of an organization, published in versions. */
export const RulesDocument = Type.Object(
  {
    version: Type.Literal(1),
    ageingMs: Type.Optional(
      Type.Union([ms(1000), Type.Null()], {
        default: 60_000,
        description: 'Every so long a wait raises the priority by one; null: never, and who has a low one may starve',
      }),
    ),
    hours: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9_]{0,31}$' }), Hours, {
        additionalProperties: false,
        description: 'By a name of which conditions make use: `hours.office`',
      }),
    ),
    teams: Type.Optional(
      Type.Record(
        Type.String({ pattern: chosenIdPattern }),
        Type.Object(
          {
            hours: Type.Optional(Type.String({ description: 'Outside them the team is given nobody' })),
            strategy: Type.Optional(RuleStrategy),
          },
          strict,
        ),
        { additionalProperties: false },
      ),
    ),
    rules: Type.Array(Rule, { minItems: 1, maxItems: 200 }),
  },
  strict,
)
export type RulesDocument = Static<typeof RulesDocument>

/** What the rule that was true asks for one session: kept with it, so that later decisions need no rule again. */
export const RoutingPlan = Type.Object({
  rulesVersion: Type.Integer(),
  ruleId: Type.String(),
  teamId: Type.Union([Type.String(), Type.Null()]),
  strategy: Strategy,
  priority,
  ageingMs: Type.Union([Type.Integer(), Type.Null()]),
  broadcast: Type.Optional(
    Type.Object(
      { offerMs: Type.Integer(), then: Type.Union([Strategy, Type.Null()]) },
      { description: 'Offered to all at once, `strategy` orders them; left out: given to the first' },
    ),
  ),
  skills: Type.Array(
    Type.Object({
      skill: Type.String(),
      level: Type.Integer(),
      required: Type.Boolean(),
      relaxAfterMs: Type.Union([Type.Integer(), Type.Null()]),
    }),
  ),
  sticky: Type.Union([
    Type.Object({
      agentId: Type.String(),
      forMs: Type.Integer(),
      pinned: Type.Optional(
        Type.Boolean({ description: 'For as long as the agent is not disabled, online or not; left out: not so' }),
      ),
    }),
    Type.Null(),
  ]),
  /** Left out where the rule says nothing of it. */
  named: Type.Optional(Type.Object({ waitMs: Type.Union([Type.Integer(), Type.Null()]) })),
  overflow: Type.Array(Type.Object({ afterMs: Type.Integer(), teamId: Type.String() })),
  /** Left out where the rule names no app for who waits. */
  overflowApp: Type.Optional(Type.Object({ afterMs: Type.Integer(), appId: Type.String() })),
  /** Left out where the rule has no message box. */
  messageBox: Type.Optional(
    Type.Object({
      afterMs: Type.Union([Type.Integer(), Type.Null()], { description: 'After so long a wait; null: not by waiting' }),
      atOnce: Type.Boolean({ description: 'At the beginning, when nobody serves' }),
      atOpening: AtOpening,
      reply: Type.Union([Type.String(), Type.Null()], { description: 'null: it was told before' }),
    }),
  ),
  overrideId: Type.Optional(Type.Integer({ description: 'Asked by an override of the rules; left out: by a rule' })),
  maxWaitMs: Type.Union([Type.Integer(), Type.Null()]),
  /** Left out where the rule says nothing of it. */
  placeReply: Type.Optional(Type.Object({ words: Type.Array(Type.String()), reply: Type.String() })),
  refusal: Type.Union([Type.String(), Type.Null()]),
  /** Left out where the rule says nothing of it. */
  waitingUpdates: Type.Optional(
    Type.Object({
      atMost: Type.Integer(),
      everyMs: Type.Integer(),
      keep: Type.Integer(),
      places: Type.Integer(),
      reply: Type.String(),
    }),
  ),
})
export type RoutingPlan = Static<typeof RoutingPlan>

/** What is wrong or doubtful in a rules document. */
export const RuleFinding = Type.Object({
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  code: Type.String({ description: 'unknown_field, unreachable, no_catch_all, …' }),
  path: Type.String({ description: 'JSON pointer into the document' }),
  message: Type.String(),
  line: Type.Union([Type.Integer(), Type.Null()], { description: 'From 1; null where the document came without text' }),
  column: Type.Union([Type.Integer(), Type.Null()]),
})
export type RuleFinding = Static<typeof RuleFinding>

/** The rule of an organization that has published none: version 0. */
export const implicitRules: RulesDocument = {
  version: 1,
  rules: [{ id: 'default', when: 'true', then: {} }],
}
