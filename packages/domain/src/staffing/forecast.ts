import {
  type DayOfForecast,
  type ForecastDay,
  type ForecastInterval,
  type StaffingForecast,
  weekdays,
} from '@duoke/contract'
import { type CalendarOptions, comingDays, observedDays } from './calendar.ts'
import type { Demand } from './demand.ts'
import { type Expected, expectedBy, fewestServers, type Target } from './erlang-a.ts'
import { type Load, loadsOf, meanOf } from './load.ts'
import { type KindOfDay, leastDays, type Rate, ratesOf } from './rates.ts'

export type ForecastOptions = CalendarOptions & {
  readonly fromMs: number
  readonly toMs: number
  /** The coming dates are counted from here. */
  readonly nowMs: number
  readonly withinMs: number
  /** At least one of the two. */
  readonly answeredShare: number | null
  readonly abandonedShare: number | null
  /** How many sessions an agent serves at the same time. */
  readonly concurrency: number
  /** The share of the time on shift in which an agent is not online. */
  readonly shrinkage: number
}

/** Fewer finished sessions say too little of how long one takes, and fewer who left of how long they wait. */
const leastServed = 30
const leastLeft = 5
const daysAhead = 14
const mostServers = 2_000

const kinds: readonly DayOfForecast[] = [...weekdays, 'holiday', 'made-up']

/** A generator, so that the caller can pause: it yields after each interval. */
export function* forecast(demand: Demand, options: ForecastOptions): Generator<void, StaffingForecast> {
  const { fromMs, toMs, timeZone, intervalMinutes, withinMs, answeredShare, abandonedShare } = options
  const observed = observedDays(demand.arrivals, fromMs, toMs, options)
  const { service, patience, history } = demand
  const serviceMs = service.sessions < leastServed ? null : service.totalMs / service.sessions
  const patienceMs = patience.left < leastLeft ? null : patience.totalMs / patience.left
  const lacks: StaffingForecast['lacks'] = []
  if (serviceMs === null) lacks.push('service')
  // Where nobody is known to leave, no number of agents says anything of how many will.
  if (abandonedShare !== null && patienceMs === null) lacks.push('patience')
  const days: ForecastDay[] = []
  for (const kind of kinds) {
    const rates = ratesOf(kind, observed, intervalMinutes * 60_000)
    if (rates.days === 0) continue
    const isKnown = lacks.length === 0 && rates.days >= leastDays && serviceMs !== null
    days.push(yield* dayOf(rates, options, isKnown ? { serviceMs, patienceMs } : null))
  }
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    timeZone,
    intervalMinutes,
    target: { withinMs, answeredShare, abandonedShare },
    concurrency: options.concurrency,
    shrinkage: options.shrinkage,
    arrivals: demand.arrivals.length,
    service: { sessions: service.sessions, meanMs: serviceMs },
    patience: { left: patience.left, meanMs: patienceMs },
    history: {
      answeredShare: history.decided === 0 ? null : history.inTime / history.decided,
      abandonedShare: history.decided === 0 ? null : history.unserved / history.decided,
    },
    lacks,
    days,
    coming: comingDays(options.nowMs, daysAhead, options),
  }
}

type Lengths = { readonly serviceMs: number; readonly patienceMs: number | null }

function* dayOf(
  { kind, days, variation, intervals }: KindOfDay,
  options: ForecastOptions,
  known: Lengths | null,
): Generator<void, ForecastDay> {
  const { intervalMinutes } = options
  const planned = known === null ? null : yield* planOf(intervals, options, known)
  return {
    kind,
    days,
    arrivals: intervals.reduce((sum, { mean }) => sum + mean, 0),
    variation,
    tooFewDays: days < leastDays,
    intervals: intervals.map(
      ({ mean, range }, place): ForecastInterval => ({
        at: clockOf(place * intervalMinutes),
        arrivals: mean,
        arrivalsRange: range === null ? null : { from: range.low, to: range.high },
        ...(planned?.[place] ?? unplanned),
      }),
    ),
  }
}

type Planned = Omit<ForecastInterval, 'at' | 'arrivals' | 'arrivalsRange'>

const unplanned: Planned = { load: null, agents: null, agentsRange: null, onShift: null, expected: null }

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Agents for the mean of each interval, and for days of which eight of ten are not busier, or not quieter. */
function* planOf(intervals: readonly Rate[], options: ForecastOptions, lengths: Lengths): Generator<void, Planned[]> {
  const { concurrency, shrinkage, intervalMinutes } = options
  const loads = (rateOf: (rate: Rate) => number) =>
    loadsOf(
      intervals.map((rate) => rateOf(rate) / intervalMinutes),
      lengths.serviceMs / 60_000,
      intervalMinutes,
    )
  const mean = loads((rate) => rate.mean)
  const low = loads(({ mean: middle, range }) => range?.low ?? middle)
  const high = loads(({ mean: middle, range }) => range?.high ?? middle)
  const planned: Planned[] = []
  for (const [place, load] of mean.entries()) {
    const line = new Line(load, lengths, options)
    const agents = line.agents()
    const [from, to] = [low, high].map((other) => new Line(other[place] ?? load, lengths, options).agents())
    planned.push({
      load: meanOf(load),
      agents,
      agentsRange: from == null || to == null ? null : { from, to },
      onShift: agents === null ? null : roundUp(agents / (1 - shrinkage)),
      expected: agents === null ? null : shownOf(line.expectedWith(Math.floor(agents * concurrency + 1e-9)), lengths),
    })
    yield
  }
  return planned
}

/** One interval. What is expected of it is the mean over its time, under the load of each moment. */
class Line {
  private readonly load: Load
  private readonly lengths: Lengths
  private readonly options: ForecastOptions

  constructor(load: Load, lengths: Lengths, options: ForecastOptions) {
    this.load = load
    this.lengths = lengths
    this.options = options
  }

  agents(): number | null {
    const { withinMs, answeredShare, abandonedShare, concurrency } = this.options
    const target: Target = {
      answered: answeredShare === null ? undefined : { share: answeredShare, withinSeconds: withinMs / 1000 },
      abandonShare: abandonedShare ?? undefined,
    }
    const servers = fewestServers((count) => this.expectedWith(count), meanOf(this.load), target, mostServers)
    return servers === null ? null : roundUp(servers / concurrency)
  }

  expectedWith(servers: number): Expected | null {
    const { serviceMs, patienceMs } = this.lengths
    const at = (load: number) =>
      expectedBy(
        {
          arrivalRate: (load * 1000) / serviceMs,
          serviceSeconds: serviceMs / 1000,
          patienceSeconds: patienceMs === null ? null : patienceMs / 1000,
          servers,
        },
        this.options.withinMs / 1000,
      )
    const [begins, middle, ends] = this.load.map(at)
    if (begins == null || middle == null || ends == null) return null
    const mean = (of: (expected: Expected) => number) => meanOf([of(begins), of(middle), of(ends)])
    return {
      waitShare: mean(({ waitShare }) => waitShare),
      abandonShare: mean(({ abandonShare }) => abandonShare),
      meanWaitSeconds: mean(({ meanWaitSeconds }) => meanWaitSeconds),
      serviceLevel: mean(({ serviceLevel }) => serviceLevel),
      occupancy: mean(({ occupancy }) => occupancy),
    }
  }
}

/** Three agents are three, also after a division that leaves a trace more. */
const roundUp = (value: number): number => Math.max(0, Math.ceil(value - 1e-9))

function shownOf(expected: Expected | null, { patienceMs }: Lengths): ForecastInterval['expected'] {
  if (expected === null) return null
  return {
    answeredShare: expected.serviceLevel,
    abandonedShare: patienceMs === null ? null : expected.abandonShare,
    meanWaitMs: expected.meanWaitSeconds * 1000,
    occupancy: expected.occupancy,
  }
}
