import type { Database, Transaction } from '../../database/client.ts'
import type { MediaKind } from '../translate.ts'
import type { Caller } from './call.ts'

/** WeChat's media ids and ours are two names of the same file. */
export type MediaIds = {
  /** Our id of a file that the account's WeChat knows by this id; one that is new to us is fetched for the record. */
  ours(caller: Caller, wechatId: string, kind: MediaKind): Promise<string>
  /** Our id of a file by either name; null for one that we do not have. */
  known(caller: Caller, eitherId: string): Promise<string | null>
}

export function createMediaIds(ports: {
  readonly database: Database
  readonly drawMediaId: () => string
  readonly nowMs: () => number
  readonly onAdded: () => void
}): MediaIds {
  const { database } = ports

  async function find(tx: Transaction, { organizationId, account }: Caller, id: string): Promise<string | null> {
    const { rows } = await tx.query<{ media_id: string }>({
      name: 'media_by_either_id',
      text: `select media_id from media where org_id = $1 and account_id = $2 and wechat_media_id = $3
        union all select media_id from media where org_id = $1 and media_id = $3 limit 1`,
      values: [organizationId, account.settings.accountId, id],
    })
    return rows[0]?.media_id ?? null
  }

  return {
    known: (caller, id) => database.withOrganization(caller.organizationId, (tx) => find(tx, caller, id)),
    ours: (caller, wechatId, kind) =>
      database.withOrganization(caller.organizationId, async (tx) => {
        const known = await find(tx, caller, wechatId)
        if (known !== null) return known
        const mediaId = ports.drawMediaId()
        await tx.query({
          name: 'media_of_app',
          text: `insert into media (org_id, media_id, account_id, kind, wechat_media_id, state, not_before, created_at)
            select $1, $2, $3, $4, $5, 'pending', at.at, at.at
            from (select to_timestamp($6::double precision / 1000) as at) as at`,
          values: [caller.organizationId, mediaId, caller.account.settings.accountId, kind, wechatId, ports.nowMs()],
        })
        ports.onAdded()
        return mediaId
      }),
  }
}
