import { createHash, randomBytes } from 'node:crypto'
import type { RandomSource } from './ports.ts'

export const systemRandom: RandomSource = { bytes: (count) => randomBytes(count) }

/** The same seed gives the same bytes, so that a failed run can be replayed. */
export function seededRandom(seed: string): RandomSource {
  let block = 0
  let rest = Buffer.alloc(0)
  return {
    bytes(count) {
      while (rest.length < count) {
        rest = Buffer.concat([rest, createHash('sha256').update(`${seed}:${block++}`).digest()])
      }
      const taken = rest.subarray(0, count)
      rest = rest.subarray(count)
      return taken
    },
  }
}
