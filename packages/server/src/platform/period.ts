import type { LoggedEvent } from '@duoke/contract'
import {
  conversationOf,
  emptyOrganization,
  evolve,
  forgetConversation,
  mayBeForgotten,
  type OrganizationState,
} from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { readEvents } from '../events/rows.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'

const mostEvents = 100_000
const pageSize = 500

type Place = 'body' | 'query'
export type Period = { readonly fromMs: number; readonly toMs: number; readonly givenIn: Place }
type Bounds = { readonly first: number; readonly last: number; readonly conversations: ReadonlySet<string> }

/** The period that a request names in its body or query. */
export function periodIn(given: { readonly from: string; readonly to: string }, givenIn: Place): Period {
  const [fromMs, toMs] = [msOf(given.from, 'from', givenIn), msOf(given.to, 'to', givenIn)]
  if (fromMs >= toMs) throw refused(givenIn, 'to', 'is not after `from`')
  return { fromMs, toMs, givenIn }
}

function msOf(instant: string, field: string, givenIn: Place): number {
  const ms = Date.parse(instant)
  // Beyond these PostgreSQL and JavaScript no longer mean the same moment.
  if (Number.isFinite(ms) && Math.abs(ms) < 8e14) return ms
  throw refused(givenIn, field, 'is no RFC 3339 instant')
}

export const refused = (givenIn: Place, field: string, message: string) =>
  new Refused('invalid_request', { errors: [{ path: `/${givenIn}/${field}`, message }] })

/** Where the period lies in the log, and whom it is about. */
export function readPeriod(reads: Reads, org: string, { fromMs, toMs, givenIn }: Period): Promise<Bounds> {
  return reads.read(org, async (tx) => {
    const { position: first } = await firstPositionAt(tx, org, fromMs)
    const last = (await firstPositionAt(tx, org, toMs)).position - 1
    if (first > last) throw refused(givenIn, 'from', 'nothing happened in this period')
    const count = last - first + 1
    if (count > mostEvents) throw new Refused('preview_too_large', { detail: `It has ${count} events.` })
    const touched = await tx.query<{ conversation_id: string }>({
      text: `select distinct conversation_id from event
        where org_id = $1 and position between $2 and $3 and conversation_id is not null`,
      values: [org, first, last],
    })
    return { first, last, conversations: new Set(touched.rows.map(({ conversation_id }) => conversation_id)) }
  })
}

type FoundPosition = { readonly position: number; readonly atMs: number | null; readonly isFirst: boolean }

/**
 * The first position that is not before the moment; one behind the head when all are. Later positions are never earlier, so
 * that it is found by halving, without an index by time.
 */
export async function firstPositionAt(tx: Transaction, org: string, atMs: number): Promise<FoundPosition> {
  const { rows } = await tx.query<{ first: number | null; last: number | null }>({
    text: 'select min(position) as first, max(position) as last from event where org_id = $1',
    values: [org],
  })
  const { first, last } = rows[0] ?? {}
  let [low, high] = [first ?? 1, (last ?? 0) + 1]
  let found: number | null = null
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const { rows: events } = await tx.query<{ at: number }>({
      name: 'event_time',
      text: 'select at from event where org_id = $1 and position = $2',
      values: [org, middle],
    })
    const at = events[0]?.at
    if (at === undefined || at < atMs) low = middle + 1
    else [high, found] = [middle, at]
  }
  return { position: low, atMs: found, isFirst: low === first }
}

type Stretch = { readonly after: number; readonly last: number; readonly signal: AbortSignal }

export async function* eventsOf(
  reads: Reads,
  org: string,
  { after, last, signal }: Stretch,
): AsyncGenerator<LoggedEvent> {
  for (let position = after; position < last; ) {
    signal.throwIfAborted()
    const page = await reads.read(org, (tx) => readEvents(tx, org, position, Math.min(pageSize, last - position)))
    if (page.length === 0) return
    yield* page
    position = page.at(-1)?.position ?? last
  }
}

/** The state of before the period: only who is served, waits or has left a message then, or appears in it. `onEvent` sees all that leads to it. */
export async function foldUntil(
  reads: Reads,
  org: string,
  { first, conversations }: Bounds,
  signal: AbortSignal,
  onEvent: (event: LoggedEvent) => void = () => {},
): Promise<OrganizationState> {
  const state = emptyOrganization()
  for await (const event of eventsOf(reads, org, { after: 0, last: first - 1, signal })) {
    evolve(state, event)
    onEvent(event)
    const conversationId = conversationOf(event)
    if (conversationId === null || conversations.has(conversationId)) continue
    const conversation = state.conversations.get(conversationId)
    if (conversation !== undefined && mayBeForgotten(conversation)) forgetConversation(state, conversationId)
  }
  return state
}
