/** A small seeded generator (mulberry32): the same seed goes the same way on every machine. */
export type Random = {
  next(): number
  /** An integer from 0 to below `count`. */
  below(count: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T | undefined
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (values) => values[below(values.length)],
  }
}

type Run = (seed: number, random: Random) => Promise<void>

/**
 * Seeds of a proof, or the one that DUOKE_SEED names; a failure says which seed replays it.
 * @param lacks whether something has not happened yet without which the proof says nothing: a few more seeds then follow
 */
export async function forEachSeed(name: string, count: number, run: Run, lacks: () => boolean = () => false) {
  const chosen = process.env.DUOKE_SEED
  const [first, last] = chosen === undefined ? [1, count] : [Number(chosen), Number(chosen)]
  const mostMore = chosen === undefined ? 20 : 0
  for (let seed = first; seed <= last || (seed <= last + mostMore && lacks()); seed += 1) {
    try {
      await run(seed, seededRandom(seed))
    } catch (error) {
      throw new Error(`${name} failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
}
