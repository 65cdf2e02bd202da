import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StaffingForecast } from '@duoke/contract'
import { type Random, seededRandom } from '../random.ts'
import { exponential, serve } from '../testing/service-line.ts'
import { type Demand, DemandMeter } from './demand.ts'
import { type ForecastOptions, forecast } from './forecast.ts'

const minute = 60_000
const dayMs = 1440 * minute
/** Monday 2 March 2026, 00:00 in Shanghai. */
const mondayMs = Date.UTC(2026, 2, 1, 16)

const options: ForecastOptions = {
  fromMs: mondayMs,
  toMs: mondayMs + 28 * dayMs,
  nowMs: mondayMs + 28 * dayMs,
  timeZone: 'Asia/Shanghai',
  intervalMinutes: 30,
  holidays: () => undefined,
  withinMs: 30_000,
  answeredShare: 0.8,
  abandonedShare: null,
  concurrency: 1,
  shrinkage: 0,
}

function forecastOf(demand: Partial<Demand>, changes: Partial<ForecastOptions> = {}): StaffingForecast {
  const known = {
    arrivals: [],
    service: { sessions: 1000, totalMs: 1000 * 5 * minute },
    patience: { left: 100, totalMs: 100 * 4 * minute },
    history: { decided: 0, inTime: 0, unserved: 0 },
  }
  const steps = forecast({ ...known, ...demand }, { ...options, ...changes })
  for (let next = steps.next(); ; next = steps.next()) if (next.done === true) return next.value
}

/** So many at once at the beginning of each interval of four Mondays. */
const onMondays = (perInterval: readonly number[]) =>
  [0, 7, 14, 21].flatMap((day) =>
    perInterval.flatMap((count, place) =>
      Array.from({ length: count }, (_, nth) => mondayMs + day * dayMs + place * 30 * minute + nth),
    ),
  )

test('what came is told for each kind of day, and agents by Erlang A for the load that is there', () => {
  const steady = new Array<number>(48).fill(30)
  const answer = forecastOf({ arrivals: onMondays(steady) })
  const [monday, tuesday] = answer.days
  assert.deepEqual([monday?.kind, monday?.days, monday?.arrivals, monday?.variation], ['mon', 4, 1440, 0])
  const first = monday?.intervals[0]
  assert.equal(first?.at, '00:00')
  assert.equal(first?.arrivals, 30)
  // One a minute for five minutes each. By the tables of Erlang A: 6 servers answer 76 % within half a minute, 7 do 89 %.
  assert.ok(Math.abs((first?.load ?? 0) - 5) < 1e-9)
  assert.equal(first?.agents, 7)
  assert.deepEqual([tuesday?.kind, tuesday?.arrivals, tuesday?.intervals[20]?.agents], ['tue', 0, 0])
  assert.deepEqual([answer.lacks, answer.arrivals, answer.coming[0]], [[], 5760, { date: '2026-03-30', kind: 'mon' }])
})

test('several sessions at once need fewer agents, time away from the desk more on shift', () => {
  const arrivals = onMondays(new Array<number>(48).fill(30))
  const agentsOf = (changes: Partial<ForecastOptions>) => {
    const { agents, onShift } = forecastOf({ arrivals }, changes).days[0]?.intervals[20] ?? {}
    return [agents, onShift]
  }
  assert.deepEqual(agentsOf({ concurrency: 3 }), [3, 3])
  assert.deepEqual(agentsOf({ concurrency: 2.5 }), [3, 3])
  assert.deepEqual(agentsOf({ concurrency: 7 }), [1, 1])
  assert.deepEqual(agentsOf({ shrinkage: 0.3 }), [7, 10])
  assert.deepEqual(agentsOf({ shrinkage: 0.5 }), [7, 14])
})

test('load follows what comes: the interval behind a rush still needs those who serve it', () => {
  const arrivals = onMondays(Array.from({ length: 48 }, (_, place) => (place === 20 ? 30 : 0)))
  const service = { sessions: 1000, totalMs: 1000 * 30 * minute }
  const agents = forecastOf({ arrivals, service }).days[0]?.intervals.map((one) => one.agents ?? -1) ?? []
  assert.equal(agents[19], 0)
  const [rush = 0, next = 0, later = 0] = agents.slice(20)
  assert.ok(rush > 10 && next > 10 && later > 0 && later < next, `${rush}, ${next}, ${later}`)
  assert.equal(agents[40], 0, 'nobody sits there for what is left of it in the evening')
})

test('too little is said to be too little, and no agents are named for it', () => {
  const arrivals = onMondays([30])
  const fewDays = forecastOf({ arrivals: arrivals.slice(0, 60) }, { toMs: mondayMs + 14 * dayMs })
  assert.deepEqual(
    fewDays.days.map(({ tooFewDays }) => tooFewDays),
    new Array(7).fill(true),
  )
  assert.deepEqual([fewDays.days[0]?.intervals[0]?.agents, fewDays.days[0]?.intervals[0]?.arrivalsRange], [null, null])
  const fewServed = forecastOf({ arrivals, service: { sessions: 29, totalMs: minute } })
  assert.deepEqual(
    [fewServed.lacks, fewServed.service.meanMs, fewServed.days[0]?.intervals[0]?.agents],
    [['service'], null, null],
  )
  const patience = { left: 4, totalMs: minute }
  assert.deepEqual(forecastOf({ arrivals, patience }, { abandonedShare: 0.05 }).lacks, ['patience'])
  const patient = forecastOf({ arrivals, patience }).days[0]?.intervals[0]
  assert.ok((patient?.agents ?? 0) > 0, 'as if nobody left')
  assert.equal(patient?.expected?.abandonedShare, null)
})

test('a crowd that no number of agents can serve gets none named instead of a wrong one', () => {
  const service = { sessions: 1000, totalMs: 1000 * 86_400 * minute }
  const { intervals } = forecastOf({ arrivals: onMondays([300]), service }).days[0] ?? {}
  assert.deepEqual([intervals?.[0]?.agents, intervals?.[0]?.onShift, intervals?.[0]?.expected], [null, null, null])
})

/** Sessions in half an hour, from eight in the morning. */
const profile = [6, 12, 20, 26, 24, 18, 12, 8, 12, 20, 24, 22, 16, 10, 8, 4]
const opens = 16

function randomDay(random: Random, day: number): number[] {
  const arrivals: number[] = []
  profile.forEach((count, place) => {
    const beginMs = mondayMs + day * dayMs + (opens + place) * 30 * minute
    const meanMs = (30 * minute) / count
    for (let ms = exponential(random, meanMs); ms < 30 * minute; ms += exponential(random, meanMs)) {
      arrivals.push(beginMs + Math.round(ms))
    }
  })
  return arrivals
}

test('the domain at work meets the target with the agents of a forecast from its own log, and misses it with one fewer', () => {
  const random = seededRandom(3)
  const lengths = { serviceMs: 8 * minute, patienceMs: 4 * minute, capacity: 2 }
  const days = Array.from({ length: 10 }, (_, day) => day)
  const past = serve(random, { ...lengths, arrivals: days.flatMap((day) => randomDay(random, day)), agents: 5 })
  const meter = new DemandMeter({ withinMs: 30_000 })
  for (const event of past.desk.log) meter.take(event)
  const toMs = mondayMs + days.length * dayMs
  const demand = meter.finish(toMs)
  // One kind of day, so that a few days tell enough.
  const holidays = () => ({ name: '', works: true })
  const answer = forecastOf(demand, { toMs, concurrency: 2, holidays })
  const [day] = answer.days
  assert.ok(Math.abs((answer.service.meanMs ?? 0) / lengths.serviceMs - 1) < 0.07, `${answer.service.meanMs}`)
  assert.ok(Math.abs((answer.patience.meanMs ?? 0) / lengths.patienceMs - 1) < 0.2, `${answer.patience.meanMs}`)

  const servedWith = (fewer: number) => {
    const online = days.flatMap((date) =>
      (day?.intervals ?? []).map(({ agents }, place) => ({
        atMs: mondayMs + date * dayMs + place * 30 * minute,
        agents: Math.max(0, (agents ?? 0) - fewer),
      })),
    )
    const arrivals = days.flatMap((date) => randomDay(random, date))
    return serve(random, { ...lengths, arrivals, agents: 20, online }).came
  }
  const shareIn = (came: ReturnType<typeof servedWith>) =>
    came.filter(({ isServed, waitedMs }) => isServed && waitedMs <= 30_000).length / came.length
  const came = servedWith(0)
  const share = shareIn(came)
  const predicted = (day?.intervals ?? []).reduce(
    (sum, one) => sum + one.arrivals * (one.expected?.answeredShare ?? 0),
    0,
  )
  assert.ok(share >= 0.8, `${share} in time`)
  assert.ok(Math.abs(share - predicted / (day?.arrivals ?? 1)) < 0.05, `${share} in time, ${predicted} predicted`)
  for (const place of profile.keys()) {
    const beginMs = (opens + place) * 30 * minute
    const those = came.filter(
      ({ cameMs }) => Math.floor((((cameMs - mondayMs) % dayMs) - beginMs) / (30 * minute)) === 0,
    )
    assert.ok(
      shareIn(those) >= 0.8 - 0.05,
      `${day?.intervals[opens + place]?.at}: ${shareIn(those)} of ${those.length}`,
    )
  }
  const withFewer = shareIn(servedWith(1))
  assert.ok(withFewer < 0.8 && withFewer < share - 0.1, `${withFewer} with one fewer`)
})
