/** A small seeded generator (mulberry32): the same seed walks the same way on every machine. */
export type Random = {
  /** 0 ≤ number < 1 */
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
