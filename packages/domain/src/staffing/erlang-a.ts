/**
 * Erlang A: customers come at random at one rate, each of `servers` takes as long as it takes, and who waits leaves at random
 * after a while. Garnett, Mandelbaum and Reiman, "Designing a Call Center with Impatient Customers", Manufacturing & Service
 * Operations Management 4 (2002) 208-227; the chain of births and deaths is that of Palm (1957).
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

/** What is rarer than this is left out of the sums. */
const negligible = 1e-12
const mostWaiting = 100_000

/** Null where the queue would grow for ever: nobody leaves, and more come than can be served. */
export function expectedBy(model: ErlangA, withinSeconds: number): Expected | null {
  const { arrivalRate, serviceSeconds, patienceSeconds, servers } = model
  const served = 1 / serviceSeconds
  const left = patienceSeconds === null ? 0 : 1 / patienceSeconds
  if (arrivalRate === 0) return { waitShare: 0, abandonShare: 0, meanWaitSeconds: 0, serviceLevel: 1, occupancy: 0 }
  if (servers * served + left <= 0 || (left === 0 && arrivalRate >= servers * served)) return null
  const { below, waiting } = shares(arrivalRate, served, left, servers)
  const meanWaiting = waiting.reduce((sum, share, queued) => sum + share * queued, 0)
  const abandonShare = (left * meanWaiting) / arrivalRate
  const within = servedWithin(withinSeconds, { served, left, servers, longest: waiting.length })
  const late = waiting.reduce((sum, share, queued) => sum + share * (within[queued] ?? 0), 0)
  return {
    waitShare: waiting.reduce((sum, share) => sum + share, 0),
    abandonShare,
    meanWaitSeconds: meanWaiting / arrivalRate,
    serviceLevel: below + late,
    occupancy: servers === 0 ? 0 : (arrivalRate * (1 - abandonShare) * serviceSeconds) / servers,
  }
}

/** How often a server is free, and how often how many wait while none is. */
function shares(
  arrivalRate: number,
  served: number,
  left: number,
  servers: number,
): { below: number; waiting: number[] } {
  // Relative to the state in which all are busy and nobody waits, by the recursion of Erlang B: nothing overflows.
  const load = arrivalRate / served
  let blocked = 1
  for (let busy = 1; busy <= servers; busy++) blocked = (load * blocked) / (busy + load * blocked)
  if (blocked < Number.MIN_VALUE / Number.EPSILON) return { below: 1, waiting: [0] }
  const below = (1 - blocked) / blocked
  const waiting = [1]
  let total = below + 1
  for (let queued = 1; queued < mostWaiting; queued++) {
    const share = ((waiting[queued - 1] ?? 0) * arrivalRate) / (servers * served + queued * left)
    waiting.push(share)
    total += share
    if (share < negligible * total && arrivalRate < servers * served + queued * left) break
  }
  return { below: below / total, waiting: waiting.map((share) => share / total) }
}

type Line = { readonly served: number; readonly left: number; readonly servers: number; readonly longest: number }

/**
 * For each number of others ahead in the queue: how likely one is served in time and does not leave before. Steps of a process
 * with one rate (uniformization): a server gets free, somebody ahead leaves, oneself leaves, or nothing happens.
 */
function servedWithin(seconds: number, { served, left, servers, longest }: Line): number[] {
  const rate = servers * served + longest * left
  const result = new Array<number>(longest).fill(0)
  if (rate === 0 || seconds <= 0) return result
  let reached = new Array<number>(longest).fill(0)
  const mean = rate * seconds
  const last = Math.ceil(mean + 10 * Math.sqrt(mean) + 20)
  let logWeight = -mean
  for (let step = 0; step <= last; step++) {
    const weight = Math.exp(logWeight)
    for (let ahead = 0; ahead < longest; ahead++) result[ahead] = (result[ahead] ?? 0) + weight * (reached[ahead] ?? 0)
    const next = new Array<number>(longest).fill(0)
    for (let ahead = 0; ahead < longest; ahead++) {
      const forward = servers * served + ahead * left
      const moved = ahead === 0 ? 1 : (reached[ahead - 1] ?? 0)
      next[ahead] = (forward * moved + (rate - forward - left) * (reached[ahead] ?? 0)) / rate
    }
    reached = next
    logWeight += Math.log(mean) - Math.log(step + 1)
  }
  return result
}

/** The fewest servers with which so large a share is served in time; null where no number up to `most` does. */
export function serversNeeded(
  model: Omit<ErlangA, 'servers'>,
  target: { readonly share: number; readonly withinSeconds: number },
  most = 2_000,
): number | null {
  // No more are served than the servers can: what is hopeless need not be computed.
  const isHopeless = (servers: number) => servers < target.share * model.arrivalRate * model.serviceSeconds
  const levelOf = (servers: number) => expectedBy({ ...model, servers }, target.withinSeconds)?.serviceLevel ?? 0
  const reaches = (servers: number) => !isHopeless(servers) && levelOf(servers) >= target.share
  if (reaches(0)) return 0
  if (!reaches(most)) return null
  let [few, enough] = [0, most]
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
