import type { ErlangA } from '../staffing/erlang-a.ts'

/**
 * Erlang A another way, for tests: as Palm's chain of births and deaths (1957), state by state. Slow, and for figures that fit
 * in a number.
 */
/** What is rarer than this is left out of the sums. */
const negligible = 1e-12
const mostWaiting = 100_000

/** The share of all who come that is served within so many seconds, and the share that leaves. */
export function byChain(
  { arrivalRate, serviceSeconds, patienceSeconds, servers }: ErlangA,
  withinSeconds: number,
): { readonly serviceLevel: number; readonly abandonShare: number; readonly meanWaitSeconds: number } {
  const served = 1 / serviceSeconds
  const left = patienceSeconds === null ? 0 : 1 / patienceSeconds
  const { below, waiting } = shares(arrivalRate, served, left, servers)
  const meanWaiting = waiting.reduce((sum, share, queued) => sum + share * queued, 0)
  const within = servedWithin(withinSeconds, { served, left, servers, longest: waiting.length })
  const late = waiting.reduce((sum, share, queued) => sum + share * (within[queued] ?? 0), 0)
  return {
    serviceLevel: below + late,
    abandonShare: (left * meanWaiting) / arrivalRate,
    meanWaitSeconds: meanWaiting / arrivalRate,
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
