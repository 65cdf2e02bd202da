// A server as far as the channel needs one: database, log, channel and HTTP, without the REST interface.
import { randomBytes } from 'node:crypto'
import { fastify } from 'fastify'
import { writeAppFeeds } from '../../src/channel/app-pushes/feed-projection.ts'
import { type Channel, startChannel } from '../../src/channel/channel.ts'
import { createEgress } from '../../src/channel/egress.ts'
import { openMediaStore } from '../../src/channel/media-store.ts'
import type { PushOutcome } from '../../src/channel/receive.ts'
import { projections } from '../../src/conversation/projections.ts'
import { createReplica } from '../../src/conversation/replica.ts'
import { type Database, openDatabase } from '../../src/database/client.ts'
import type { Connection } from '../../src/database/connection.ts'
import { type Failpoint, noFailpoint } from '../../src/events/failpoint.ts'
import { createFeed } from '../../src/events/feed.ts'
import { createLog, type Log } from '../../src/events/log.ts'
import type { SecretBox } from '../../src/identity/secret-box.ts'

export type Server = AsyncDisposable & {
  readonly log: Log
  readonly channel: Channel
  readonly database: Database
  readonly url: string
  readonly outcomes: PushOutcome[]
  readonly errors: unknown[]
  readonly conflicts: string[]
}

export type ServerOptions = {
  readonly failpoint?: Failpoint
  /** Servers of the same name are runs of one server. */
  readonly name?: string
  /** Nothing happens by itself, and the stores take the time from `nowMs`. */
  readonly isDriven?: boolean
  readonly nowMs?: () => number
  /** Shorter waits between the tries of a push to an app. */
  readonly appPushTimes?: { readonly betweenTriesMs: number; readonly probeEveryMs: number }
}

export type ServerGround = {
  readonly connection: Connection
  readonly secretBox: SecretBox
  readonly mediaFolder: string
  readonly drawId: (kind: string) => string
}

/** Servers of a test find each other's events by looking. */
const noWakeUps = { publish() {}, subscribe: () => () => {} }

export async function startChannelServer(ground: ServerGround, options: ServerOptions): Promise<Server> {
  const held = new AsyncDisposableStack()
  const { nowMs = Date.now, failpoint = noFailpoint, isDriven = false } = options
  const [outcomes, errors, conflicts]: [PushOutcome[], unknown[], string[]] = [[], [], []]
  const onError = (error: unknown) => void errors.push(error)
  const database = held.use(openDatabase({ connection: ground.connection, onError }))
  const tools = { database, nowMs, failpoint, randomBytes: (count: number) => randomBytes(count), onError }
  const log = held.use(
    createLog({
      ...tools,
      replica: createReplica(),
      projections: [...projections, writeAppFeeds],
      batchTimeMs: options.nowMs ?? ((databaseMs) => databaseMs),
      drawId: ground.drawId,
    }),
  )
  const feed = held.use(createFeed({ database, log, wakeUps: noWakeUps, pollMs: 200, onError }))
  const egress = createEgress({ allow: [], allowPushes: ['127.0.0.1'] })
  held.defer(() => egress.close())
  const channel = held.use(
    startChannel({
      ...tools,
      log,
      feed,
      egress,
      secretBox: ground.secretBox,
      files: openMediaStore({ kind: 'folder', path: ground.mediaFolder }, egress),
      drawMediaId: () => ground.drawId('media'),
      server: {
        name: options.name ?? `server-${randomBytes(4).toString('hex')}`,
        run: randomBytes(4).toString('hex'),
      },
      onPush: (outcome) => void outcomes.push(outcome),
      onTokenConflict: (account) => void conflicts.push(account.settings.accountId),
      isDriven,
      ...(options.appPushTimes !== undefined && { appPushTimes: options.appPushTimes }),
    }),
  )
  const app = fastify({ forceCloseConnections: true })
  await app.register(channel.routes)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  held.defer(() => app.close())
  return { log, channel, database, url, outcomes, errors, conflicts, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
