import type { Holder, LoggedEvent } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'

/** Who holds which conversation: folded from the log, so that an event is sent to whom it concerns at its own position. */
export type Holdings = {
  agentOf(conversationId: string): string | null
  isWaiting(conversationId: string): boolean
  /** Folds one event. */
  apply(event: LoggedEvent): void
  heldBy(agentId: string): readonly string[]
  counts(agentId: string | null): { readonly waiting: number; readonly mine: number }
}

const waiting = Symbol('waiting')
type Place = string | typeof waiting

export function createHoldings(start: Iterable<readonly [conversationId: string, holder: Holder]>): Holdings {
  const places = new Map<string, Place>()
  const byAgent = new Map<string, Set<string>>()
  let waitingCount = 0

  function move(conversationId: string, to: Place | null) {
    const from = places.get(conversationId) ?? null
    if (from === waiting) waitingCount -= 1
    else if (from !== null) byAgent.get(from)?.delete(conversationId)
    places.delete(conversationId)
    if (to === null) return
    places.set(conversationId, to)
    if (to === waiting) {
      waitingCount += 1
      return
    }
    const held = byAgent.get(to) ?? new Set()
    byAgent.set(to, held)
    held.add(conversationId)
  }

  for (const [conversationId, holder] of start) move(conversationId, placeOf(holder))
  return {
    agentOf(conversationId) {
      const place = places.get(conversationId)
      return typeof place === 'string' ? place : null
    },
    isWaiting: (conversationId) => places.get(conversationId) === waiting,
    apply(event) {
      if (event.type === 'session.assigned') {
        move(event.facts.conversationId, event.facts.to.kind === 'agent' ? event.facts.to.agentId : null)
      }
      if (event.type === 'session.queued') move(event.facts.conversationId, waiting)
      if (event.type === 'session.closed') move(event.facts.conversationId, null)
    },
    heldBy: (agentId) => [...(byAgent.get(agentId) ?? [])],
    counts: (agentId) => ({
      waiting: waitingCount,
      mine: agentId === null ? 0 : (byAgent.get(agentId)?.size ?? 0),
    }),
  }
}

function placeOf(holder: Holder): Place | null {
  switch (holder.kind) {
    case 'agent':
      return holder.agentId
    case 'queue':
      return waiting
    case 'app':
    case 'nobody':
      return null
    default:
      return holder satisfies never
  }
}

/** Everything that somebody holds or waits for, as the rows have it. */
export async function readHoldings(tx: Transaction, org: string): Promise<Holdings> {
  const { rows } = await tx.query<{ conversation_id: string; holder_kind: string; holder_id: string | null }>({
    name: 'holdings',
    text: `select conversation_id, holder_kind, holder_id from conversation where org_id = $1 and status <> 'closed'`,
    values: [org],
  })
  return createHoldings(
    rows.map((row): readonly [string, Holder] => [
      row.conversation_id,
      row.holder_kind === 'agent'
        ? { kind: 'agent', agentId: row.holder_id ?? '', stintId: '', since: '' }
        : row.holder_kind === 'queue'
          ? { kind: 'queue', teamId: null, since: '' }
          : { kind: 'nobody' },
    ]),
  )
}

/**
 * Which conversations an agent held at an earlier position: what is held now and did not move since, and of what moved, that
 * which the first move took from the agent.
 */
export function heldEarlier(agentId: string, now: readonly string[], movesSince: readonly LoggedEvent[]): Set<string> {
  const held = new Set(now)
  const decided = new Set<string>()
  for (const event of movesSince) {
    if (event.type !== 'session.assigned' && event.type !== 'session.queued' && event.type !== 'session.closed')
      continue
    const { conversationId, from } = event.facts
    if (decided.has(conversationId)) continue
    decided.add(conversationId)
    if (from.kind === 'agent' && from.agentId === agentId) held.add(conversationId)
    else held.delete(conversationId)
  }
  return held
}
