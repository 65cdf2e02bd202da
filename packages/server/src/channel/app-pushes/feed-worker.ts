import type { Feed } from '../../events/feed.ts'
import { createTurns } from '../../events/turns.ts'
import type { ConversationBook } from './conversations.ts'
import type { FeedKey } from './delivery-log.ts'
import type { FeedApps } from './feed-apps.ts'
import { createFeedIntake, type FeedIntake } from './feed-intake.ts'
import { createFeedModes } from './feed-mode.ts'
import { type Became, type FeedEntry, type FeedState, verificationOf } from './feed-state.ts'
import type { FeedStore, StoredFeed } from './feed-store.ts'
import { appPushLimits } from './limits.ts'
import { verifyApp } from './post.ts'
import { probe } from './probe.ts'
import { type PushEntryPorts, pushEntry } from './push-entry.ts'
import type { AppReply } from './reply.ts'
import { createWakeUp, pause } from './wake-up.ts'
import { createWindow } from './window.ts'

export type FeedWorkerPorts = Omit<PushEntryPorts, 'targetOf' | 'inTurn' | 'suspend' | 'store' | 'onReply'> & {
  readonly feed: Pick<Feed, 'follow' | 'head'>
  readonly store: FeedStore
  readonly apps: FeedApps
  readonly book: ConversationBook
  /** Under whose name the feed is leased. */
  readonly holder: string
  readonly onReply: (key: FeedKey, entry: FeedEntry, reply: AppReply) => Promise<Became>
}

/** Pushes one attachment's part of the log to one app, until it is stopped or the feed is another server's. */
export type FeedWorker = {
  readonly hasEnded: () => boolean
  /**
   * Resolves with true when the app has, or is just being given, everything of the conversation before `position`; with
   * false when it is behind for longer than `withinMs`.
   */
  ready(conversationId: string, position: number, withinMs: number): Promise<boolean>
  /** The question about what stands there has left for the app. */
  asking(position: number): void
  /** Verifies the address. */
  verify(): Promise<void>
  /** Tries a suspended app at once. */
  probeNow(): void
  /** Everything was pushed up to here. */
  readonly doneTo: () => number
  stop(): Promise<void>
}

/** Open pushes of one app that are kept in memory; the rest waits in the log. */
const mostOpen = 1_000
const saveEveryMs = 100
const stopWithinMs = 1_500

export function startFeedWorker(ports: FeedWorkerPorts, stored: StoredFeed): FeedWorker {
  const { key } = stored
  const { after, apps } = ports
  const stop = new AbortController()
  const state = newState(ports, stored, stop.signal)
  const { window, changed } = state
  const wakeAll = () => {
    state.reopened.ring()
    changed.ring()
  }
  const pushing: PushEntryPorts = {
    ...ports,
    inTurn: createTurns(appPushLimits.conversationsAtOnce),
    suspend: (reason) => modes.suspend(reason),
    targetOf: (entry) => targetOf(entry),
    onReply: (entry, reply) => ports.onReply(key, entry, reply),
  }
  const address = async () => (await apps.find(key))?.target ?? null
  const modes = createFeedModes({ ...ports, probe: () => probe({ ...pushing, address }, state) }, state)
  const onFirst = (entry: FeedEntry) => void runLane(entry).catch(ports.onError)
  const intake = createFeedIntake({ ...ports, modes: () => modes, onFirst }, state)

  async function targetOf(entry: FeedEntry) {
    const app = await apps.find(key)
    if (app === null) return null
    if (app !== entry.app) {
      const feedPush = await intake.pushFor(app, entry.event, entry.isHolder)
      if (feedPush === null) return null
      entry.feedPush = feedPush
      entry.app = app
    }
    return app.target
  }

  async function runLane(first: FeedEntry): Promise<void> {
    for (let entry: FeedEntry | null = first; entry !== null; ) {
      if (!(await pushEntry(pushing, state, entry))) return
      intake.settled(entry)
      state.begun.delete(entry.position)
      state.isDirty = true
      entry = window.done(entry)
      modes.settled()
      changed.ring()
    }
  }

  const end = () => {
    stop.abort()
    wakeAll()
  }
  const working = [
    read(ports, state, intake, () => modes.settled(), stored.position),
    saveAgainAndAgain(ports, state, () => stop.abort()),
  ].map((work) => work.catch(ports.onError).finally(end))

  return {
    hasEnded: () => stop.signal.aborted,
    ready: createReadiness(ports, state),
    asking: (position) => begin(state, position),
    verify: () => verify(ports, key),
    probeNow: () => modes.probeNow(),
    doneTo: () => window.safePosition,
    async stop() {
      end()
      await Promise.race([Promise.all(working), new Promise((resolve) => after(stopWithinMs, () => resolve(null)))])
      await save(ports, state).catch(ports.onError)
    },
  }
}

function begin({ begun, changed }: FeedState, position: number): void {
  begun.add(position)
  changed.ring()
}

async function verify(ports: FeedWorkerPorts, key: FeedState['key']): Promise<void> {
  const app = await ports.apps.find(key)
  if (app === null) return
  const atMs = ports.nowMs()
  const verified = await verifyApp(ports, app.target)
  await ports.store.verified(key, verified.ok ? 'verified' : 'failed')
  await ports.store.write(key.organizationId, [verificationOf(key, atMs, verified)])
}

function newState({ after }: FeedWorkerPorts, stored: StoredFeed, signal: AbortSignal): FeedState {
  return {
    ...{ key: stored.key, window: createWindow<FeedEntry>(stored.position), signal, mode: { kind: 'open' } },
    ...{ changed: createWakeUp(after), reopened: createWakeUp(after), deliveries: [], isDirty: false },
    begun: new Set(),
  }
}

async function read(
  ports: FeedWorkerPorts,
  state: FeedState,
  intake: FeedIntake,
  onRead: () => void,
  from: number,
): Promise<void> {
  const { key, window, changed, signal } = state
  await intake.begin()
  for await (const events of ports.feed.follow(key.organizationId, from, { signal })) {
    for (const event of events) {
      if (signal.aborted) return
      await intake.take(event)
      window.read(event.position)
    }
    state.isDirty = true
    onRead()
    changed.ring()
    // Questions that wait for their outcome do not count: it stands further on in the log.
    while (window.size - intake.undecided() >= mostOpen && !signal.aborted) await changed.wait(1_000)
  }
}

async function saveAgainAndAgain(ports: FeedWorkerPorts, state: FeedState, onLost: () => void): Promise<void> {
  while (!state.signal.aborted) {
    await pause(ports.after, saveEveryMs, state.signal)
    try {
      if (!(await save(ports, state))) return onLost()
    } catch (error) {
      ports.onError(error)
      await pause(ports.after, 1_000, state.signal)
    }
  }
}

/** False: the feed is no longer this server's. */
async function save({ store, holder, failpoint }: FeedWorkerPorts, state: FeedState): Promise<boolean> {
  if (!state.isDirty) return true
  const { deliveries } = state
  state.deliveries = []
  state.isDirty = false
  try {
    const isOurs = await store.save(state.key, holder, { position: state.window.safePosition, deliveries })
    failpoint('app_saved')
    return isOurs
  } catch (error) {
    state.deliveries.unshift(...deliveries)
    state.isDirty = true
    throw error
  }
}

/** A try that left so long ago is with the app, as far as its order can be kept. */
const underWayMs = 800

function createReadiness(ports: FeedWorkerPorts, state: FeedState): FeedWorker['ready'] {
  const { window, changed, signal } = state

  function isWithApp({ position, tries, writtenMs, isUnderWay }: FeedEntry): boolean {
    // Of a question that another server was to ask nothing is known: it may have died before.
    if (isUnderWay || state.begun.has(position)) return true
    return tries <= 1 && writtenMs !== null && ports.nowMs() - writtenMs >= underWayMs
  }

  return async (conversationId, position, withinMs) => {
    const untilMs = ports.nowMs() + withinMs
    for (;;) {
      if (signal.aborted || state.mode.kind === 'suspended') return false
      const isRead = window.readTo >= position - 1
      if (isRead && window.openBefore(conversationId, position).every(isWithApp)) return true
      const leftMs = untilMs - ports.nowMs()
      if (leftMs <= 0) return false
      await changed.wait(Math.min(leftMs, 100))
    }
  }
}
