// Two programs, turn about: whatever else the machine does meets both, and the ratio of a pair forgets it.

/** Runs both in each pair, the first one first in every other; answers first over second for each pair. */
export async function ratiosOfPairs(
  pairs: number,
  run: { first(pair: number): Promise<number>; second(pair: number): Promise<number> },
): Promise<number[]> {
  const ratios: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    let over: number
    let under: number
    if (pair % 2 === 0) {
      over = await run.first(pair)
      under = await run.second(pair)
    } else {
      under = await run.second(pair)
      over = await run.first(pair)
    }
    ratios.push(over / under)
  }
  return ratios
}
