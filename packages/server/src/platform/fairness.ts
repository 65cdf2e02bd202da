import type { FairnessReport } from '@duoke/contract'
import { FairnessMeter } from '@duoke/domain'
import type { Reads } from '../http/snapshot.ts'
import { eventsOf, foldUntil, type Period, readPeriod } from './period.ts'

/** Reads the log in pages; it stops when nobody waits for it any more. */
export async function readFairness(
  reads: Reads,
  org: string,
  period: Period,
  signal: AbortSignal,
): Promise<FairnessReport> {
  const bounds = await readPeriod(reads, org, period)
  const meter = new FairnessMeter(await foldUntil(reads, org, bounds, signal), period.fromMs)
  for await (const event of eventsOf(reads, org, { after: bounds.first - 1, last: bounds.last, signal })) {
    meter.take(event)
  }
  return meter.finish(period.fromMs, period.toMs)
}
