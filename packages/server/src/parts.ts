import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram } from 'prom-client'
import { deliveryHandlers } from './channel/app-pushes/delivery-reads.ts'
import type { Channel } from './channel/channel.ts'
import { openMediaStore } from './channel/media-store.ts'
import { noteHandlers } from './conversation/note-routes.ts'
import { ownDeskHandlers } from './conversation/own-desk.ts'
import { quickReplyHandlers } from './conversation/quick-reply-routes.ts'
import { conversationHandlers } from './conversation/routes.ts'
import { supervisionHandlers } from './conversation/supervision-routes.ts'
import { createTyping } from './conversation/typing.ts'
import { createCursors } from './events/cursor.ts'
import type { Feed } from './events/feed.ts'
import type { Ground, Overrides } from './ground.ts'
import { serveConsole, shippedConsole } from './http/console-files.ts'
import { registerDocuments } from './http/docs-pages.ts'
import type { Handlers } from './http/handler.ts'
import { createIdempotency } from './http/idempotency.ts'
import { createLimits } from './http/limits.ts'
import { registerOperations } from './http/operations.ts'
import { type Readiness, registerProbes } from './http/probes.ts'
import { restScope } from './http/server.ts'
import { createReads } from './http/snapshot.ts'
import { agentSignInHandlers } from './identity/agent-sign-ins.ts'
import { peopleHandlers } from './identity/people-routes.ts'
import { identityHandlers } from './identity/routes.ts'
import { createSignInLimits } from './identity/sign-in-limits.ts'
import { supervisedHandlers } from './identity/supervised-routes.ts'
import { createMediaOrigin, type MediaOrigin } from './platform/media-origin.ts'
import { recordHandlers } from './platform/record-routes.ts'
import { platformHandlers } from './platform/routes.ts'
import { rulesHandlers } from './platform/rules-routes.ts'
import type { Bus } from './realtime/bus.ts'
import { createConversationsShown, lookingBy } from './realtime/conversations-shown.ts'
import { eventHandlers } from './realtime/events-routes.ts'
import type { Presence } from './realtime/presence.ts'
import { createStreams, type Streams } from './realtime/stream.ts'
import { registerStream } from './realtime/stream-route.ts'
import { chineseHolidays } from './routing/holidays.ts'

/** What the interfaces of a server are made of, above the ground. */
export type Parts = {
  readonly handlers: Handlers
  readonly streams: Streams
  readonly mediaOrigin: MediaOrigin
  readonly draining: AbortController
}
export type Below = {
  readonly bus: Bus
  readonly feed: Feed
  readonly channel: Channel
  readonly presence: Presence
  readonly serverId: string
  readonly publicUrl: () => string
  readonly overrides: Overrides
}

export function createParts(ground: Ground, below: Below): Parts {
  const { database, log, box, nowMs, randomBytes, tokens, passwords, configuration, config, connection, onError } =
    ground
  const { bus, feed, channel, presence, serverId, publicUrl, overrides } = below
  const cursors = createCursors(box.deriveKey('cursors'))
  const reads = createReads(database, cursors)
  const draining = new AbortController()
  const typing = createTyping({ reads, nowMs, showToCustomer: channel.showTyping })
  const shown = createConversationsShown({ bus, serverId, typing, nowMs, look: lookingBy(log) })
  const streams = createStreams({
    ...{ database, feed, cursors, nowMs, onError, tokens, presence, shown, find: tokens.find },
    ...(overrides.socketTimes !== undefined && { times: overrides.socketTimes }),
  })
  const rewritten = (org: string) => void streams.rewritten(org).catch(onError)
  const stopRewritten = bus.subscribe('duoke.rewritten', (bytes) => rewritten(Buffer.from(bytes).toString()))
  draining.signal.addEventListener('abort', () => {
    stopRewritten()
    shown[Symbol.dispose]()
  })
  const media = channel.media
  const mediaOrigin = createMediaOrigin({
    ...{ mediaUrl: config.mediaUrl, key: box.deriveKey('media'), media, nowMs, publicUrl },
  })
  const limits = createSignInLimits({ database, nowMs })
  const openSecret = (org: string, sealed: Uint8Array) => box.open(org, sealed)
  const archive = { connection, files: openMediaStore(config.media, ground.egress), openSecret, onError, nowMs }
  const handlers: Handlers = {
    ...identityHandlers({ database, log, box, passwords, limits, tokens, nowMs, reads, randomBytes }),
    ...agentSignInHandlers({ database, reads, log, box, tokens, nowMs }),
    ...peopleHandlers({ database, reads, log, presence, nowMs, randomBytes, publicUrl }),
    ...conversationHandlers({ log, reads, nowMs, typing }),
    ...noteHandlers({ log, reads, nowMs }),
    ...ownDeskHandlers({ database, reads }),
    ...quickReplyHandlers({ log, reads }),
    ...supervisedHandlers({ log, reads, nowMs, holidays: chineseHolidays }),
    ...supervisionHandlers({ log, reads, nowMs }),
    ...deliveryHandlers({ reads }),
    ...platformHandlers({
      ...configuration,
      ...{ database, log, reads, box, tokens, media, mediaOrigin, publicUrl, connection, onError },
      phoneUrl: config.phoneUrl,
      askUpstream: channel.askUpstream,
      onRewritten: (org) => bus.publish('duoke.rewritten', Buffer.from(org)),
    }),
    ...recordHandlers({ reads, mediaOrigin, archive }),
    ...rulesHandlers({ log, reads, nowMs }),
    ...eventHandlers({ database, feed, reads, cursors, tokens, draining: draining.signal }),
  }
  return { handlers, streams, mediaOrigin, draining }
}

const windowSeconds = 60
/** Requests a minute that an address may make without a token. */
const strangersQuota = 600

export function registerRoutes(
  http: FastifyInstance,
  ground: Ground,
  parts: Parts,
  outside: { readonly channel: Channel; readonly publicUrl: () => string },
): void {
  const { config, database, box, nowMs, registry, version, tokens } = ground
  const { publicUrl } = outside
  const isDraining = () => parts.draining.signal.aborted
  observe(http, ground, parts)
  http.register(outside.channel.routes)
  const sealing = {
    seal: (org: string, text: string) => Buffer.from(box.seal(org, text)).toString('base64'),
    open: (org: string, sealed: string) => box.open(org, Buffer.from(sealed, 'base64')),
  }
  const bucket = (quota: number) => ({ quota, limits: createLimits({ capacity: quota, windowSeconds, nowMs }) })
  restScope(http, (scope) =>
    registerOperations(scope, {
      handlers: parts.handlers,
      find: tokens.find,
      idempotency: createIdempotency({ database, sealing, nowMs }),
      perToken: bucket(config.rateLimit),
      perAddress: bucket(strangersQuota),
      publicOrigin: publicUrl,
    }),
  )
  registerStream(http, { streams: parts.streams, publicOrigin: publicUrl, isDraining })
  registerDocuments(http, { version, origin: publicUrl })
  registerProbes(http, {
    registry,
    metricsToken: config.metricsToken,
    readiness: () => readiness(ground, isDraining()),
  })
  parts.mediaOrigin.register(http)
  const phone = config.phoneUrl === null ? null : new URL(config.phoneUrl).origin
  serveConsole(http, config.console ?? shippedConsole(), { media: config.mediaUrl, phone })
}

async function readiness({ database }: Ground, isDraining: boolean): Promise<Readiness> {
  if (isDraining) return { ready: false, reasons: ['stopping'] }
  try {
    await database.withWorker((tx) => tx.query({ text: 'select 1' }), { readOnly: true })
    return { ready: true, reasons: [] }
  } catch {
    return { ready: false, reasons: ['the database does not answer'] }
  }
}

/** Figures for the operator: names are stable, labels are bounded. */
function observe(http: FastifyInstance, { registry, log }: Ground, { streams }: Parts): void {
  const registers = [registry]
  const seconds = new Histogram({
    name: 'duoke_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  const events = new Counter({ name: 'duoke_events_total', help: 'Events appended by this server', registers })
  log.onAppended((batch) => events.inc(batch.sealed.length))
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('duoke_sockets', 'Open streams', () => streams.count)
  gauge('duoke_parked_commands', 'Commands that could not be carried out', () => log.parked.count)
}
