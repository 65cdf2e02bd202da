import type { LoggedEvent } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import type { Cursors } from '../events/cursor.ts'
import type { Feed } from '../events/feed.ts'
import { headOf } from '../http/snapshot.ts'
import { backfill } from './backfill.ts'
import { type Holdings, readHoldings } from './holdings.ts'
import { type ListChanges, startListChanges } from './list-changes.ts'
import { eventFrame } from './public-event.ts'
import { type Audience, concernedBy, createAudience, offer, type Subscriber } from './subscriber.ts'

/** Everything that the sockets of one organization share on this server: one reading of the log, each event written once. */
export type Hub = AsyncDisposable & {
  readonly audience: Audience
  readonly holdings: Holdings
  readonly cursorAt: (position: number) => string
  /** Position of a cursor, or null when it is forged or of another epoch. */
  positionOf(cursor: string): number | null
  readonly position: number
  /** Hands over everything behind `subscriber.position` and goes on live; resolves when the reader has caught up. */
  join(subscriber: Subscriber, signal: AbortSignal): Promise<void>
  leave(subscriber: Subscriber): void
}

export type HubPorts = {
  readonly database: Database
  readonly feed: Feed
  readonly cursors: Cursors
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** @param onRewritten the log was begun anew, and nobody had said so: what the hub knows belongs to the old one */
const isMove = ({ type }: LoggedEvent) =>
  type === 'session.assigned' ||
  type === 'session.queued' ||
  type === 'session.closed' ||
  type === 'session.offered' ||
  type === 'session.offer-ended' ||
  type.startsWith('session.broadcast')

export async function openHub(org: string, ports: HubPorts, onRewritten: () => void): Promise<Hub> {
  const start = await ports.database.withOrganization(
    org,
    async (tx) => {
      const { head, epoch } = await headOf(tx, org)
      return { head, epoch, holdings: await readHoldings(tx, org) }
    },
    { readOnly: true, isolation: 'repeatable read' },
  )
  const { epoch, holdings } = start
  const stop = new AbortController()
  const audience = createAudience()
  const cursorAt = (position: number) => ports.cursors.encode(epoch, position)
  let position = start.head
  const list: ListChanges = startListChanges(org, { ...ports, audience, holdings, cursor: () => cursorAt(position) })

  const running = follow().catch(ports.onError)

  async function follow() {
    for await (const events of ports.feed.follow(org, start.head, { signal: stop.signal, epoch })) hand(events)
    if (!stop.signal.aborted) onRewritten()
  }

  function hand(events: readonly LoggedEvent[]) {
    for (const event of events) {
      const frame = eventFrame(event, cursorAt)
      const agents = concernedBy(holdings, frame)
      const concerns = (agentId: string) => agents.includes(agentId)
      for (const subscriber of audience.of(frame.conversationId, agents)) offer(subscriber, frame, concerns)
      if (frame.conversationId !== null) list.changed(frame.conversationId, isMove(event))
    }
    position = events.at(-1)?.position ?? position
  }

  return {
    audience,
    holdings,
    cursorAt,
    positionOf: (cursor) => ports.cursors.decode(epoch, cursor),
    get position() {
      return position
    },
    async join(subscriber, signal) {
      const reading = { ...ports, cursorAt, holdings, position: () => position, signal }
      // Events may arrive while `await` hands control back: the look that counts is the last one, with no `await` behind it.
      while (subscriber.position < position && !signal.aborted) await backfill(org, subscriber, reading)
      if (signal.aborted) return
      audience.add(subscriber)
      list.greet(subscriber)
    },
    leave: (subscriber) => audience.remove(subscriber),
    async [Symbol.asyncDispose]() {
      stop.abort()
      list[Symbol.dispose]()
      await running
    },
  }
}
