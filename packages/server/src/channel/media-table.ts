import type { Database, Transaction } from '../database/client.ts'
import type { MediaKind } from './translate.ts'

/** A received file that is still with WeChat. */
export type PendingMedia = {
  readonly organizationId: string
  readonly mediaId: string
  readonly accountId: string
  readonly upstreamId: string
  readonly attempts: number
  readonly createdAtMs: number
}
export type StoredMedia = { readonly sha256: Uint8Array; readonly contentType: string; readonly size: number }
/** `playable`: where a voice is in a form that browsers play. */
export type KnownMedia =
  | ({ readonly state: 'stored'; readonly playable: Uint8Array | null } & StoredMedia)
  | { readonly state: 'pending' | 'expired' }
/** A file's name at WeChat, which it has for one account. */
export type UpstreamName = { readonly id: string; readonly accountId: string; readonly sinceMs: number }
export type UploadKey = {
  readonly organizationId: string
  readonly accountId: string
  readonly kind: MediaKind
  readonly sha256: Uint8Array
}

export type MediaTable = {
  find(organizationId: string, mediaId: string): Promise<KnownMedia | null>
  /** Null for a file that did not come from WeChat. */
  nameAtWechat(organizationId: string, mediaId: string): Promise<UpstreamName | null>
  /** Leased: no other server takes them for `leaseMs`. */
  takePending(limit: number, leaseMs: number): Promise<readonly PendingMedia[]>
  /** We are still at it: nobody else takes it for another `leaseMs`. */
  renew(media: PendingMedia, leaseMs: number): Promise<void>
  setStored(media: PendingMedia, stored: StoredMedia): Promise<void>
  setPlayable(organizationId: string, mediaId: string, sha256: Uint8Array): Promise<void>
  postpone(media: PendingMedia, delayMs: number): Promise<void>
  expire(media: PendingMedia): Promise<void>
  /** WeChat's id of a file that the account uploaded less than `maxAgeMs` ago. */
  uploaded(key: UploadKey, maxAgeMs: number): Promise<string | null>
  saveUploaded(key: UploadKey, upstreamId: string): Promise<void>
  /** Forgets that id alone: somebody may have uploaded the file again meanwhile. */
  forgetUploaded(key: UploadKey, upstreamId: string): Promise<void>
}

type FoundRow = {
  state: 'pending' | 'stored' | 'expired'
  sha256: Uint8Array | null
  playable_sha256: Uint8Array | null
  content_type: string | null
  size: number | null
}
type PendingRow = {
  org_id: string
  media_id: string
  account_id: string
  wechat_media_id: string
  attempts: number
  created_at: number
}

type Run = <Row>(name: string, text: string, values: readonly unknown[]) => Promise<{ rows: Row[] }>
type Tools = { readonly run: Run; readonly nowMs: () => number | null }
type UploadRows = Pick<MediaTable, 'uploaded' | 'saveUploaded' | 'forgetUploaded'>

/** SQL of the moment: the one given as a parameter, or the database's own. */
const now = (index: number) => `coalesce(to_timestamp($${index}::double precision / 1000), clock_timestamp())`

/** Tables media and uploaded_media. @param nowMs time for tests and simulations; otherwise the database's clock */
export function createMediaTable(database: Database, nowMs: () => number | null = () => null): MediaTable {
  const run: Run = (name, text, values) => database.withWorker((tx: Transaction) => tx.query({ name, text, values }))
  return { ...mediaRows({ run, nowMs }), ...uploadRows({ run, nowMs }) }
}

function mediaRows({ run, nowMs }: Tools): Omit<MediaTable, keyof UploadRows> {
  return {
    async find(organizationId, mediaId) {
      const text =
        'select state, sha256, playable_sha256, content_type, size from media where org_id = $1 and media_id = $2'
      const { rows } = await run<FoundRow>('media_find', text, [organizationId, mediaId])
      const [row] = rows
      if (row === undefined) return null
      if (row.state !== 'stored') return { state: row.state }
      if (row.sha256 === null) return { state: 'expired' }
      const { sha256, playable_sha256: playable } = row
      return { state: 'stored', sha256, playable, contentType: row.content_type ?? '', size: row.size ?? 0 }
    },
    async nameAtWechat(organizationId, mediaId) {
      const text = `select wechat_media_id, account_id, created_at from media
        where org_id = $1 and media_id = $2 and wechat_media_id is not null and account_id is not null`
      type Row = Pick<PendingRow, 'wechat_media_id' | 'account_id' | 'created_at'>
      const { rows } = await run<Row>('media_name', text, [organizationId, mediaId])
      const [row] = rows
      if (row === undefined) return null
      return { id: row.wechat_media_id, accountId: row.account_id, sinceMs: row.created_at }
    },
    async takePending(limit, leaseMs) {
      const text = `with mine as (
          select org_id, media_id from media where state = 'pending' and not_before <= ${now(3)}
          order by not_before limit $1 for update skip locked)
        update media m set attempts = m.attempts + 1, not_before = ${now(3)} + $2 * interval '1 millisecond'
        from mine where m.org_id = mine.org_id and m.media_id = mine.media_id
        returning m.org_id, m.media_id, m.account_id, m.wechat_media_id, m.attempts, m.created_at`
      const { rows } = await run<PendingRow>('media_take', text, [limit, leaseMs, nowMs()])
      return rows.map((row) => ({
        organizationId: row.org_id,
        mediaId: row.media_id,
        accountId: row.account_id,
        upstreamId: row.wechat_media_id,
        attempts: row.attempts,
        createdAtMs: row.created_at,
      }))
    },
    async renew({ organizationId, mediaId, attempts }, leaseMs) {
      // Not when another server has taken it meanwhile: the lease is theirs.
      const text = `update media set not_before = ${now(5)} + $4 * interval '1 millisecond'
        where org_id = $1 and media_id = $2 and attempts = $3 and state = 'pending'`
      await run('media_renew', text, [organizationId, mediaId, attempts, leaseMs, nowMs()])
    },
    async setStored({ organizationId, mediaId }, { sha256, contentType, size }) {
      const text = `update media set state = 'stored', sha256 = $3, content_type = $4, size = $5, fetched_at = clock_timestamp()
        where org_id = $1 and media_id = $2`
      await run('media_stored', text, [organizationId, mediaId, Buffer.from(sha256), contentType, size])
    },
    async setPlayable(organizationId, mediaId, sha256) {
      const text = 'update media set playable_sha256 = $3 where org_id = $1 and media_id = $2'
      await run('media_playable', text, [organizationId, mediaId, Buffer.from(sha256)])
    },
    async postpone({ organizationId, mediaId }, delayMs) {
      const text = `update media set not_before = ${now(4)} + $3 * interval '1 millisecond' where org_id = $1 and media_id = $2`
      await run('media_postpone', text, [organizationId, mediaId, delayMs, nowMs()])
    },
    async expire({ organizationId, mediaId }) {
      const text = `update media set state = 'expired' where org_id = $1 and media_id = $2 and state = 'pending'`
      await run('media_expire', text, [organizationId, mediaId])
    },
  }
}

function uploadRows({ run, nowMs }: Tools): UploadRows {
  const keyOf = (key: UploadKey) => [key.organizationId, key.accountId, key.kind, Buffer.from(key.sha256)]
  const whose = 'org_id = $1 and account_id = $2 and kind = $3 and sha256 = $4'
  return {
    async uploaded(key, maxAgeMs) {
      const text = `select wechat_media_id from uploaded_media
        where ${whose} and uploaded_at > ${now(6)} - $5 * interval '1 millisecond'`
      const { rows } = await run<{ wechat_media_id: string }>('media_uploaded', text, [
        ...keyOf(key),
        maxAgeMs,
        nowMs(),
      ])
      return rows[0]?.wechat_media_id ?? null
    },
    async saveUploaded(key, upstreamId) {
      const text = `insert into uploaded_media (org_id, account_id, kind, sha256, wechat_media_id, uploaded_at)
        values ($1, $2, $3, $4, $5, ${now(6)})
        on conflict (org_id, account_id, kind, sha256)
        do update set wechat_media_id = excluded.wechat_media_id, uploaded_at = excluded.uploaded_at`
      await run('media_save_uploaded', text, [...keyOf(key), upstreamId, nowMs()])
    },
    async forgetUploaded(key, upstreamId) {
      const text = `delete from uploaded_media where ${whose} and wechat_media_id = $5`
      await run('media_forget_uploaded', text, [...keyOf(key), upstreamId])
    },
  }
}
