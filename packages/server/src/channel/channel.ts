import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyPluginAsync } from 'fastify'
import type { Database } from '../database/client.ts'
import type { AppliedBatch } from '../events/batch.ts'
import type { Failpoint } from '../events/failpoint.ts'
import type { Feed } from '../events/feed.ts'
import type { Log } from '../events/log.ts'
import type { SecretBox } from '../identity/secret-box.ts'
import type { MediaPort } from '../platform/media-port.ts'
import { type AccountDirectory, type ChannelAccount, createAccountDirectory } from './account-directory.ts'
import { createAccountHealth } from './account-health.ts'
import { createAccountStore } from './account-store.ts'
import { type AppPushes, startAppPushes } from './app-pushes/app-pushes.ts'
import { createAskUpstream } from './ask-upstream.ts'
import { type AttachmentDirectory, createAttachmentDirectory, createAttachmentStore } from './attachment-directory.ts'
import { type Delivery, startDelivery } from './deliver.ts'
import type { Egress } from './egress.ts'
import { type MediaFetcher, startMediaFetcher } from './media-fetch.ts'
import { createMediaIds, type MediaIds } from './media-ids.ts'
import { createMediaPort } from './media-port.ts'
import type { MediaStore } from './media-store.ts'
import { createMediaTable, type MediaTable } from './media-table.ts'
import { createOutboxStore } from './outbox-store.ts'
import { type ProfileReader, startProfileReader } from './profiles.ts'
import { createReceiver, type PushOutcome } from './receive.ts'
import { pushRoutes } from './routes.ts'
import { createSettler } from './settle.ts'
import { createSilenceStore, type SilenceWatch, startSilenceWatch } from './silence.ts'
import { createTokenStore } from './token-store.ts'
import { createTokenCustodian, type TokenCustodian } from './tokens.ts'
import { createAddressStore, createTypingIndicator } from './typing.ts'
import { createUploads } from './uploads.ts'

export type ChannelPorts = {
  readonly database: Database
  readonly log: Log
  readonly feed: Pick<Feed, 'follow' | 'head'>
  readonly egress: Egress
  readonly secretBox: SecretBox
  readonly files: MediaStore
  readonly nowMs: () => number
  readonly drawMediaId: () => string
  readonly randomBytes: (count: number) => Uint8Array
  readonly failpoint: Failpoint
  /** `name` stays over restarts where only one server can have it, `run` never repeats: see DeliveryPorts. */
  readonly server: { readonly name: string; readonly run: string }
  readonly onPush: (outcome: PushOutcome) => void
  readonly appPushTimes?: Parameters<typeof startAppPushes>[0]['times']
  readonly onAppPush?: Parameters<typeof startAppPushes>[0]['onAppPush']
  readonly onTokenConflict: (account: ChannelAccount) => void
  readonly onError: (error: unknown) => void
  /** For tests and simulations: the stores then take the time from `nowMs` and nothing happens by itself. */
  readonly isDriven?: boolean
}

/** Everything that speaks WeChat's wire, wired; disposed of in reverse order, sends under way are finished first. */
export type Channel = AsyncDisposable & {
  readonly routes: FastifyPluginAsync
  readonly media: MediaPort
  readonly mediaIds: MediaIds
  readonly mediaTable: MediaTable
  readonly files: MediaStore
  readonly directory: AccountDirectory
  readonly attachments: AttachmentDirectory
  readonly appPushes: AppPushes
  readonly custodian: TokenCustodian
  readonly delivery: Delivery
  readonly fetcher: MediaFetcher
  readonly silence: SilenceWatch
  readonly askUpstream: ReturnType<typeof createAskUpstream>
  readonly showTyping: (organizationId: string, conversationId: string) => void
}

export function startChannel(ports: ChannelPorts): Channel {
  const { database, log, egress, failpoint, nowMs, onError, randomBytes, secretBox } = ports
  const sleep = (ms: number) => wait(ms)
  const storeTime = ports.isDriven === true ? nowMs : () => null
  const pollEveryMs = ports.isDriven === true ? 0 : undefined
  const directory = createAccountDirectory({ store: createAccountStore(database), secretBox, nowMs })
  const attachments = createAttachmentDirectory({ store: createAttachmentStore(database), secretBox, nowMs })
  const tokens = createTokenStore(database, secretBox)
  const custodian = createTokenCustodian({ store: tokens, egress, nowMs, sleep, onConflict: ports.onTokenConflict })
  const upstream = { egress, custodian, directory, failpoint, nowMs, randomBytes, sleep, onError }
  const table = createMediaTable(database, storeTime)
  const files = ports.files
  const store = createOutboxStore(database, storeTime)
  const delivery = startDelivery({
    ...upstream,
    store,
    health: createAccountHealth({ store, log, onError }),
    settler: createSettler({ log, store, failpoint, sleep, onError }),
    uploads: createUploads({ ...upstream, table, files }),
    server: ports.server,
    monotonicMs: () => performance.now(),
    pollEveryMs,
  })
  const fetcher = startMediaFetcher({ ...upstream, table, files, pollEveryMs })
  const silence = startSilenceWatch({
    store: createSilenceStore(database),
    log,
    nowMs,
    onError,
    checkEveryMs: pollEveryMs,
  })
  const onPush = (outcome: PushOutcome, account: ChannelAccount | null) => {
    ports.onPush(outcome)
    if (account !== null && (outcome === 'taken' || outcome === 'repeated' || outcome === 'verified'))
      silence.heard(account)
  }
  const mediaIds = createMediaIds({ database, drawMediaId: ports.drawMediaId, nowMs, onAdded: fetcher.wake })
  const appPushes = startAppPushes({
    ...{ ...ports, directory, attachments, mediaIds, pollEveryMs },
    ...(ports.appPushTimes !== undefined && { times: ports.appPushTimes }),
  })
  const receiver = createReceiver({ ...ports, directory, onPush, arbitration: appPushes.arbitration })
  const profiles = startProfileReader({ ...upstream, log })
  const unfollow = log.onAppended((batch) =>
    react(batch, { directory, attachments, appPushes, custodian, delivery, fetcher, profiles }),
  )
  const addresses = createAddressStore(database)
  return {
    routes: pushRoutes({ receiver, failpoint, onPush }),
    mediaIds,
    mediaTable: table,
    files,
    media: createMediaPort({ database, table, files, drawMediaId: ports.drawMediaId }),
    directory,
    attachments,
    appPushes,
    custodian,
    delivery,
    fetcher,
    silence,
    askUpstream: createAskUpstream({ directory, egress, custodian }),
    showTyping: createTypingIndicator({ ...upstream, addresses }),
    async [Symbol.asyncDispose]() {
      unfollow()
      await Promise.all([delivery, fetcher, profiles, appPushes].map((worker) => worker[Symbol.asyncDispose]()))
      await silence[Symbol.asyncDispose]()
    },
  }
}

type Reacting = Pick<Channel, 'directory' | 'attachments' | 'appPushes' | 'custodian' | 'delivery' | 'fetcher'> & {
  readonly profiles: ProfileReader
}

/** What this server's own commits mean for the channel; those of other servers are found by looking. */
function react(
  batch: AppliedBatch,
  { directory, attachments, appPushes, custodian, delivery, fetcher, profiles }: Reacting,
): void {
  const { organizationId, state } = batch
  const woken = new Set<string>()
  for (const { event } of batch.sealed) {
    switch (event.type) {
      case 'account.configured':
      case 'account.removed':
        custodian.forget(event.facts.accountId)
        directory.forget(event.facts.accountId)
        break
      case 'account.degraded':
      case 'account.recovered':
        directory.forget(event.facts.accountId)
        break
      case 'app.configured':
      case 'app.suspended':
      case 'app.recovered':
      case 'app.removed':
        attachments.forget(organizationId)
        break
      case 'conversation.started':
        if (event.personal !== undefined) {
          const { accountId, conversationId } = event.facts
          profiles.look({ organizationId, accountId, conversationId, openid: event.personal.openid })
        }
        break
      case 'message.submitted': {
        const accountId = state.conversations.get(event.facts.conversationId)?.accountId
        if (accountId !== undefined) woken.add(accountId)
        break
      }
      case 'message.received':
        if (event.facts.mediaIds !== undefined) fetcher.wake()
        break
      default:
    }
  }
  appPushes.feeds.appended(batch)
  for (const accountId of woken) delivery.wake({ organizationId, accountId })
}
