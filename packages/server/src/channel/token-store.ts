import type { Database } from '../database/client.ts'
import type { SecretBox } from '../identity/secret-box.ts'
import type { ChannelAccount } from './account-directory.ts'
import type { TokenStore } from './tokens.ts'

type Row = { token: Uint8Array | null; expires_at: number | null; renewed_at: number | null; refusals: number }

/** Table upstream_token. The lock's time is the database's: servers' clocks may differ, and a lock must not last longer for one. */
export function createTokenStore(database: Database, secretBox: SecretBox): TokenStore {
  const keyOf = ({ organizationId, settings }: ChannelAccount) => [organizationId, settings.accountId]

  /** The token is sealed with its appid, so that an account that became another's does not go on with the old one's token. */
  function opened(account: ChannelAccount, sealed: Uint8Array): string | null {
    const [appId, token] = secretBox.open(account.organizationId, sealed).split('\n')
    return appId === account.settings.appId && token !== undefined ? token : null
  }

  return {
    async read(account) {
      const { rows } = await database.withWorker((tx) =>
        tx.query<Row>({
          name: 'token_read',
          text: 'select token, expires_at, renewed_at, refusals from upstream_token where org_id = $1 and account_id = $2',
          values: keyOf(account),
        }),
      )
      const [row] = rows
      if (row === undefined || row.token === null || row.expires_at === null) return null
      const token = opened(account, row.token)
      if (token === null) return null
      return { token, expiresAtMs: row.expires_at, renewedAtMs: row.renewed_at, losses: row.refusals }
    },
    async lock(account, forMs) {
      const { rowCount } = await database.withWorker((tx) =>
        tx.query({
          name: 'token_lock',
          text: `insert into upstream_token (org_id, account_id, locked_until)
            values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
            on conflict (org_id, account_id) do update set locked_until = excluded.locked_until
            where upstream_token.locked_until is null or upstream_token.locked_until < clock_timestamp()`,
          values: [...keyOf(account), forMs],
        }),
      )
      return rowCount === 1
    },
    async save(account, { token, expiresAtMs, renewedAtMs, losses }) {
      const sealed = secretBox.seal(account.organizationId, `${account.settings.appId}\n${token}`)
      await database.withWorker((tx) =>
        tx.query({
          name: 'token_save',
          text: `update upstream_token set previous = token, token = $3, expires_at = to_timestamp($4::double precision / 1000),
              fetched_at = clock_timestamp(), renewed_at = to_timestamp($5::double precision / 1000), refusals = $6, locked_until = null
            where org_id = $1 and account_id = $2`,
          values: [...keyOf(account), Buffer.from(sealed), expiresAtMs, renewedAtMs, losses],
        }),
      )
    },
    async unlock(account) {
      await database.withWorker((tx) =>
        tx.query({
          name: 'token_unlock',
          text: 'update upstream_token set locked_until = null where org_id = $1 and account_id = $2',
          values: keyOf(account),
        }),
      )
    },
  }
}
