import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { LoggedEvent, PreviewedService, RulesDocument, RulesPreview } from '@duoke/contract'
import {
  Conformity,
  conversationOf,
  emptyOrganization,
  evolve,
  forgetConversation,
  HistoryReader,
  layerOver,
  type OrganizationState,
  ServiceMeter,
  type Simulated,
  Simulation,
  seededRandom,
} from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { readEvents } from '../events/rows.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { chineseHolidays } from '../routing/holidays.ts'

export const mostPreviewedEvents = 100_000
const pageSize = 500
/** Things that happen in a simulation before others have their turn: a few milliseconds. */
const sliceSize = 20

export type PreviewRequest = {
  readonly fromMs: number
  readonly toMs: number
  /** Left out: only the rules of then. */
  readonly rules: RulesDocument | null
  readonly seed: number
  readonly withinMs: number
  readonly starvationMs: number
}

type Period = { readonly first: number; readonly last: number; readonly conversations: ReadonlySet<string> }

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
  const period = await reads.read(org, (tx) => readPeriod(tx, org, request))
  const start = await foldUntil(reads, org, period, signal)
  const conformity = new Conformity(layerOver(start), outside)
  const reader = new HistoryReader(start, fromMs)
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

async function readPeriod(tx: Transaction, org: string, { fromMs, toMs }: PreviewRequest): Promise<Period> {
  const within =
    'org_id = $1 and at >= to_timestamp($2::double precision / 1000) and at < to_timestamp($3::double precision / 1000)'
  const values = [org, fromMs, toMs]
  const { rows } = await tx.query<{ count: number; first: number | null; last: number | null }>({
    text: `select count(*)::int as count, min(position) as first, max(position) as last from event where ${within}`,
    values,
  })
  const { count = 0, first = null, last = null } = rows[0] ?? {}
  if (count > mostPreviewedEvents) throw new Refused('preview_too_large', { detail: `It has ${count} events.` })
  if (first === null || last === null) {
    throw new Refused('invalid_request', {
      errors: [{ path: '/body/from', message: 'nothing happened in this period' }],
    })
  }
  const touched = await tx.query<{ conversation_id: string }>({
    text: `select distinct conversation_id from event where ${within} and conversation_id is not null`,
    values,
  })
  return { first, last, conversations: new Set(touched.rows.map(({ conversation_id }) => conversation_id)) }
}

type Stretch = { readonly after: number; readonly last: number; readonly signal: AbortSignal }

async function* eventsOf(reads: Reads, org: string, { after, last, signal }: Stretch): AsyncGenerator<LoggedEvent> {
  for (let position = after; position < last; ) {
    signal.throwIfAborted()
    const page = await reads.read(org, (tx) => readEvents(tx, org, position, Math.min(pageSize, last - position)))
    if (page.length === 0) return
    yield* page
    position = page.at(-1)?.position ?? last
  }
}

async function foldUntil(reads: Reads, org: string, period: Period, signal: AbortSignal): Promise<OrganizationState> {
  const state = emptyOrganization()
  for await (const event of eventsOf(reads, org, { after: 0, last: period.first - 1, signal })) {
    evolve(state, event)
    const conversationId = conversationOf(event)
    if (conversationId === null || period.conversations.has(conversationId)) continue
    if (state.conversations.get(conversationId)?.holder.kind === 'nobody') forgetConversation(state, conversationId)
  }
  return state
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
