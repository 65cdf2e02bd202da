import { setTimeout as sleep } from 'node:timers/promises'
import type { LoggedEvent } from '@duoke/contract'
import type { Database, Transaction } from '../database/client.ts'
import type { Feed } from './feed.ts'
import { readEvents } from './rows.ts'
import { createTurns } from './turns.ts'

/**
 * A reader of the log that keeps tables of its own. It commits its position and its code's version with its effect,
 * under its own row's lock, so that one server works at a time and each event has its effect once.
 */
export type FollowerDefinition = {
  readonly name: string
  /** Raised whenever the effect of an old event changes: the follower then empties its tables and reads from the start. */
  readonly version: number
  /** So long it rests after each piece of work while events come in; what came meanwhile is one transaction. */
  readonly pauseMs?: number
  /**
   * Empties a bounded part of the follower's tables for one organization: a statement has two seconds. Called again, each
   * time in a transaction of its own, until it answers `empty`.
   */
  reset(tx: Transaction, organizationId: string): Promise<'empty' | 'more'>
  apply(tx: Transaction, organizationId: string, events: readonly LoggedEvent[]): Promise<void>
}

export type RunningFollower = AsyncDisposable & {
  /** Begins to follow an organization; further calls for the same one do nothing. */
  add(organizationId: string): void
}

export type FollowerPorts = {
  readonly database: Database
  readonly feed: Pick<Feed, 'follow'>
  readonly onError: (name: string, error: unknown) => void
  /** After a failure. */
  readonly retryMs?: number
}

const pageSize = 500
/** Organizations that are worked up at the same time: a rebuild of many leaves connections for others. */
const atOnce = 3

export function startFollower(definition: FollowerDefinition, ports: FollowerPorts): RunningFollower {
  const { database, feed, onError, retryMs = 1000 } = ports
  const stop = new AbortController()
  const { signal } = stop
  const running = new Map<string, Promise<void>>()
  const inTurn = createTurns(atOnce)

  const work = (organizationId: string, fresh: readonly LoggedEvent[]) =>
    inTurn(() => advance(definition, { database, signal }, organizationId, fresh))

  /** Ends early when the follower is stopped; its loops then end too. */
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => {})

  async function run(organizationId: string) {
    while (!signal.aborted) {
      try {
        let position = await work(organizationId, [])
        for await (const events of feed.follow(organizationId, position, { signal })) {
          if ((events.at(-1)?.position ?? 0) <= position) continue
          position = await work(organizationId, events)
          if (definition.pauseMs !== undefined) await pause(definition.pauseMs)
        }
      } catch (error) {
        if (signal.aborted) return
        onError(definition.name, error)
        await pause(retryMs)
      }
    }
  }

  return {
    add(organizationId) {
      if (!running.has(organizationId)) running.set(organizationId, run(organizationId))
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(running.values())
    },
  }
}

/** Works up everything there is, page by page, unless it is stopped; returns the position reached. */
export async function advance(
  definition: FollowerDefinition,
  { database, signal }: { readonly database: Database; readonly signal?: AbortSignal },
  organizationId: string,
  fresh: readonly LoggedEvent[] = [],
): Promise<number> {
  let position = 0
  for (let done = false; !done && signal?.aborted !== true; ) {
    const page = await database.withOrganization(
      organizationId,
      (tx) => advanceOnePage(tx, definition, organizationId, fresh),
      { pool: 'read' },
    )
    position = page.position
    done = page.done
  }
  return position
}

type Page = { readonly position: number; readonly done: boolean }

async function advanceOnePage(
  tx: Transaction,
  definition: FollowerDefinition,
  organizationId: string,
  fresh: readonly LoggedEvent[],
): Promise<Page> {
  const row = await lockRow(tx, definition, organizationId)
  // A server with newer code is at work; what this one would do, its readers no longer expect.
  if (row.version > definition.version) return { position: row.position, done: true }
  if (row.version < definition.version) {
    if ((await definition.reset(tx, organizationId)) === 'empty') await mark(tx, definition, organizationId, 0)
    return { position: 0, done: false }
  }
  const { position } = row
  const next = position + 1 - (fresh[0]?.position ?? Number.POSITIVE_INFINITY)
  const isFresh = next >= 0 && next < fresh.length
  const events = isFresh ? fresh.slice(next, next + pageSize) : await readEvents(tx, organizationId, position, pageSize)
  const last = events.at(-1)
  if (last === undefined) return { position, done: true }
  await definition.apply(tx, organizationId, events)
  await mark(tx, definition, organizationId, last.position)
  return { position: last.position, done: events.length < pageSize }
}

type FollowerRow = { readonly version: number; readonly position: number }

async function lockRow(tx: Transaction, { name, version }: FollowerDefinition, organizationId: string) {
  const values = [organizationId, name]
  const text = 'select version, position from follower where org_id = $1 and name = $2 for update'
  const found = await tx.query<FollowerRow>({ name: 'follower_lock', text, values })
  if (found.rows[0] !== undefined) return found.rows[0]
  await tx.query({
    name: 'follower_begin',
    text: 'insert into follower (org_id, name, version, position) values ($1, $2, $3, 0) on conflict do nothing',
    values: [...values, version],
  })
  const begun = await tx.query<FollowerRow>({ name: 'follower_lock', text, values })
  return begun.rows[0] ?? { version, position: 0 }
}

async function mark(tx: Transaction, { name, version }: FollowerDefinition, organizationId: string, position: number) {
  await tx.query({
    name: 'follower_advance',
    text: 'update follower set version = $3, position = $4 where org_id = $1 and name = $2',
    values: [organizationId, name, version, position],
  })
}
