import type { AppAttachment, AppSettings } from '@duoke/contract'
import type { AppState } from '@duoke/domain'
import type { PushCredentials } from '@duoke/wechat'
import type { Database } from '../database/client.ts'
import type { SecretBox } from '../identity/secret-box.ts'
import { type AccountSecrets, credentialsOf, readSecrets } from './account-secrets.ts'

/** An app at an account with everything that speaking WeChat to it takes. Never leaves the channel: it holds secrets. */
export type ChannelAttachment = {
  readonly organizationId: string
  readonly app: AppSettings
  readonly attachment: AppAttachment
  /** It failed so often that it is neither asked nor pushed to. */
  readonly isSuspended: boolean
  /** `token` is empty while it has no push. */
  readonly secrets: AccountSecrets
}

export type AttachmentDirectory = {
  /** Calls name nothing but this; from memory when it is fresh enough. */
  byWechatAppId(wechatAppId: string): Promise<ChannelAttachment | null>
  /** Those at an account, by app id. */
  ofAccount(accountId: string): Promise<readonly ChannelAttachment[]>
  /** With what pushes to it are signed and sealed (the first of each), and its answers opened. */
  credentials(attachment: ChannelAttachment): PushCredentials
  /** Something about the organization's apps changed. */
  forget(organizationId: string): void
}

export type StoredAttachment = {
  readonly organizationId: string
  readonly accountId: string
  readonly app: AppState
  /** Sealed. */
  readonly secrets: Uint8Array | null
}
/** Reads across organizations: a call names only an appId, a push only its account. */
export type AttachmentStore = {
  find(which: { readonly wechatAppId: string } | { readonly accountId: string }): Promise<readonly StoredAttachment[]>
}

/** A change on another server is seen after this at the latest, a change on this one at once (F65). */
const freshForMs = 4_000
const mostRemembered = 10_000

type Entry = { readonly found: Promise<readonly ChannelAttachment[]>; readonly readMs: number; organizations: string[] }

export function createAttachmentDirectory(ports: {
  readonly store: AttachmentStore
  readonly secretBox: Pick<SecretBox, 'open'>
  readonly nowMs: () => number
}): AttachmentDirectory {
  const entries = new Map<string, Entry>()

  function find(key: string, which: Parameters<AttachmentStore['find']>[0]): Promise<readonly ChannelAttachment[]> {
    const known = entries.get(key)
    if (known !== undefined && ports.nowMs() - known.readMs < freshForMs) return known.found
    const found = ports.store.find(which).then((stored) => stored.flatMap((one) => opened(ports.secretBox, one)))
    const entry: Entry = { found, readMs: ports.nowMs(), organizations: [] }
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > mostRemembered) entries.delete(entries.keys().next().value ?? '')
    found.then(
      (attachments) => {
        entry.organizations = attachments.map(({ organizationId }) => organizationId)
      },
      () => {
        // A failure is nobody's answer: the next one asks again.
        if (entries.get(key) === entry) entries.delete(key)
      },
    )
    return found
  }

  return {
    byWechatAppId: async (wechatAppId) => (await find(`appId ${wechatAppId}`, { wechatAppId }))[0] ?? null,
    ofAccount: (accountId) => find(`account ${accountId}`, { accountId }),
    credentials: ({ attachment, secrets }) =>
      credentialsOf(secrets, { appId: attachment.wechatAppId, mode: attachment.push?.mode ?? 'plain' }, ports.nowMs()),
    forget(organizationId) {
      // What was found empty may have become this organization's.
      for (const [key, { organizations }] of entries) {
        if (organizations.length === 0 || organizations.includes(organizationId)) entries.delete(key)
      }
    },
  }
}

function opened(box: Pick<SecretBox, 'open'>, stored: StoredAttachment): ChannelAttachment[] {
  const { organizationId, accountId, secrets } = stored
  const { suspended, ...app } = stored.app
  const attachment = app.attachments.find((one) => one.accountId === accountId)
  if (attachment === undefined || secrets === null) return []
  const isSuspended = suspended[accountId] !== undefined
  return [{ organizationId, app, attachment, isSuspended, secrets: readSecrets(box.open(organizationId, secrets)) }]
}

type Row = {
  readonly org_id: string
  readonly account_id: string
  readonly config: string
  readonly secrets: Uint8Array | null
}

export function createAttachmentStore(database: Database): AttachmentStore {
  return {
    async find(which) {
      const [column, value] =
        'accountId' in which ? ['account_id', which.accountId] : ['wechat_app_id', which.wechatAppId]
      const { rows } = await database.withWorker(
        (tx) =>
          tx.query<Row>({
            name: `attachment_by_${column}`,
            text: `select t.org_id, t.account_id, a.config::text as config, t.secrets from app_attachment t
              join app a on a.org_id = t.org_id and a.app_id = t.app_id where t.${column} = $1 order by t.app_id`,
            values: [value],
          }),
        { readOnly: true },
      )
      return rows.map((row) => ({
        organizationId: row.org_id,
        accountId: row.account_id,
        app: JSON.parse(row.config) as AppState, // written by conversation/configuration-store.ts
        secrets: row.secrets,
      }))
    },
  }
}
