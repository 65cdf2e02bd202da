import type { LoggedEvent } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import { createFeedReader, type FeedReader } from './feed-reader.ts'
import type { Log } from './log.ts'
import { readEvents } from './rows.ts'

/** Tells the other servers that an organization's log has grown, and this one what the others appended. Never the truth. */
export type WakeUps = {
  publish(organizationId: string, position: number): void
  subscribe(listener: (organizationId: string, position: number) => void): () => void
}

export type Feed = Disposable & {
  /**
   * Every event of the organization behind `after`, in order, once: first from the table, then as they are appended. The
   * reader is as slow as it likes: what it has not taken is read from the table again. Ends when `signal` is aborted, and
   * when the organization's log was begun anew (another epoch than the one given, or first seen): the positions then count
   * other events. While the database does not answer it waits.
   */
  follow(organizationId: string, after: number, options: FollowOptions): AsyncIterable<readonly LoggedEvent[]>
  /** One page behind `after`; an empty one means that there is nothing yet. */
  read(organizationId: string, after: number, limit: number): Promise<LoggedEvent[]>
  head(organizationId: string): Promise<{ position: number; epoch: string } | null>
}

export type FollowOptions = {
  readonly signal: AbortSignal
  /** Of the log that `after` counts in. */
  readonly epoch?: string
}

export type FeedPorts = {
  readonly database: Database
  readonly log: Pick<Log, 'onAppended'>
  readonly wakeUps: WakeUps
  readonly onError?: (error: unknown) => void
  /** A lost wake-up costs a moment, never an event (F13): so often the heads of all followed logs are looked at, together. */
  readonly pollMs?: number
}

const pageSize = 500

export function createFeed(ports: FeedPorts): Feed {
  const { database, log, wakeUps, pollMs = 1000, onError = () => {} } = ports
  const readers = new Map<string, Set<FeedReader>>()

  const stopLog = log.onAppended((batch) => {
    const events = batch.sealed.map((one) => one.event)
    for (const reader of readers.get(batch.organizationId) ?? []) reader.offer(events)
    wakeUps.publish(batch.organizationId, batch.state.position)
  })
  const stopWakeUps = wakeUps.subscribe((organizationId) => {
    for (const reader of readers.get(organizationId) ?? []) reader.wake()
  })
  const stopPolling = pollHeads({ database, readers, pollMs, onError })

  const read: Feed['read'] = (organizationId, after, limit) =>
    database.withOrganization(organizationId, (tx) => readEvents(tx, organizationId, after, limit), {
      pool: 'read',
      readOnly: true,
    })

  async function* follow(organizationId: string, after: number, { signal, epoch }: FollowOptions) {
    const reader = createFeedReader(after, epoch)
    const end = () => reader.end()
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    add(readers, organizationId, reader)
    try {
      while (!reader.hasEnded) {
        reader.beginLooking()
        let events = reader.takeLive()
        if (events === null && reader.mayBeBehind) {
          reader.beginAsking()
          try {
            events = await read(organizationId, reader.position, pageSize)
          } catch (error) {
            onError(error)
            reader.askAgain()
            await reader.woken(pollMs)
            continue
          }
          if (events.length > 0) reader.askAgain()
        }
        if (reader.hasEnded) return
        const last = events?.at(-1)
        if (events === null || last === undefined) await reader.woken()
        else {
          reader.position = last.position
          yield events
        }
      }
    } finally {
      signal.removeEventListener('abort', end)
      remove(readers, organizationId, reader)
    }
  }

  return {
    follow,
    read,
    head: (organizationId) => readHead(database, organizationId),
    [Symbol.dispose]() {
      stopLog()
      stopWakeUps()
      stopPolling()
      for (const set of readers.values()) for (const reader of set) reader.end()
    },
  }
}

type Readers = Map<string, Set<FeedReader>>

function add(readers: Readers, organizationId: string, reader: FeedReader): void {
  const set = readers.get(organizationId) ?? new Set()
  set.add(reader)
  readers.set(organizationId, set)
}

function remove(readers: Readers, organizationId: string, reader: FeedReader): void {
  const set = readers.get(organizationId)
  set?.delete(reader)
  if (set?.size === 0) readers.delete(organizationId)
}

/** One statement for all readers of this server, however many they are. */
function pollHeads(ports: {
  readonly database: Database
  readonly readers: Readers
  readonly pollMs: number
  readonly onError: (error: unknown) => void
}): () => void {
  const { database, readers, pollMs, onError } = ports
  let isLooking = false
  let isStopped = false

  async function look() {
    // A position that was reached before the question cannot lie beyond the answer.
    const asked = [...readers].map(([org, set]) => ({
      org,
      at: [...set].map((reader) => ({ reader, position: reader.position })),
    }))
    const { rows } = await database.withWorker(
      (tx) =>
        tx.query<{ org_id: string; head: number; epoch: string }>({
          name: 'feed_heads',
          text: 'select org_id, head, epoch from organization where org_id = any($1::text[])',
          values: [asked.map(({ org }) => org)],
        }),
      { readOnly: true },
    )
    const heads = new Map(rows.map((row) => [row.org_id, row]))
    for (const { org, at } of asked) {
      const head = heads.get(org)
      if (head !== undefined) for (const { reader, position } of at) reader.see(head, position)
    }
  }

  const timer = setInterval(() => {
    if (isLooking || readers.size === 0) return
    isLooking = true
    look()
      .catch((error: unknown) => {
        if (!isStopped) onError(error)
      })
      .finally(() => {
        isLooking = false
      })
  }, pollMs)
  timer.unref()
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}

function readHead(database: Database, organizationId: string) {
  return database.withOrganization(
    organizationId,
    async (tx) => {
      const { rows } = await tx.query<{ head: number; epoch: string }>({
        name: 'feed_head',
        text: 'select head, epoch from organization where org_id = $1',
        values: [organizationId],
      })
      const row = rows[0]
      return row === undefined ? null : { position: row.head, epoch: row.epoch }
    },
    { pool: 'read', readOnly: true },
  )
}
