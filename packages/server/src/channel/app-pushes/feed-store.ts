import type { Database } from '../../database/client.ts'
import { type Delivery, type FeedKey, wasTaken, writeDeliveries } from './delivery-log.ts'
import { appPushLimits } from './limits.ts'

export type StoredFeed = {
  readonly key: FeedKey
  readonly position: number
  readonly verification: 'pending' | 'verified' | 'failed'
}

/** Tables app_feed and app_delivery. A feed is leased: one server at a time pushes, and another takes over when it is gone. */
export type FeedStore = {
  /** Takes what is free, keeps what is held, and answers all that this server may work on now. */
  lease(
    holder: string,
    options: { readonly forMs: number; readonly earlierRunsOf: string },
  ): Promise<readonly StoredFeed[]>
  release(holder: string): Promise<void>
  /** Writes the position and what led there. False: the feed is another server's, or is gone. */
  save(
    key: FeedKey,
    holder: string,
    progress: { readonly position: number; readonly deliveries: readonly Delivery[] },
  ): Promise<boolean>
  write(organizationId: string, deliveries: readonly Delivery[]): Promise<void>
  verified(key: FeedKey, verification: 'verified' | 'failed'): Promise<void>
  wasTaken(key: FeedKey, position: number): Promise<boolean>
  /** Whether everything of the conversation before `position` was pushed to the app, whichever server does that. */
  isBehind(key: FeedKey, conversationId: string, position: number): Promise<boolean>
  /** Takes away what is older than the delivery log is kept; a bounded part. */
  expire(nowMs: number): Promise<void>
}

type FeedRow = {
  readonly org_id: string
  readonly app_id: string
  readonly account_id: string
  readonly position: number
  readonly verification: StoredFeed['verification']
}

const expireAtOnce = 5_000

export function createFeedStore(database: Database, drawDeliveryId: () => string): FeedStore {
  return { ...createLeases(database), ...createProgress(database, drawDeliveryId), ...createFeedReads(database) }
}

function createLeases(database: Database): Pick<FeedStore, 'lease' | 'release'> {
  return {
    async lease(holder, { forMs, earlierRunsOf }) {
      const rows = await database.withWorker(async (tx) => {
        // A lease that lasts is left alone: most looks write nothing.
        await tx.query({
          name: 'app_feed_lease',
          text: `update app_feed set leased_by = $1, leased_until = clock_timestamp() + $2::int * interval '1 millisecond'
            where (leased_by = $1 and leased_until < clock_timestamp() + $2::int / 2 * interval '1 millisecond')
              or leased_by is null or leased_until < clock_timestamp() or (leased_by <> $1 and starts_with(leased_by, $3))`,
          values: [holder, forMs, earlierRunsOf],
        })
        const held = await tx.query<FeedRow>({
          name: 'app_feed_held',
          text: 'select org_id, app_id, account_id, position, verification from app_feed where leased_by = $1',
          values: [holder],
        })
        return held.rows
      })
      return rows.map((row) => ({
        key: { organizationId: row.org_id, appId: row.app_id, accountId: row.account_id },
        position: row.position,
        verification: row.verification,
      }))
    },
    async release(holder) {
      await database.withWorker((tx) =>
        tx.query({
          name: 'app_feed_release',
          text: 'update app_feed set leased_by = null, leased_until = null where leased_by = $1',
          values: [holder],
        }),
      )
    },
  }
}

type Progress = Pick<FeedStore, 'save' | 'write' | 'verified' | 'expire'>

function createProgress(database: Database, drawDeliveryId: () => string): Progress {
  return {
    save(key, holder, { position, deliveries }) {
      const { organizationId, appId, accountId } = key
      return database.withOrganization(organizationId, async (tx) => {
        const { rowCount } = await tx.query({
          name: 'app_feed_advance',
          text: `update app_feed set position = greatest(position, $5)
            where org_id = $1 and app_id = $2 and account_id = $3 and leased_by = $4`,
          values: [organizationId, appId, accountId, holder, position],
        })
        // What was tried was tried, whoever goes on.
        await writeDeliveries(tx, organizationId, deliveries, drawDeliveryId)
        return rowCount > 0
      })
    },
    write: (organizationId, deliveries) =>
      database.withOrganization(organizationId, (tx) =>
        writeDeliveries(tx, organizationId, deliveries, drawDeliveryId),
      ),
    async verified({ organizationId, appId, accountId }, verification) {
      await database.withOrganization(organizationId, (tx) =>
        tx.query({
          name: 'app_feed_verified',
          text: `update app_feed set verification = $4, verified_at = clock_timestamp()
            where org_id = $1 and app_id = $2 and account_id = $3`,
          values: [organizationId, appId, accountId, verification],
        }),
      )
    },
    async expire(nowMs) {
      const beforeMs = nowMs - appPushLimits.deliveriesKeptDays * 24 * 3_600_000
      await database.withWorker((tx) =>
        tx.query({
          name: 'app_delivery_expire',
          text: `delete from app_delivery where ctid in (
            select ctid from app_delivery where at < to_timestamp($1::double precision / 1000) limit ${expireAtOnce})`,
          values: [beforeMs],
        }),
      )
    },
  }
}

function createFeedReads(database: Database): Pick<FeedStore, 'wasTaken' | 'isBehind'> {
  return {
    wasTaken: (key, position) =>
      database.withOrganization(key.organizationId, (tx) => wasTaken(tx, key, position), { readOnly: true }),
    async isBehind({ organizationId, appId, accountId }, conversationId, position) {
      const { rows } = await database.withOrganization(
        organizationId,
        (tx) =>
          tx.query<{ behind: boolean }>({
            name: 'app_feed_behind',
            text: `select f.position < coalesce((
                select max(e.position) from event e where e.org_id = $1 and e.conversation_id = $4 and e.position < $5
                  and e.type in ('message.received', 'message.submitted', 'session.assigned', 'session.queued', 'session.closed')
              ), 0) as behind
              from app_feed f where f.org_id = $1 and f.app_id = $2 and f.account_id = $3`,
            values: [organizationId, appId, accountId, conversationId, position],
          }),
        { readOnly: true },
      )
      return rows[0]?.behind ?? true
    },
  }
}
