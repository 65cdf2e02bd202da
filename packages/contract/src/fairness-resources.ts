import { type Static, Type } from 'typebox'
import { Nullable } from './resources.ts'

const count = Type.Integer({ minimum: 0 })
const ms = Type.Number({ minimum: 0 })

export const FairnessOfAgent = Type.Object({
  agentId: Type.String(),
  given: Type.Integer({ description: 'Sessions that the rules gave the agent' }),
  entitled: Type.Number({
    description: 'Of each session that the rules gave while the agent could take it, one part of as many as could',
  }),
  deviation: Nullable(
    Type.Number({
      description: 'given ÷ entitled − 1: 0.1 is a tenth more than entitled; null where entitled to nothing',
    }),
  ),
  direct: Type.Integer({
    description: 'Sessions that people and apps gave the agent: picks, transfers at once, take-overs',
  }),
  onlineMs: ms,
  perHour: Nullable(Type.Number({ description: '`given` for each hour online; null of who was not online' })),
  declined: Type.Integer({ description: 'Offers declined' }),
  unanswered: Type.Integer({ description: 'Offers left unanswered' }),
})
export type FairnessOfAgent = Static<typeof FairnessOfAgent>

export const FairnessReport = Type.Object({
  from: Type.String(),
  to: Type.String(),
  events: Type.Integer({ description: 'Of the period' }),
  given: Type.Integer({ description: 'Sessions that the rules gave to agents' }),
  gini: Nullable(
    Type.Number({
      description: 'Of `perHour` of all who were online: 0 all get the same, towards 1 one gets everything',
    }),
  ),
  waitMs: Type.Object(
    {
      median: Nullable(ms),
      longest: Nullable(ms),
      longestToMedian: Nullable(Type.Number({ description: 'longest ÷ median' })),
    },
    { description: 'Of those who waited until an agent took them; the longest also of those who still wait' },
  ),
  overtakings: Type.Object({
    total: count,
    most: Type.Integer({ description: 'Of one who waited' }),
  }),
  agents: Type.Array(FairnessOfAgent),
})
export type FairnessReport = Static<typeof FairnessReport>
