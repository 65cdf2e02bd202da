import { type Static, Type } from 'typebox'
import { Nullable } from './resources.ts'

const count = Type.Integer({ minimum: 0 })
const ms = Type.Number({ minimum: 0 })

export const PreviewedAgent = Type.Object({
  agentId: Type.String(),
  given: Type.Integer({ description: 'Sessions that the agent got' }),
  declined: Type.Integer({ description: 'Offers declined or left unanswered' }),
  peak: Type.Integer({ description: 'The most at the same time' }),
  onlineMs: ms,
  busyMs: Type.Number({ description: 'With at least one session' }),
  meanLoad: Nullable(Type.Number({ description: 'Sessions at the same time, on average while online' })),
})
export type PreviewedAgent = Static<typeof PreviewedAgent>

export const PreviewedService = Type.Object({
  sessions: count,
  served: Type.Integer({ description: 'Waits that an agent ended, waits of no length included' }),
  abandoned: Type.Integer({ description: 'Ended while they waited' }),
  refused: Type.Integer({ description: 'Refused by a rule' }),
  left: Type.Integer({ description: 'Became messages left; those who had waited count in the service level' }),
  waiting: Type.Integer({ description: 'Still waiting at the end' }),
  waitMs: Type.Object(
    { p50: Nullable(ms), p90: Nullable(ms), p95: Nullable(ms), longest: Nullable(ms) },
    { description: 'Of those served, by nearest rank; the longest also of those who still wait' },
  ),
  serviceLevel: Nullable(
    Type.Number({
      description:
        'Served within `withinMs`, of those served, abandoned, left after a wait, and waiting for longer than that at the end',
    }),
  ),
  starved: Type.Integer({ description: 'Waited longer than `starvationMs`' }),
  agents: Type.Array(PreviewedAgent),
})
export type PreviewedService = Static<typeof PreviewedService>

export const RulesPreview = Type.Object({
  from: Type.String(),
  to: Type.String(),
  seed: Type.Integer(),
  events: Type.Integer({ description: 'Of the period' }),
  conformity: Type.Object(
    {
      decisions: count,
      rederived: Type.Integer({ description: 'The same digest: same inputs, candidates, reasons, order and winner' }),
      erased: Type.Integer({ description: 'The words on which the rules decided are erased' }),
      deviations: Type.Array(Type.String(), { description: 'Ids of the others, at most twenty: there should be none' }),
    },
    { description: 'Each decision of the period derived anew under the rules of its moment' },
  ),
  history: PreviewedService,
  simulated: Type.Intersect([PreviewedService], {
    description: 'The simulation under the rules of then: how far it differs from history is how far it can be trusted',
  }),
  candidate: Nullable(Type.Intersect([PreviewedService], { description: 'The simulation under the given document' })),
  told: Type.Object(
    {
      merged: Type.Integer({ description: 'Sessions that began while an earlier one of the customer was still open' }),
      drawn: Type.Integer({ description: 'Lengths of service drawn at random from those of the period' }),
      refused: Type.Integer({ description: 'Acts of the log that were not possible' }),
    },
    { description: 'Where the last simulation had to leave the log' },
  ),
})
export type RulesPreview = Static<typeof RulesPreview>
