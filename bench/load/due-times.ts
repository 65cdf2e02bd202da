import { seededRandom } from './random.ts'

/** Milliseconds after the start, as customers come: independently of each other, so at exponential intervals. */
export function dueTimes(count: number, { perSecond, seed }: { perSecond: number; seed: number }): number[] {
  const random = seededRandom(seed)
  let atMs = 0
  return Array.from({ length: count }, () => {
    atMs += (-Math.log(1 - random()) * 1000) / perSecond
    return atMs
  })
}
