import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { PreviewedService, RulesDocument, RulesPreview } from '@duoke/contract'
import {
  AskedBefore,
  Conformity,
  evolve,
  HistoryReader,
  layerOver,
  type OrganizationState,
  ServiceMeter,
  type Simulated,
  Simulation,
  seededRandom,
} from '@duoke/domain'
import type { Reads } from '../http/snapshot.ts'
import { chineseHolidays } from '../routing/holidays.ts'
import { eventsOf, foldUntil, type Period, readPeriod } from './period.ts'

/** Things that happen in a simulation before others have their turn: a few milliseconds. */
const sliceSize = 20

export type PreviewRequest = Period & {
  /** Left out: only the rules of then. */
  readonly rules: RulesDocument | null
  readonly seed: number
  readonly withinMs: number
  readonly starvationMs: number
}

const outside = {
  digest: (text: string) => createHash('sha256').update(text).digest('hex'),
  holidays: chineseHolidays,
}

/**
 * Reads the log in pages up to the period, keeping in memory only who is served or waits then or appears in it; then the period
 * itself, twice simulated. Others have their turn in between, and it stops when nobody waits for it any more.
 */
export async function previewRules(
  reads: Reads,
  org: string,
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<RulesPreview> {
  const { fromMs, toMs, rules, seed } = request
  const period = await readPeriod(reads, org, request)
  const asked = new AskedBefore()
  const start = await foldUntil(reads, org, period, signal, (event) => asked.take(event))
  const conformity = new Conformity(layerOver(start), outside)
  for (const message of asked.messages) conformity.hear(message)
  const reader = new HistoryReader(start, fromMs, asked.messages)
  const happened = layerOver(start)
  const meter = new ServiceMeter(request, start, fromMs)
  for await (const event of eventsOf(reads, org, { after: period.first - 1, last: period.last, signal })) {
    conformity.take(event)
    reader.take(event)
    evolve(happened, event)
    meter.take(event, happened)
  }
  conformity.finish()
  const history = reader.finish(toMs)
  const simulate = (document: RulesDocument | null) => simulated(start, history, { ...request, document, signal })
  const again = await simulate(null)
  const candidate = rules === null ? null : await simulate(rules)
  const { decisions, deviations } = conformity
  const unexplained = deviations.filter(({ isErased }) => !isErased)
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    seed,
    events: history.events,
    conformity: {
      decisions,
      rederived: decisions - deviations.length,
      erased: deviations.length - unexplained.length,
      deviations: unexplained.slice(0, 20).map(({ decisionId }) => decisionId),
    },
    history: meter.finish(happened, toMs),
    simulated: again.service,
    candidate: candidate === null ? null : candidate.service,
    told: (candidate ?? again).told,
  }
}

type Asked = Omit<PreviewRequest, 'rules'> & { readonly document: RulesDocument | null; readonly signal: AbortSignal }

async function simulated(
  start: OrganizationState,
  history: ReturnType<HistoryReader['finish']>,
  { document, seed, signal, ...bounds }: Asked,
): Promise<{ service: PreviewedService; told: Simulated }> {
  const meter = new ServiceMeter(bounds, start, bounds.fromMs)
  const simulation = new Simulation(start, history, {
    ...outside,
    random: seededRandom(seed),
    onEvent: (event, state) => meter.take(event, state),
    ...(document !== null && { rules: document }),
  })
  let happened = 0
  for (const _ of simulation.run()) {
    if (++happened % sliceSize !== 0) continue
    await setImmediate()
    signal.throwIfAborted()
  }
  return { service: meter.finish(simulation.state, bounds.toMs), told: simulation.told }
}
