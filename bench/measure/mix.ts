// Who writes: known followers, whose conversations are open, and newcomers, who start one and have to be routed.
import { seededRandom } from '../load/random.ts'

export const knownFollowers = 2000
/** One push in ten is the first of a new follower. */
const newcomerShare = 0.1

export const openidOf = (kind: string, number: number) => `o${kind}${String(number).padStart(22, '0')}`
export const everyKnownOnce = () => Array.from({ length: knownFollowers }, (_, index) => openidOf('Known', index))

/** The same for both programs of a pair. */
export function createMix(seed: number): (count: number) => string[] {
  const random = seededRandom(seed)
  let newcomers = 0
  return (count) =>
    Array.from({ length: count }, () => {
      if (random() >= newcomerShare) return openidOf('Known', Math.floor(random() * knownFollowers))
      newcomers += 1
      return openidOf('New', newcomers)
    })
}
