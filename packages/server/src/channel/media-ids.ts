import type { Database, Transaction } from '../database/client.ts'
import type { MediaKind } from './translate.ts'

/** Of one account: a media id of WeChat's means nothing elsewhere. */
export type MediaOwner = { readonly organizationId: string; readonly accountId: string }
/** WeChat's name of a file and ours; null for one that WeChat does not have. */
export type MediaNames = { readonly ours: string; readonly theirs: string | null }

/** WeChat's media ids and ours are two names of the same file. Apps may give either. */
export type MediaIds = {
  /** A file by either name; one that is new to us is WeChat's, and is fetched for the record. */
  namesOf(owner: MediaOwner, eitherId: string, kind: MediaKind): Promise<MediaNames>
  /** Null for one that we do not have. */
  known(owner: MediaOwner, eitherId: string): Promise<MediaNames | null>
}

type Row = { readonly media_id: string; readonly wechat_media_id: string | null }

export function createMediaIds(ports: {
  readonly database: Database
  readonly drawMediaId: () => string
  readonly nowMs: () => number
  readonly onAdded: () => void
}): MediaIds {
  const { database } = ports

  async function find(tx: Transaction, { organizationId, accountId }: MediaOwner, id: string) {
    const { rows } = await tx.query<Row>({
      name: 'media_by_either_id',
      text: `select media_id, wechat_media_id from media where org_id = $1 and account_id = $2 and wechat_media_id = $3
        union all select media_id, wechat_media_id from media where org_id = $1 and media_id = $3 limit 1`,
      values: [organizationId, accountId, id],
    })
    const [row] = rows
    return row === undefined ? null : { ours: row.media_id, theirs: row.wechat_media_id }
  }

  return {
    known: (owner, id) => database.withOrganization(owner.organizationId, (tx) => find(tx, owner, id)),
    async namesOf(owner, id, kind) {
      const { organizationId, accountId } = owner
      const added = await database.withOrganization(organizationId, async (tx) => {
        const known = await find(tx, owner, id)
        if (known !== null) return { ...known, isNew: false }
        const ours = ports.drawMediaId()
        await tx.query({
          name: 'media_of_app',
          text: `insert into media (org_id, media_id, account_id, kind, wechat_media_id, state, not_before, created_at)
            select $1, $2, $3, $4, $5, 'pending', at.at, at.at
            from (select to_timestamp($6::double precision / 1000) as at) as at`,
          values: [organizationId, ours, accountId, kind, id, ports.nowMs()],
        })
        return { ours, theirs: id, isNew: true }
      })
      const { isNew, ...names } = added
      if (isNew) ports.onAdded()
      return names
    },
  }
}
