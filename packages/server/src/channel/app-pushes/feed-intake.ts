import type { LoggedEvent } from '@duoke/contract'
import type { AppHealth } from './app-health.ts'
import type { ConversationBook } from './conversations.ts'
import type { AppInFeed, FeedApps } from './feed-apps.ts'
import { type ConversationEvent, type FeedPush, feedPushOf, isOfConversation } from './feed-events.ts'
import type { FeedModes } from './feed-mode.ts'
import type { Arbitrated, FeedEntry, FeedState } from './feed-state.ts'
import { appPushLimits } from './limits.ts'

export type FeedIntake = {
  /** What the app holds before the first event. */
  begin(): Promise<void>
  /** One event of the log, in order: what it means to the app is put into its conversation's lane. */
  take(event: LoggedEvent): Promise<void>
  /** What the event is to the app as it is now; null when it may not have it. */
  pushFor(app: AppInFeed, event: LoggedEvent, isHolder: boolean): Promise<FeedPush | null>
  settled(entry: FeedEntry): void
  /** Open questions to this app, whose outcome stands further on in the log. */
  readonly undecided: () => number
}

export type FeedIntakePorts = {
  readonly apps: FeedApps
  readonly book: ConversationBook
  readonly health: AppHealth
  readonly modes: () => Pick<FeedModes, 'set'>
  /** The first of its conversation: somebody must begin to push it. */
  readonly onFirst: (entry: FeedEntry) => void
}

export function createFeedIntake(ports: FeedIntakePorts, state: FeedState): FeedIntake {
  const { apps, book } = ports
  const { key, window } = state
  const { organizationId } = key
  const holding = createHolding(ports, state)
  const asked = new Map<string, FeedEntry>()

  const pushFor: FeedIntake['pushFor'] = async (app, event, isHolder) => {
    if (!isOfConversation(event)) return null
    const parties = await book.find(organizationId, event.facts.conversationId)
    if (parties === null || parties.accountId !== key.accountId) return null
    return feedPushOf(event, { openid: parties.openid, account: app.account }, { ...app, appId: key.appId, isHolder })
  }

  async function offer(event: ConversationEvent): Promise<void> {
    const { conversationId } = event.facts
    const isHolder = holding.has(conversationId)
    holding.fold(event)
    const app = await apps.find(key)
    const feedPush = app === null ? null : await pushFor(app, event, isHolder)
    if (app === null || feedPush === null || (await isLoop(event))) return
    const entry = newEntry(event, { app, feedPush, isHolder })
    if (feedPush.isAsked && feedPush.messageId !== null) asked.set(feedPush.messageId, entry)
    if (window.add(entry) === 'first') ports.onFirst(entry)
  }

  /** Apps that answer each other's echoes would never end (F67). */
  async function isLoop(event: ConversationEvent): Promise<boolean> {
    if (event.type !== 'message.submitted' || event.actor.kind !== 'app') return false
    const hops = appPushLimits.echoHops
    return (await book.appMessagesBefore(organizationId, event.facts.conversationId, event.position, hops)) >= hops
  }

  return {
    pushFor,
    async begin() {
      await holding.begin()
      if ((await apps.find(key))?.isSuspended) ports.modes().set({ kind: 'suspended' })
    },
    async take(event) {
      switch (event.type) {
        case 'app.suspended':
        case 'app.recovered':
          if (event.facts.appId !== key.appId || event.facts.accountId !== key.accountId) return
          apps.forget(organizationId)
          if (event.type === 'app.suspended') return ports.modes().set({ kind: 'suspended' })
          ports.health.reset(key)
          return ports.modes().set({ kind: 'open' })
        case 'app.configured':
        case 'app.removed':
          if (event.facts.appId === key.appId) apps.forget(organizationId)
          return
        case 'reply.arbitrated': {
          const { messageId, answers } = event.facts
          asked.get(messageId)?.decide(answers.find(({ appId }) => appId === key.appId) ?? null)
          return
        }
        default:
          if (isOfConversation(event)) await offer(event)
      }
    },
    settled(entry) {
      if (entry.isAsked && entry.feedPush.messageId !== null) asked.delete(entry.feedPush.messageId)
    },
    undecided: () => asked.size,
  }
}

/** What the app holds, as far as the log was read. */
function createHolding({ book }: FeedIntakePorts, { key }: FeedState) {
  const held = new Set<string>()
  return {
    async begin(): Promise<void> {
      for (const id of await book.heldBy(key.organizationId, key.appId)) held.add(id)
    },
    has: (conversationId: string) => held.has(conversationId),
    fold(event: ConversationEvent): void {
      const { conversationId } = event.facts
      if (event.type === 'session.assigned' && event.facts.to.kind === 'app' && event.facts.to.appId === key.appId) {
        held.add(conversationId)
      } else if (event.type.startsWith('session.')) held.delete(conversationId)
    },
  }
}

function newEntry(
  event: ConversationEvent,
  { app, feedPush, isHolder }: Pick<FeedEntry, 'app' | 'feedPush' | 'isHolder'>,
): FeedEntry {
  const { promise: decided, resolve: decide } = Promise.withResolvers<Arbitrated | null>()
  return {
    ...{ position: event.position, conversationId: event.facts.conversationId, event, atMs: event.atMs },
    ...{ isHolder, isAsked: feedPush.isAsked, feedPush, app, decided, decide },
    ...{ tries: 0, nextTryMs: 0, writtenMs: null, refusedProbes: 0, isSettled: false, isUnderWay: false },
  }
}
