import { type Random, seededRandom } from '@duoke/domain'

type Run = (seed: number, random: Random) => Promise<void>

/**
 * Seeds of a proof, or the one that DUOKE_SEED names; a failure says which seed replays it, and at the end it is told how many
 * went in a second.
 * @param lacks whether something has not happened yet without which the proof says nothing: a few more seeds then follow
 */
export async function forEachSeed(name: string, count: number, run: Run, lacks: () => boolean = () => false) {
  const chosen = process.env.DUOKE_SEED
  const [first, last] = chosen === undefined ? [1, count] : [Number(chosen), Number(chosen)]
  const mostMore = chosen === undefined ? 20 : 0
  const startedAt = performance.now()
  let seed = first
  for (; seed <= last || (seed <= last + mostMore && lacks()); seed += 1) {
    try {
      await run(seed, seededRandom(seed))
    } catch (error) {
      throw new Error(`${name} failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
  const perSecond = ((seed - first) * 1_000) / (performance.now() - startedAt)
  console.log(`${name}: ${seed - first} seeds, ${perSecond.toFixed(1)} a second`)
}
