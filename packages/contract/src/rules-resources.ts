import { type Static, Type } from 'typebox'
import { Actor, AgentStatus, DecisionRecord, Holder, Nullable } from './resources.ts'
import { Rule, RuleFinding, RulesDocument } from './rules.ts'

const instant = Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' })
const id = Type.String()

export const RulesVersion = Type.Object({
  version: Type.Integer({ description: '0 is what holds while none is published' }),
  at: Nullable(instant),
  by: Nullable(Actor),
  reason: Type.String(),
  effectiveAt: Nullable(instant),
  reverts: Nullable(Type.Integer({ description: 'The version that it takes up again' })),
  awaitsApproval: Type.Boolean({ description: 'Another administrator had to approve it' }),
})
export type RulesVersion = Static<typeof RulesVersion>

export const RulesChange = Type.Object({
  kind: Type.Union([Type.Literal('rule'), Type.Literal('hours'), Type.Literal('team'), Type.Literal('ageing')]),
  id,
  change: Type.Union([Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed'), Type.Literal('moved')]),
})
export type RulesChange = Static<typeof RulesChange>

export const PublishedRules = Type.Object({
  ...RulesVersion.properties,
  document: RulesDocument,
  changes: Type.Array(RulesChange, { description: 'Against the version before it' }),
  starvationBoundMs: Nullable(
    Type.Integer({
      description: 'How much later than somebody one may come and still be served first; null: no bound',
    }),
  ),
})
export type PublishedRules = Static<typeof PublishedRules>

export const RulesInForce = Type.Object({
  current: PublishedRules,
  newest: Type.Integer({ description: 'Give it as `basedOn` with the next version' }),
  scheduled: Type.Array(RulesVersion),
  awaiting: Nullable(RulesVersion),
  override: Nullable(
    Type.Object({ overrideId: Type.Integer(), rule: Rule, reason: Type.String(), expiresAt: instant }),
  ),
})
export type RulesInForce = Static<typeof RulesInForce>

export const RulesOverride = Type.Object({
  overrideId: Type.Integer(),
  at: instant,
  by: Actor,
  rule: Rule,
  reason: Type.String(),
  expiresAt: instant,
  endedAt: Nullable(instant),
  decisions: Type.Integer({ description: 'How many decisions it made instead of the rules' }),
})
export type RulesOverride = Static<typeof RulesOverride>

export const CheckedRules = Type.Object({
  findings: Type.Array(RuleFinding),
  starvationBoundMs: Nullable(Type.Integer()),
})
export type CheckedRules = Static<typeof CheckedRules>

/** Why somebody waits, how long it may take, and what was decided last. */
export const Waiting = Type.Object({
  conversationId: id,
  since: instant,
  waitedMs: Type.Integer(),
  teamId: Nullable(id),
  position: Type.Integer({ description: 'From 1, among those who wait for the same team on the same account' }),
  priority: Type.Integer(),
  effectivePriority: Type.Integer({ description: 'What waiting has made of it' }),
  rulesVersion: Type.Integer(),
  ruleId: id,
  expectedMs: Nullable(
    Type.Object(
      { from: Type.Integer(), to: Type.Integer() },
      {
        description:
          'Eight of ten waits like this one end within it, going by how often such customers were served in the last half hour; null when that is too little to say',
      },
    ),
  ),
  decision: Nullable(DecisionRecord),
})
export type Waiting = Static<typeof Waiting>

export const DecisionEntry = Type.Object({
  id,
  position: Type.Integer(),
  at: instant,
  conversationId: id,
  sessionId: id,
  cause: Type.String(),
  rulesVersion: Type.Integer(),
  ruleId: id,
  winner: Holder,
  tieBreak: Nullable(Type.String()),
  agent: Nullable(
    Type.Object(
      {
        outcome: Type.Union([
          Type.Literal('won'),
          Type.Literal('behind'),
          Type.Literal('asked', { description: 'It was offered to all candidates at once' }),
          Type.Literal('excluded'),
          Type.Literal('unknown'),
        ]),
        place: Nullable(Type.Integer({ description: 'Among the candidates, from 1' })),
        reason: Nullable(Type.String({ description: 'Why the agent was passed over' })),
        load: Nullable(Type.Integer()),
        capacity: Nullable(Type.Integer()),
        status: Nullable(AgentStatus),
        skill: Nullable(Type.String({ description: 'The first required skill that was missing' })),
        level: Nullable(Type.Integer({ description: 'The level in that skill; 0: not at all' })),
      },
      { description: 'Of the agent who was asked for' },
    ),
  ),
})
export type DecisionEntry = Static<typeof DecisionEntry>
