import { type Static, Type } from 'typebox'
import { Nullable } from './resources.ts'

const count = Type.Integer({ minimum: 0 })
const share = Type.Number({ minimum: 0, maximum: 1 })
const ms = Type.Number({ minimum: 0 })
const instant = Type.String()

/** A weekday; or a public holiday, or a working day made up for one (调休), whatever weekday it falls on. */
export const DayOfForecast = Type.Union([
  Type.Literal('mon'),
  Type.Literal('tue'),
  Type.Literal('wed'),
  Type.Literal('thu'),
  Type.Literal('fri'),
  Type.Literal('sat'),
  Type.Literal('sun'),
  Type.Literal('holiday'),
  Type.Literal('made-up'),
])
export type DayOfForecast = Static<typeof DayOfForecast>

export const ForecastInterval = Type.Object({
  at: Type.String({ description: "Where it begins on the organization's clock: 09:30" }),
  arrivals: Type.Number({ description: 'Sessions in a whole interval, on average' }),
  arrivalsRange: Nullable(
    Type.Object(
      { from: Type.Number(), to: Type.Number() },
      { description: 'Eight of ten such days lie between; null where too few were seen' },
    ),
  ),
  load: Nullable(
    Type.Number({ description: 'How many are served at the same time if nobody waits, on average over the interval' }),
  ),
  agents: Nullable(Type.Integer({ description: 'Online agents that meet the target on an average day' })),
  agentsRange: Nullable(
    Type.Object(
      { from: count, to: count },
      { description: 'For the quietest and the busiest of eight of ten such days' },
    ),
  ),
  onShift: Nullable(Type.Integer({ description: '`agents` ÷ (1 − shrinkage), rounded up' })),
  expected: Nullable(
    Type.Object(
      {
        answeredShare: share,
        abandonedShare: Nullable(share),
        meanWaitMs: ms,
        occupancy: Type.Number({ description: 'How much of what the agents can serve at the same time is used' }),
      },
      { description: 'With `agents`, on an average day' },
    ),
  ),
})
export type ForecastInterval = Static<typeof ForecastInterval>

export const ForecastDay = Type.Object({
  kind: DayOfForecast,
  days: Type.Integer({ description: 'Such dates in the period, in whole or in part' }),
  tooFewDays: Type.Boolean({ description: 'Fewer than three: what came is told, and no agents are named' }),
  arrivals: Type.Number({ description: 'Sessions on such a day, on average' }),
  variation: Nullable(Type.Number({ description: 'How much such days differ beyond chance: 0.2 is a fifth' })),
  intervals: Type.Array(ForecastInterval),
})
export type ForecastDay = Static<typeof ForecastDay>

export const StaffingForecast = Type.Object({
  from: Type.String({ description: 'Where the period begins, or where the log does' }),
  to: instant,
  timeZone: Type.String(),
  intervalMinutes: count,
  target: Type.Object({ withinMs: ms, answeredShare: Nullable(share), abandonedShare: Nullable(share) }),
  concurrency: Type.Number({ description: 'Sessions that an agent serves at the same time' }),
  shrinkage: share,
  arrivals: Type.Integer({ description: 'Sessions that came to agents in the period' }),
  service: Type.Object(
    { sessions: count, meanMs: Nullable(ms) },
    {
      description:
        'How long agents had a session, wrap-up included and without the time it was parked; null of fewer than 30',
    },
  ),
  patience: Type.Object(
    { left: count, meanMs: Nullable(ms) },
    {
      description:
        'How long customers wait before they leave, on average; null where fewer than 5 left: then as if nobody did',
    },
  ),
  history: Type.Object(
    { answeredShare: Nullable(share), abandonedShare: Nullable(share) },
    { description: 'What those who came in the period had: served within `withinMs`, and never served' },
  ),
  lacks: Type.Array(Type.Union([Type.Literal('service'), Type.Literal('patience')]), {
    description: 'What the period says too little of for any agents to be named',
  }),
  days: Type.Array(ForecastDay, { description: 'Kinds of day that the period has' }),
  coming: Type.Array(Type.Object({ date: Type.String(), kind: DayOfForecast }), {
    description: 'The next fourteen dates, today first',
  }),
})
export type StaffingForecast = Static<typeof StaffingForecast>
