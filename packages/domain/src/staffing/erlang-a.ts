/**
 * Erlang A: customers come at random at one rate, each of `servers` takes as long as it takes, and who waits leaves at random
 * after a while. Garnett, Mandelbaum and Reiman, "Designing a Call Center with Impatient Customers", Manufacturing & Service
 * Operations Management 4 (2002) 208-227. How long somebody would have to wait has the density of Baccelli and Hebuterne, "On
 * Queues with Impatient Customers", Performance '81, 159-179.
 */
export type ErlangA = {
  /** Customers a second. */
  readonly arrivalRate: number
  /** Seconds that one customer is served, on average. */
  readonly serviceSeconds: number
  /** Seconds after which one who waits leaves, on average; null: nobody ever leaves (Erlang C). */
  readonly patienceSeconds: number | null
  /** How many customers are served at the same time. */
  readonly servers: number
}

export type Expected = {
  /** Of all who come. */
  readonly waitShare: number
  readonly abandonShare: number
  /** Seconds, of all who come, also of those who leave. */
  readonly meanWaitSeconds: number
  /** Served within `withinSeconds`, of all who come. */
  readonly serviceLevel: number
  /** How much of the time a server is busy. */
  readonly occupancy: number
}

/** Null where the queue would grow for ever: nobody leaves, and more come than can be served. */
export function expectedBy(model: ErlangA, withinSeconds: number): Expected | null {
  const { arrivalRate, serviceSeconds, patienceSeconds, servers } = model
  const left = patienceSeconds === null ? 0 : 1 / patienceSeconds
  if (arrivalRate === 0) return { waitShare: 0, abandonShare: 0, meanWaitSeconds: 0, serviceLevel: 1, occupancy: 0 }
  if (left === 0 && arrivalRate * serviceSeconds >= servers) return null
  if (servers === 0) {
    return { waitShare: 1, abandonShare: 1, meanWaitSeconds: 1 / left, serviceLevel: 0, occupancy: 0 }
  }
  const free = freeStates(arrivalRate * serviceSeconds, servers)
  if (!Number.isFinite(free)) {
    return { waitShare: 0, abandonShare: 0, meanWaitSeconds: 0, serviceLevel: 1, occupancy: busyBy(model, 0) }
  }
  const served = servers / serviceSeconds
  const waits = waitsIn({ arrivalRate, served, left }, withinSeconds)
  const scaled = free * Math.exp(-waits.logScale)
  const all = scaled + served * waits.all
  const abandonShare = (served * waits.lost) / all
  return {
    waitShare: (served * waits.all) / all,
    abandonShare,
    meanWaitSeconds: left === 0 ? (served * waits.seconds) / all : abandonShare / left,
    serviceLevel: (scaled + served * waits.inTime) / all,
    occupancy: busyBy(model, abandonShare),
  }
}

const busyBy = ({ arrivalRate, serviceSeconds, servers }: ErlangA, abandonShare: number): number =>
  (arrivalRate * (1 - abandonShare) * serviceSeconds) / servers

/** How many times as often a server is free as all are busy and nobody waits: Erlang's loss formula, by its recursion. */
function freeStates(load: number, servers: number): number {
  let states = 1
  for (let busy = 1; busy <= servers; busy++) states = 1 + (busy / load) * states
  return states - 1
}

type Line = {
  readonly arrivalRate: number
  /** Customers a second that all servers together serve. */
  readonly served: number
  /** Of those who wait, how many leave a second. */
  readonly left: number
}

type Waits = {
  readonly all: number
  /** Of these, who leave before. */
  readonly lost: number
  /** Who are served before they are late. */
  readonly inTime: number
  /** Seconds of all, as if nobody left. */
  readonly seconds: number
  /** The figures are as many times too small as its exponential: they fit in no number. */
  readonly logScale: number
}

/** What is rarer than its exponential is left out of the sums. */
const negligible = -45
/** Steps of Simpson's rule for the time until somebody counts as late, and for what is behind it. */
const steps = 200

/**
 * Sums over the time that somebody would have to wait if they stayed, where all servers are busy; its density is as many times
 * `served` as all are busy and nobody waits. Before that time they leave with the probability of their patience.
 */
function waitsIn({ arrivalRate, served, left }: Line, withinSeconds: number): Waits {
  const leaves = (seconds: number) => -Math.expm1(-left * seconds)
  const logDensity = (seconds: number) =>
    arrivalRate * (left === 0 ? seconds : leaves(seconds) / left) - served * seconds
  const peak = left > 0 && arrivalRate > served ? Math.log(arrivalRate / served) / left : 0
  const logScale = logDensity(peak)
  let beyond = 1 / served
  while (logDensity(peak + beyond) > logScale + negligible) beyond *= 1.5
  const last = peak + beyond
  const result = { all: 0, lost: 0, inTime: 0, seconds: 0 }
  const add = (from: number, to: number, isInTime: boolean) => {
    const width = (to - from) / steps
    if (width <= 0) return
    for (let step = 0; step <= steps; step++) {
      const seconds = from + step * width
      const factor = step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2
      const share = ((factor * width) / 3) * Math.exp(logDensity(seconds) - logScale)
      const lost = share * leaves(seconds)
      result.all += share
      result.lost += lost
      result.seconds += share * seconds
      if (isInTime) result.inTime += share - lost
    }
  }
  const late = Math.min(Math.max(0, withinSeconds), last)
  add(0, late, true)
  add(late, last, false)
  return { ...result, logScale }
}

export type Target = {
  /** So large a share of all who come is served within so many seconds. */
  readonly answered?: { readonly share: number; readonly withinSeconds: number } | undefined
  /** No larger share of all who come leaves before. */
  readonly abandonShare?: number | undefined
}

/** The fewest servers with which the target is met; null where no number up to `most` does. */
export function serversNeeded(model: Omit<ErlangA, 'servers'>, target: Target, most = 2_000): number | null {
  const load = model.arrivalRate * model.serviceSeconds
  const withinSeconds = target.answered?.withinSeconds ?? 0
  return fewestServers((servers) => expectedBy({ ...model, servers }, withinSeconds), load, target, most)
}

/** The same of any figures that get better with each server, under so much load. */
export function fewestServers(
  expectedWith: (servers: number) => Expected | null,
  load: number,
  { answered, abandonShare: mostLeave = 1 }: Target,
  most: number,
): number | null {
  // No more are served than the servers can: what is hopeless need not be computed.
  const least = Math.ceil(Math.max(answered?.share ?? 0, 1 - mostLeave) * load - 1e-9)
  const reaches = (servers: number) => {
    if (servers < least) return false
    const expected = expectedWith(servers)
    if (expected === null) return false
    return expected.serviceLevel >= (answered?.share ?? 0) && expected.abandonShare <= mostLeave
  }
  if (reaches(0)) return 0
  if (!reaches(most)) return null
  let [few, enough] = [Math.max(0, least - 1), most]
  for (let step = 1; few + step < most; step *= 2) {
    if (reaches(few + step)) {
      enough = few + step
      break
    }
    few += step
  }
  while (enough - few > 1) {
    const middle = (few + enough) >>> 1
    if (reaches(middle)) enough = middle
    else few = middle
  }
  return enough
}
