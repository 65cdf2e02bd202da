import type { AccountSettings, AppAttachment } from '@duoke/contract'
import type { AccountDirectory } from '../account-directory.ts'
import type { AttachmentDirectory, ChannelAttachment } from '../attachment-directory.ts'
import type { FeedKey } from './delivery-log.ts'
import type { AppTarget } from './post.ts'

/** An app as its feed sees it. A changed one is another object. */
export type AppInFeed = {
  readonly target: AppTarget
  readonly scopes: readonly string[]
  readonly attachment: AppAttachment
  readonly isSuspended: boolean
  readonly account: AccountSettings
}

export type FeedApps = {
  /** Null: it is attached no more, or has no address to push to. */
  find(key: FeedKey): Promise<AppInFeed | null>
  /** Something about the organization's apps changed. */
  forget(organizationId: string): void
}

export function createFeedApps(accounts: AccountDirectory, attachments: AttachmentDirectory): FeedApps {
  const known = new WeakMap<ChannelAttachment, AppInFeed>()

  return {
    async find({ organizationId, appId, accountId }) {
      const found = (await attachments.ofAccount(accountId)).find(
        ({ app, organizationId: org }) => app.appId === appId && org === organizationId,
      )
      if (found === undefined || found.attachment.push === null) return null
      const remembered = known.get(found)
      if (remembered !== undefined) return remembered
      const account = await accounts.find(accountId)
      if (account === null) return null
      const { attachment, app, isSuspended } = found
      const { url, format } = found.attachment.push
      const inFeed: AppInFeed = {
        ...{ attachment, isSuspended, scopes: app.scopes, account: account.settings },
        target: { server: { url, format }, credentials: attachments.credentials(found) },
      }
      known.set(found, inFeed)
      return inFeed
    },
    forget: (organizationId) => attachments.forget(organizationId),
  }
}
