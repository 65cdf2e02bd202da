import { networkInterfaces } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { Counter } from 'prom-client'
import { type Channel, startChannel } from './channel/channel.ts'
import { type CompatibleInterface, createCompatibleInterface } from './channel/compatible/compatible.ts'
import { openMediaStore } from './channel/media-store.ts'
import type { Config } from './config.ts'
import { startTimers, type TimersWorker } from './conversation/timers-worker.ts'
import { clearRestore } from './database/restore-over.ts'
import { createFeed } from './events/feed.ts'
import { startFollower } from './events/follower.ts'
import { type Ground, type Overrides, openGround } from './ground.ts'
import { drain } from './http/drain.ts'
import { createHttpServer, urlOf } from './http/server.ts'
import { createParts, type Parts, registerRoutes } from './parts.ts'
import { resumeRemoval } from './platform/example.ts'
import { type Housekeeping, startHousekeeping } from './platform/housekeeping.ts'
import { createOperatorActions, type OperatorActions } from './platform/operator.ts'
import { watchOrganizations } from './platform/organizations.ts'
import { searchFollower } from './platform/search.ts'
import { type Bus, createLocalBus } from './realtime/bus.ts'
import { createNatsBus } from './realtime/nats-bus.ts'
import { createPresence } from './realtime/presence.ts'
import { createWakeUps } from './realtime/wake-ups.ts'

export type App = AsyncDisposable & {
  /** Where it listens; known after `listen`. */
  readonly url: string
  readonly http: FastifyInstance
  readonly operator: OperatorActions
  readonly ground: Ground
  /** What works by itself, for whoever drives it (`isDriven`). */
  readonly channel: Channel
  readonly timers: TimersWorker
  readonly housekeeping: Housekeeping
  /** Rejects with EADDRINUSE when the port is taken; may then be called again with another. */
  listen(port?: number): Promise<string>
}

/** A server, wired from top to bottom in the order in which its parts rest on each other; disposed of in reverse. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  await using building = new AsyncDisposableStack()
  const ground = await openGround(config, overrides, building, 'server')
  const { database, log, nowMs, onError } = ground
  const serverId = ground.drawId('token').slice('tk_'.length)

  const bus = overrides.bus ?? building.use(openBus(ground, serverId))
  const feed = building.use(createFeed({ database, log, wakeUps: createWakeUps(bus, serverId), onError }))
  const search = building.use(
    startFollower(searchFollower, { database, feed, onError: (_name, error) => onError(error) }),
  )
  const organizations = building.use(watchOrganizations({ database, onError, onFound: (org) => search.add(org) }))
  await organizations.first

  const channel = building.use(startChannel({ ...channelPorts(ground, overrides, serverId), feed }))
  const pollMs = overrides.isDriven === true ? 0 : undefined
  const timers = building.use(startTimers({ database, log, failpoint: ground.failpoint, nowMs, onError, pollMs }))
  const files = openMediaStore(config.media, ground.egress)
  const onRewritten = (org: string) => bus.publish('duoke.rewritten', Buffer.from(org))
  const resume = async () => {
    await resumeRemoval({ database, log, drawEpoch: ground.configuration.drawEpoch, onRewritten })
    await database.withWorker(clearRestore)
  }
  const housekeeping = building.use(startHousekeeping({ database, files, resume, nowMs, onError, pollMs }))
  const presence = building.use(createPresence({ database, log, serverId, nowMs, onError, ...overrides.presence }))

  const http = createHttpServer({
    trustProxy: config.trustProxy,
    log: ground.logger,
    isHttps: config.publicUrl?.startsWith('https:') ?? false,
  })
  // Remembered: requests that finish while the server stops still need it.
  let listensAt: string | undefined
  const publicUrl = () => config.publicUrl ?? listensAt ?? urlOf(http)
  const parts = createParts(ground, { bus, feed, channel, presence, serverId, publicUrl, overrides })
  registerRoutes(http, ground, parts, { channel, publicUrl })
  http.register(building.use(openCompatible(ground, channel, parts)).routes)
  building.defer(async () => {
    parts.draining.abort()
    // Sockets are told first: they would keep the connections that the server waits for.
    await parts.streams[Symbol.asyncDispose]()
    await drain(http)
  })

  const held = building.move()
  return {
    get url() {
      return publicUrl()
    },
    http,
    ground,
    channel,
    timers,
    housekeeping,
    operator: createOperatorActions({ ...ground.configuration, ...ground }),
    async listen(port = config.port) {
      await http.listen({ port, host: config.host })
      listensAt = urlOf(http)
      return publicUrl()
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

function openBus({ config, onError }: Ground, serverId: string): Bus {
  if (config.natsUrl === null) return createLocalBus()
  return createNatsBus({ url: config.natsUrl, name: `duoke ${serverId}`, onError })
}

/** WeChat's interface at our own origin. */
function openCompatible(ground: Ground, channel: Channel, { mediaOrigin }: Parts): CompatibleInterface {
  const { database, log, egress, box, nowMs, randomBytes, onError } = ground
  const { directory, attachments, custodian, delivery, media, mediaIds, mediaTable, files } = channel
  return createCompatibleInterface({
    ...{ database, log, egress, box, nowMs, randomBytes, onError },
    ...{ accounts: directory, attachments, custodian, delivery, media, mediaIds, mediaTable, files, mediaOrigin },
    ownAddresses: () =>
      Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)),
  })
}

function channelPorts(
  ground: Ground,
  overrides: Overrides,
  serverId: string,
): Omit<Parameters<typeof startChannel>[0], 'feed'> {
  const { config, database, log, egress, box, nowMs, randomBytes, failpoint, onError, logger } = ground
  const pushes = new Counter({
    name: 'duoke_pushes_total',
    help: 'Pushes by what became of them',
    labelNames: ['outcome'],
    registers: [ground.registry],
  })
  const appPushes = new Counter({
    name: 'duoke_app_pushes_total',
    help: 'Tries of pushes to apps by what the app made of them',
    labelNames: ['outcome'],
    registers: [ground.registry],
  })
  return {
    ...{ database, log, egress, nowMs, randomBytes, failpoint, onError },
    secretBox: box,
    files: openMediaStore(config.media, egress),
    drawMediaId: () => ground.drawId('media'),
    // One server alone can have an embedded database; of several on one PostgreSQL each has a name of its own.
    server: {
      name: config.databaseUrl === null && overrides.connection === undefined ? 'embedded' : serverId,
      run: serverId,
    },
    onPush: (outcome) => pushes.inc({ outcome }),
    onAppPush: (outcome) => appPushes.inc({ outcome }),
    onTokenConflict: ({ settings }) =>
      logger.warn({ account: settings.accountId }, 'another system keeps fetching access tokens of this account'),
    ...(overrides.isDriven !== undefined && { isDriven: overrides.isDriven }),
  }
}
