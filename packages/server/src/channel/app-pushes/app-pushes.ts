import type { Database } from '../../database/client.ts'
import type { Failpoint } from '../../events/failpoint.ts'
import type { Feed } from '../../events/feed.ts'
import type { Log } from '../../events/log.ts'
import type { AccountDirectory } from '../account-directory.ts'
import type { AttachmentDirectory } from '../attachment-directory.ts'
import type { Egress } from '../egress.ts'
import type { MediaIds } from '../media-ids.ts'
import { createAppHealth } from './app-health.ts'
import { type Arbitration, createArbitration } from './arbitrate.ts'
import { createAsking } from './ask.ts'
import { createConversationBook } from './conversations.ts'
import { createFeedApps } from './feed-apps.ts'
import { createFeedStore } from './feed-store.ts'
import { type Feeds, startFeeds } from './feeds.ts'
import { type AppPushTimes, appPushLimits } from './limits.ts'
import type { AppAnswer } from './reply.ts'
import { type After, realAfter } from './wake-up.ts'

export type AppPushesPorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly feed: Pick<Feed, 'follow' | 'head'>
  readonly egress: Egress
  readonly directory: AccountDirectory
  readonly attachments: AttachmentDirectory
  readonly nowMs: () => number
  readonly failpoint: Failpoint
  readonly randomBytes: (count: number) => Uint8Array
  readonly mediaIds: Pick<MediaIds, 'namesOf'>
  readonly server: { readonly name: string; readonly run: string }
  readonly onError: (error: unknown) => void
  /** For the figures: every try of a push, and what the app made of it. */
  readonly onAppPush?: (outcome: AppAnswer['kind']) => void
  readonly after?: After
  readonly times?: AppPushTimes
  readonly pollEveryMs?: number | undefined
}

/** Everything that goes from Duoke to apps in WeChat's protocol. */
export type AppPushes = AsyncDisposable & { readonly feeds: Feeds; readonly arbitration: Arbitration }

export function startAppPushes(ports: AppPushesPorts): AppPushes {
  const { database, directory, attachments, after = realAfter, times = appPushLimits } = ports
  const drawDeliveryId = () => `dl_${Buffer.from(ports.randomBytes(15)).toString('base64url')}`
  const store = createFeedStore(database, drawDeliveryId)
  const apps = createFeedApps(directory, attachments)
  const health = createAppHealth({ ...ports, ...(ports.onAppPush !== undefined && { onTried: ports.onAppPush }) })
  const tools = { ...ports, after, times, apps, health, store }
  const feeds = startFeeds({
    ...tools,
    book: createConversationBook(database),
    onReply: (key, entry, reply) => arbitration.late(key, entry, reply),
  })
  const arbitration = createArbitration({ ...tools, ask: createAsking({ ...tools, feeds }) })
  return {
    feeds,
    arbitration,
    async [Symbol.asyncDispose]() {
      await feeds[Symbol.asyncDispose]()
      // What came too late ends with its try at the latest; nobody waits for that.
      await Promise.race([arbitration.idle(), new Promise<void>((resolve) => after(stopWithinMs, resolve))])
    },
  }
}

const stopWithinMs = 1_500
