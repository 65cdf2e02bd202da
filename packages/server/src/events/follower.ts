import { setTimeout as sleep } from 'node:timers/promises'
import type { LoggedEvent } from '@duoke/contract'
import type { Database, Transaction } from '../database/client.ts'
import type { Feed } from './feed.ts'
import { readEvents } from './rows.ts'
import { createTurns } from './turns.ts'

/**
 * A reader of the log that keeps tables of its own. It commits its position and its code's version with its effect,
 * under its own row's lock, so that one server works at a time and each event has its effect once.
 *
 * Its rows carry the version of the code that built them: newer code builds beside what is read, swaps when it has caught
 * up, and then clears away what is older. Until then readers see the old build, which servers with older code keep fresh.
 */
export type FollowerDefinition = {
  readonly name: string
  /** Raised whenever the effect of an old event changes: the follower then builds anew, from the first event. */
  readonly version: number
  /** So long it rests after each piece of work while events come in; what came meanwhile is one transaction. */
  readonly pauseMs?: number
  /**
   * Clears away a bounded part of one organization's rows that belong to no build of `kept`: a statement has two seconds.
   * Called again, each time in a transaction of its own, until it answers `empty`.
   */
  clear(tx: Transaction, organizationId: string, kept: readonly number[]): Promise<'empty' | 'more'>
  /** Writes rows of the build: `version`. */
  apply(tx: Transaction, organizationId: string, events: readonly LoggedEvent[], build: number): Promise<void>
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

  const work = (organizationId: string, fresh: Fresh) =>
    inTurn(() => workUp(definition, { database, signal }, organizationId, fresh))

  /** Ends early when the follower is stopped; its loops then end too. */
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false }).catch(() => {})

  async function run(organizationId: string) {
    while (!signal.aborted) {
      try {
        let { position, epoch } = await work(organizationId, nothingFresh)
        for await (const events of feed.follow(organizationId, position, { signal, epoch })) {
          if ((events.at(-1)?.position ?? 0) <= position) continue
          position = (await work(organizationId, { epoch, events })).position
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
): Promise<number> {
  const ports = signal === undefined ? { database } : { database, signal }
  return (await workUp(definition, ports, organizationId, nothingFresh)).position
}

/** Events in memory, and the log that they are of: a restored backup counts other events at the same positions. */
type Fresh = { readonly epoch: string; readonly events: readonly LoggedEvent[] }
const nothingFresh: Fresh = { epoch: '', events: [] }

async function workUp(
  definition: FollowerDefinition,
  { database, signal }: { readonly database: Database; readonly signal?: AbortSignal },
  organizationId: string,
  fresh: Fresh,
): Promise<{ readonly position: number; readonly epoch: string }> {
  let reached = { position: 0, epoch: '' }
  for (let done = false; !done && signal?.aborted !== true; ) {
    const { position, epoch, ...page } = await database.withOrganization(
      organizationId,
      (tx) => advanceOnePage(tx, definition, organizationId, fresh),
      { pool: 'read' },
    )
    reached = { position, epoch }
    done = page.done
  }
  return reached
}

type Page = { readonly position: number; readonly epoch: string; readonly done: boolean }

async function advanceOnePage(
  tx: Transaction,
  definition: FollowerDefinition,
  organizationId: string,
  fresh: Fresh,
): Promise<Page> {
  const row = await lockRow(tx, definition, organizationId)
  const { epoch } = row
  // A server with newer code is at work; what this one would do, its readers no longer expect.
  if (row.version > definition.version) return { position: row.position, epoch, done: true }
  if (row.version < definition.version) return buildOnePage(tx, definition, organizationId, row)
  const { position } = row
  const next = position + 1 - (fresh.events[0]?.position ?? Number.POSITIVE_INFINITY)
  const isFresh = fresh.epoch === epoch && next >= 0 && next < fresh.events.length
  const events = isFresh
    ? fresh.events.slice(next, next + pageSize)
    : await readEvents(tx, organizationId, position, pageSize)
  const last = events.at(-1)
  if (last !== undefined) await definition.apply(tx, organizationId, events, definition.version)
  const kept = row.building === null ? [row.version] : [row.version, row.building]
  const hasLeftovers = row.hasLeftovers && (await definition.clear(tx, organizationId, kept)) === 'more'
  const reached = last?.position ?? position
  if (last !== undefined || hasLeftovers !== row.hasLeftovers)
    await mark(tx, definition.name, organizationId, { ...row, position: reached, hasLeftovers })
  return { position: reached, epoch, done: events.length < pageSize && !hasLeftovers }
}

/** One page of a build beside the one that is read; the page that ends at the log's end swaps them. */
async function buildOnePage(
  tx: Transaction,
  definition: FollowerDefinition,
  organizationId: string,
  row: FollowerRow,
): Promise<Page> {
  const { version, name } = definition
  const { epoch } = row
  if (row.building !== null && row.building > version) return { position: row.position, epoch, done: true }
  if (row.building !== version) {
    // What an older code began to build and nobody completed goes first.
    const hasLeftovers = row.building !== null || row.hasLeftovers
    const isClear = !hasLeftovers || (await definition.clear(tx, organizationId, [row.version])) === 'empty'
    if (isClear) await mark(tx, name, organizationId, { ...row, building: version, buildingPosition: 0 })
    return { position: 0, epoch, done: false }
  }
  const events = await readEvents(tx, organizationId, row.buildingPosition, pageSize)
  if (events.length > 0) await definition.apply(tx, organizationId, events, definition.version)
  const position = events.at(-1)?.position ?? row.buildingPosition
  if (events.length === pageSize) {
    await mark(tx, name, organizationId, { ...row, buildingPosition: position })
    return { position: 0, epoch, done: false }
  }
  await mark(tx, name, organizationId, { version, position, building: null, buildingPosition: 0, hasLeftovers: true })
  return { position, epoch, done: false }
}

type FollowerRow = {
  /** Of the code that built what is read. */
  readonly version: number
  readonly position: number
  /** The newer version whose rows are being built beside it, and how far they are. */
  readonly building: number | null
  readonly buildingPosition: number
  /** Rows of other builds are there still. */
  readonly hasLeftovers: boolean
  /** Of the log that the positions count in. */
  readonly epoch: string
}

const columns = `version, position, building, building_position as "buildingPosition", has_leftovers as "hasLeftovers",
  coalesce((select epoch from organization where organization.org_id = follower.org_id), '') as epoch`

async function lockRow(
  tx: Transaction,
  { name, version }: FollowerDefinition,
  organizationId: string,
): Promise<FollowerRow> {
  const values = [organizationId, name]
  const text = `select ${columns} from follower where org_id = $1 and name = $2 for update`
  const found = await tx.query<FollowerRow>({ name: 'follower_lock', text, values })
  if (found.rows[0] !== undefined) return found.rows[0]
  await tx.query({
    name: 'follower_begin',
    text: 'insert into follower (org_id, name, version, position) values ($1, $2, $3, 0) on conflict do nothing',
    values: [...values, version],
  })
  const begun = await tx.query<FollowerRow>({ name: 'follower_lock', text, values })
  return begun.rows[0] ?? { version, position: 0, building: null, buildingPosition: 0, hasLeftovers: false, epoch: '' }
}

async function mark(tx: Transaction, name: string, organizationId: string, row: Omit<FollowerRow, 'epoch'>) {
  await tx.query({
    name: 'follower_advance',
    text: `update follower set version = $3, position = $4, building = $5, building_position = $6, has_leftovers = $7
      where org_id = $1 and name = $2`,
    values: [
      ...[organizationId, name, row.version, row.position],
      ...[row.building, row.buildingPosition, row.hasLeftovers],
    ],
  })
}
