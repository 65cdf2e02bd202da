import type { Statement } from '../database/client.ts'
import type { AppliedBatch, Projection } from '../events/batch.ts'
import type { AppSecrets, CommandAttachment } from './attachment.ts'

/** What commands bring along: secrets, password hashes, media to fetch. */
export const writeAttachments: Projection = (batch) => {
  const brought = batch.accepted.flatMap(({ work, events }) => {
    const attachment = work.attachment as CommandAttachment | undefined // only our own callers submit
    return attachment === undefined ? [] : [{ work, events, attachment }]
  })
  if (brought.length === 0) return []
  const org = batch.organizationId
  const all = <T>(pick: (attachment: CommandAttachment) => Readonly<Record<string, T>> | undefined) =>
    new Map(brought.flatMap(({ attachment }) => Object.entries(pick(attachment) ?? {})))
  return [
    ...writeAccountSecrets(
      org,
      all((attachment) => attachment.accountSecrets),
    ),
    ...writeAppSecrets(
      org,
      brought.flatMap(({ attachment }) => attachment.appSecrets ?? []),
    ),
    ...writePasswords(
      org,
      all((attachment) => attachment.passwordHashes),
    ),
    ...writeMedia(batch, brought.flatMap(mediaOf)),
  ]
}

function writeAccountSecrets(org: string, secrets: ReadonlyMap<string, Uint8Array>): Statement[] {
  if (secrets.size === 0) return []
  const statement: Statement = {
    name: 'store_account_secrets',
    text: `update account as t set secrets = u.secrets
      from unnest($2::text[], $3::bytea[]) as u(id, secrets) where t.org_id = $1 and t.account_id = u.id`,
    values: [org, [...secrets.keys()], [...secrets.values()].map((bytes) => Buffer.from(bytes))],
  }
  return [statement]
}

/** Of two commands in one batch the later one counts. */
function writeAppSecrets(org: string, given: readonly AppSecrets[]): Statement[] {
  const rows = [...new Map(given.map((one) => [`${one.appId}\n${one.accountId}`, one])).values()]
  if (rows.length === 0) return []
  const statement: Statement = {
    name: 'store_app_secrets',
    text: `update app_attachment as t set secrets = u.secrets
      from unnest($2::text[], $3::text[], $4::bytea[]) as u(app_id, account_id, secrets)
      where t.org_id = $1 and t.app_id = u.app_id and t.account_id = u.account_id`,
    values: [
      org,
      rows.map(({ appId }) => appId),
      rows.map(({ accountId }) => accountId),
      rows.map(({ secrets }) => Buffer.from(secrets)),
    ],
  }
  return [statement]
}

function writePasswords(org: string, hashes: ReadonlyMap<string, string>): Statement[] {
  if (hashes.size === 0) return []
  const statement: Statement = {
    name: 'store_passwords',
    text: `insert into credential (org_id, agent_id, password_hash, changed_at)
      select $1, u.id, u.hash, now() from unnest($2::text[], $3::text[]) as u(id, hash)
      on conflict (org_id, agent_id) do update set password_hash = excluded.password_hash, changed_at = excluded.changed_at`,
    values: [org, [...hashes.keys()], [...hashes.values()]],
  }
  return [statement]
}

type Brought = Pick<AppliedBatch['accepted'][number], 'work' | 'events'> & { readonly attachment: CommandAttachment }
type MediaRow = {
  readonly mediaId: string
  readonly accountId: string | null
  readonly conversationId: string
  readonly kind: string
  readonly wechatMediaId: string
}

/** Only a message that was received has media to fetch. */
function mediaOf({ work, events, attachment }: Brought): MediaRow[] {
  const received = events.find((event) => event.type === 'message.received')
  if (received === undefined) return []
  const accountId = work.command.type === 'customer.act' ? work.command.accountId : null
  const { conversationId } = received.facts
  return (attachment.media ?? []).map((media) => ({ ...media, accountId, conversationId }))
}

function writeMedia(batch: AppliedBatch, rows: readonly MediaRow[]): Statement[] {
  if (rows.length === 0) return []
  const statement: Statement = {
    name: 'store_media',
    text: `insert into media (org_id, media_id, account_id, conversation_id, kind, wechat_media_id, state, attempts, not_before, created_at)
      select $1, u.media_id, u.account_id, u.conversation_id, u.kind, u.wechat_media_id, 'pending', 0, at.at, at.at
      from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
          as u(media_id, account_id, conversation_id, kind, wechat_media_id),
        (select to_timestamp($2::double precision / 1000) as at) as at`,
    values: [
      batch.organizationId,
      batch.atMs,
      rows.map((row) => row.mediaId),
      rows.map((row) => row.accountId),
      rows.map((row) => row.conversationId),
      rows.map((row) => row.kind),
      rows.map((row) => row.wechatMediaId),
    ],
  }
  return [statement]
}
