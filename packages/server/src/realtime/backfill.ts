import type { LoggedEvent } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import type { Feed } from '../events/feed.ts'
import { movesBetween } from './event-store.ts'
import { type Holdings, heldEarlier } from './holdings.ts'
import { eventFrame } from './public-event.ts'
import { namedIn, offer, type Subscriber } from './subscriber.ts'

const pageSize = 500

export type BackfillPorts = {
  readonly database: Database
  readonly feed: Feed
  readonly holdings: Holdings
  readonly cursorAt: (position: number) => string
  /** How far the hub has come; everything up to there is the reader's to fetch. */
  readonly position: () => number
  readonly signal: AbortSignal
}

/** Reads what the reader missed from the table, at the reader's pace, until it is where the hub is. */
export async function backfill(org: string, subscriber: Subscriber, ports: BackfillPorts): Promise<void> {
  const { feed, signal, cursorAt } = ports
  if (subscriber.position >= ports.position()) return
  const held = await heldAt(org, subscriber, ports)
  while (subscriber.position < ports.position() && !signal.aborted) {
    const events = await feed.read(org, subscriber.position, pageSize)
    for (const event of events) {
      const before = new Set(held)
      fold(held, event, subscriber.agentId)
      offer(
        subscriber,
        eventFrame(event, cursorAt),
        (agentId, id) => before.has(id) || held.has(id) || namedIn(event).includes(agentId),
      )
    }
    const last = events.at(-1)
    if (last === undefined) return
    subscriber.position = last.position
    await subscriber.drained()
  }
}

/** What the reader's agent held at the cursor: which events behind it were theirs follows from it. */
async function heldAt(org: string, subscriber: Subscriber, ports: BackfillPorts): Promise<Set<string>> {
  const { agentId, view } = subscriber
  if (agentId === null || view === 'all') return new Set()
  const now = ports.holdings.heldBy(agentId)
  const moves = await movesBetween(org, subscriber.position, ports.position(), ports.database)
  return heldEarlier(agentId, now, moves)
}

function fold(held: Set<string>, event: LoggedEvent, agentId: string | null): void {
  if (event.type === 'session.assigned') {
    const { conversationId, to } = event.facts
    if (to.kind === 'agent' && to.agentId === agentId) held.add(conversationId)
    else held.delete(conversationId)
  }
  if (event.type === 'session.queued' || event.type === 'session.closed') held.delete(event.facts.conversationId)
}
