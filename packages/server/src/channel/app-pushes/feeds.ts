import type { AppliedBatch } from '../../events/batch.ts'
import { nameOf } from './app-health.ts'
import type { FeedKey } from './delivery-log.ts'
import type { StoredFeed } from './feed-store.ts'
import { type FeedWorker, type FeedWorkerPorts, startFeedWorker } from './feed-worker.ts'
import { appPushLimits } from './limits.ts'

export type FeedsPorts = Omit<FeedWorkerPorts, 'holder'> & {
  /** `name` stays over restarts where only one server can have it, `run` never repeats: see DeliveryPorts. */
  readonly server: { readonly name: string; readonly run: string }
  /** 0: only `poll` does anything by itself. */
  readonly pollEveryMs?: number | undefined
}

/** Every app's feed that is this server's now. */
export type Feeds = AsyncDisposable & {
  /** Leases what is free, starts and ends workers. */
  poll(): Promise<void>
  /** Attachments may have come or gone: what this server appended itself is looked at at once. */
  appended(batch: AppliedBatch): void
  /**
   * Whether the app has, or is just being given, everything of the conversation before `position`: it may then be asked
   * about what stands there without seeing things out of order.
   */
  ready(key: FeedKey, conversationId: string, position: number, withinMs: number): Promise<boolean>
  /** The question that stands there is on its way to the app, from this server. */
  asking(key: FeedKey, position: number): void
  /** How far the app's feed is done by this server; null when another one works on it. */
  doneTo(key: FeedKey): number | null
}

const defaultPollEveryMs = 1_000
const leasedForMs = 10_000
const expireEveryMs = 600_000
/** Another server's progress is read from the table, which it writes ten times a second. */
const askAgainAfterMs = 60

export function startFeeds(ports: FeedsPorts): Feeds {
  const { store, onError } = ports
  const holder = `${ports.server.name}/${ports.server.run}`
  const workers = new Map<string, FeedWorker>()
  const verifyInTime = createVerification(ports)
  const cleanUp = createCleaning(ports)
  let isClosed = false
  let isFirstPoll = true

  async function lease(): Promise<void> {
    const earlierRunsOf = isFirstPoll ? `${ports.server.name}/` : holder
    const feeds = await store.lease(holder, { forMs: leasedForMs, earlierRunsOf })
    isFirstPoll = false
    const leased = new Set(feeds.map(({ key }) => nameOf(key)))
    for (const [name, worker] of workers) {
      if (leased.has(name) && !worker.hasEnded()) continue
      workers.delete(name)
      await worker.stop()
    }
    if (isClosed) return
    for (const feed of feeds) {
      const name = nameOf(feed.key)
      const worker = workers.get(name) ?? startFeedWorker({ ...ports, holder }, feed)
      workers.set(name, worker)
      verifyInTime(worker, feed)
    }
    await cleanUp()
  }

  const everyMs = ports.pollEveryMs ?? defaultPollEveryMs
  const poll = oneAtATime(lease, () => isClosed)
  const timer = everyMs === 0 ? undefined : setInterval(() => void poll().catch(onError), everyMs).unref()
  if (everyMs !== 0) void poll().catch(onError)

  return {
    poll,
    appended({ sealed }) {
      const concerns = sealed.some(({ event }) => event.type === 'app.configured' || event.type === 'app.removed')
      if (concerns && !isClosed && everyMs !== 0) void poll().catch(onError)
    },
    async ready(key, conversationId, position, withinMs) {
      const worker = workers.get(nameOf(key))
      if (worker !== undefined) return worker.ready(conversationId, position, withinMs)
      return readyElsewhere(ports, { key, conversationId, position, withinMs })
    },
    asking: (key, position) => workers.get(nameOf(key))?.asking(position),
    doneTo: (key) => workers.get(nameOf(key))?.doneTo() ?? null,
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearInterval(timer)
      await poll().catch(onError)
      await Promise.all([...workers.values()].map((worker) => worker.stop()))
      await store.release(holder).catch(onError)
    },
  }
}

/** Whoever asks while it runs gets one more run, together with all others who asked meanwhile. */
function oneAtATime(work: () => Promise<void>, isClosed: () => boolean): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false
  async function runAll(): Promise<void> {
    while (again && !isClosed()) {
      again = false
      await work()
    }
  }
  return () => {
    again = true
    running ??= runAll().finally(() => {
      running = null
    })
    return running
  }
}

/** Verifies an address at once when it is set or changed; again, now and then, until it answers. */
function createVerification({ nowMs, onError, times: { probeEveryMs } }: FeedsPorts) {
  const verifiedAtMs = new WeakMap<FeedWorker, number>()
  return (worker: FeedWorker, { verification }: StoredFeed): void => {
    if (verification === 'verified') return
    const sinceMs = nowMs() - (verifiedAtMs.get(worker) ?? 0)
    const { tryWithinMs } = appPushLimits
    // One that is under way is not begun again.
    if (sinceMs < (verification === 'pending' ? tryWithinMs : probeEveryMs)) return
    verifiedAtMs.set(worker, nowMs())
    worker.verify().catch(onError)
  }
}

function createCleaning({ store, nowMs }: FeedsPorts) {
  let lastMs = 0
  return async (): Promise<void> => {
    if (nowMs() - lastMs < expireEveryMs) return
    lastMs = nowMs()
    await store.expire(lastMs)
  }
}

async function readyElsewhere(
  { store, nowMs, after }: FeedsPorts,
  asked: { key: FeedKey; conversationId: string; position: number; withinMs: number },
): Promise<boolean> {
  const untilMs = nowMs() + asked.withinMs
  while (await store.isBehind(asked.key, asked.conversationId, asked.position)) {
    if (nowMs() >= untilMs) return false
    await new Promise<void>((resolve) => after(askAgainAfterMs, resolve))
  }
  return true
}
