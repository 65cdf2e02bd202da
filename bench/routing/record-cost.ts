// (3): what the decision record adds to a commit. Two processes take turns, each with a database of its own on the embedded PostgreSQL:
// the server's log as it is, and the same with a domain that makes no records (skip-record.ts).
import { ratiosOfPairs } from '../measure/pairs.ts'
import { embeddedPlace } from '../measure/places.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { startProgram } from '../programs/calls.ts'
import type { CommitsHandlers } from '../programs/commits.ts'
import type { Crew } from './organization.ts'

export type RecordCost = {
  /** Time for a decision and its commit, with the record over without. */
  readonly ratio: Spread
  readonly withMs: Spread
  readonly withoutMs: Spread
  readonly recordBytes: number
}

export async function measureRecordCost(
  crew: Crew,
  { rounds, count, atOnce }: { readonly rounds: number; readonly count: number; readonly atOnce: number },
): Promise<RecordCost> {
  await using place = await embeddedPlace()
  const file = new URL('../programs/commits.ts', import.meta.url)
  const flags = [`--import=${new URL('skip-record.ts', import.meta.url).href}`]
  await using recorded = startProgram<CommitsHandlers>(file)
  await using bare = startProgram<CommitsHandlers>(file, flags)
  await recorded.call('start', { databaseUrl: await place.createDatabase('recorded'), crew })
  await bare.call('start', { databaseUrl: await place.createDatabase('bare'), crew })
  const took: { recorded: number[]; bare: number[] } = { recorded: [], bare: [] }
  const round = async (name: 'recorded' | 'bare') => {
    const program = name === 'recorded' ? recorded : bare
    const done = await program.call('round', { count, atOnce })
    if (done.given !== count) throw new Error(`${done.given} of ${count} were given to an agent.`)
    took[name].push((done.seconds / count) * 1000)
    return done.seconds
  }
  // The first pair warms both up.
  const run = { first: () => round('recorded'), second: () => round('bare') }
  const ratios = (await ratiosOfPairs(rounds + 1, run)).slice(1)
  const [kept, none] = [await recorded.call('records', {}), await bare.call('records', {})]
  if (kept.count < count * (rounds + 1) || none.count > 0) {
    throw new Error(`${kept.count} records are stored with, ${none.count} without.`)
  }
  return {
    ratio: spreadOf(ratios),
    withMs: spreadOf(took.recorded.slice(1)),
    withoutMs: spreadOf(took.bare.slice(1)),
    recordBytes: kept.bytes,
  }
}
