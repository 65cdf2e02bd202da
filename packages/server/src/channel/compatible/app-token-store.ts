import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../../database/client.ts'
import type { SecretBox } from '../../identity/secret-box.ts'

export type TokenKind = 'plain' | 'stable'
export type AppIdentity = { readonly organizationId: string; readonly appId: string; readonly wechatAppId: string }
export type KnownToken = {
  readonly organizationId: string
  readonly appId: string
  readonly wechatAppId: string
  /** When it would have ended by itself. */
  readonly expiresAtMs: number
  /** When it ends: earlier than `expiresAtMs` for one that was replaced. */
  readonly endsAtMs: number
}
export type CurrentToken = { readonly token: string; readonly expiresAtMs: number }
export type Forcing = { readonly lastMs: number | null; readonly day: string; readonly count: number }

/** One kind of token of one app on one account, locked: whoever issues next waits. */
export type TokenSeries = {
  current(): Promise<CurrentToken | null>
  readonly forcing: Forcing
  setForcing(forcing: Forcing): Promise<void>
  /** No token of the series outlives this moment. */
  endOthers(atMs: number): Promise<void>
  add(token: string, issuedAtMs: number, expiresAtMs: number): Promise<void>
}
export type AppTokenStore = {
  find(token: string): Promise<KnownToken | null>
  issue<T>(app: AppIdentity, kind: TokenKind, work: (series: TokenSeries) => Promise<T>): Promise<T>
}

/** Long enough to say "replaced" or "expired" instead of "unknown" about any token that somebody may still hold. */
const rememberedMs = 2 * 24 * 3_600_000
const at = (index: number) => `to_timestamp($${index}::double precision / 1000)`

export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Tables app_token and app_token_series. A token is found by its digest; the current one of a series can be told again. */
export function createAppTokenStore(database: Database, box: Pick<SecretBox, 'seal' | 'open'>): AppTokenStore {
  return {
    async find(token) {
      type Row = { org_id: string; app_id: string; wechat_app_id: string; expires_at: number; ends_at: number }
      const { rows } = await database.withWorker(
        (tx) =>
          tx.query<Row>({
            name: 'app_token_find',
            text: 'select org_id, app_id, wechat_app_id, expires_at, ends_at from app_token where token_hash = $1',
            values: [digestOf(token)],
          }),
        { readOnly: true },
      )
      const [row] = rows
      if (row === undefined) return null
      const { org_id: organizationId, app_id: appId, wechat_app_id: wechatAppId } = row
      return { organizationId, appId, wechatAppId, expiresAtMs: row.expires_at, endsAtMs: row.ends_at }
    },
    issue: (app, kind, work) =>
      database.withWorker(async (tx) => work(createSeries(tx, { app, kind, box, forcing: await lock(tx, app, kind) }))),
  }
}

/** The row's lock orders those who issue, on all servers. */
async function lock(tx: Transaction, app: AppIdentity, kind: TokenKind): Promise<Forcing> {
  const { rows } = await tx.query<{ forced_at: number | null; forced_day: string; forced_count: number }>({
    name: 'app_token_lock',
    text: `insert into app_token_series (org_id, wechat_app_id, kind) values ($1, $2, $3)
      on conflict (wechat_app_id, kind) do update set org_id = excluded.org_id
      returning forced_at, forced_day, forced_count`,
    values: [app.organizationId, app.wechatAppId, kind],
  })
  const [row] = rows
  return { lastMs: row?.forced_at ?? null, day: row?.forced_day ?? '', count: row?.forced_count ?? 0 }
}

type SeriesPorts = {
  readonly app: AppIdentity
  readonly kind: TokenKind
  readonly box: Pick<SecretBox, 'seal' | 'open'>
  readonly forcing: Forcing
}

function createSeries(tx: Transaction, { app, kind, box, forcing }: SeriesPorts): TokenSeries {
  const mine = [app.wechatAppId, kind]
  return {
    forcing,
    async current() {
      const { rows } = await tx.query<{ sealed: Uint8Array; expires_at: number }>({
        name: 'app_token_current',
        text: `select sealed, expires_at from app_token
          where wechat_app_id = $1 and kind = $2 and org_id = $3 and app_id = $4 and ends_at = expires_at
          order by expires_at desc limit 1`,
        values: [...mine, app.organizationId, app.appId],
      })
      const [row] = rows
      return row === undefined ? null : { token: box.open(app.organizationId, row.sealed), expiresAtMs: row.expires_at }
    },
    async setForcing({ lastMs, day, count }) {
      await tx.query({
        name: 'app_token_forced',
        text: `update app_token_series set forced_at = ${at(3)}, forced_day = $4, forced_count = $5
          where wechat_app_id = $1 and kind = $2`,
        values: [...mine, lastMs, day, count],
      })
    },
    async endOthers(atMs) {
      await tx.query({
        name: 'app_token_end',
        text: `update app_token set ends_at = least(ends_at, ${at(3)})
          where wechat_app_id = $1 and kind = $2 and ends_at > ${at(3)}`,
        values: [...mine, atMs],
      })
    },
    async add(token, issuedAtMs, expiresAtMs) {
      await tx.query({
        name: 'app_token_forget',
        text: `delete from app_token where wechat_app_id = $1 and kind = $2 and expires_at < ${at(3)}`,
        values: [...mine, issuedAtMs - rememberedMs],
      })
      const sealed = Buffer.from(box.seal(app.organizationId, token))
      await tx.query({
        name: 'app_token_add',
        text: `insert into app_token (token_hash, org_id, app_id, wechat_app_id, kind, sealed, issued_at, expires_at, ends_at)
          values ($1, $2, $3, $4, $5, $6, ${at(7)}, ${at(8)}, ${at(8)})`,
        values: [digestOf(token), app.organizationId, app.appId, ...mine, sealed, issuedAtMs, expiresAtMs],
      })
    },
  }
}
