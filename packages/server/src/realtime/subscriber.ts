import type { LoggedEvent, Scope } from '@duoke/contract'
import { askedIn } from '@duoke/domain'
import type { Holdings } from './holdings.ts'
import type { EventFrame } from './public-event.ts'

/** One reader of the stream, as the hub sees it. */
export type Subscriber = {
  readonly tokenId: string
  /** The agent behind the token; null for an app's or an operator's. */
  readonly agentId: string | null
  readonly view: 'agent' | 'all'
  scopes: ReadonlySet<Scope>
  readonly watching: Set<string>
  /** Of these, what a supervisor looks at without being shown to colleagues. */
  unseen: Set<string>
  /** Everything up to here was handed over or does not concern the reader. */
  position: number
  send(frame: Buffer): void
  /** Several parts of one text frame, so that what many get is not copied for each. */
  sendParts(parts: readonly Buffer[]): void
  /** Resolves when little enough waits to be sent. */
  drained(): Promise<void>
  end(why: EndReason): void
}

export type EndReason = 'revoked' | 'shutting_down' | 'cursor_expired'

/** Sends an event to a reader whose holdings are given, when it is theirs to see. */
export function offer(
  subscriber: Subscriber,
  frame: EventFrame,
  concerns: (agentId: string, conversationId: string) => boolean,
): void {
  const { event, conversationId } = frame
  if (event.position <= subscriber.position) return
  subscriber.position = event.position
  const { view, agentId, watching } = subscriber
  const isWanted =
    view === 'all' ||
    conversationId === null ||
    watching.has(conversationId) ||
    (agentId !== null && concerns(agentId, conversationId))
  if (!isWanted) return
  const text = frame.textFor(subscriber.scopes)
  if (text !== null) subscriber.send(text)
}

/** The readers of an organization, found by what concerns them: an event costs those who get it, not those who are there. */
export type Audience = {
  readonly all: ReadonlySet<Subscriber>
  add(subscriber: Subscriber): void
  remove(subscriber: Subscriber): void
  watch(subscriber: Subscriber, conversationIds: readonly string[]): void
  watchersOf(conversationId: string): ReadonlySet<Subscriber>
  ofAgent(agentId: string): ReadonlySet<Subscriber>
  /** Who may want an event of this conversation, given who held it before and after. */
  of(conversationId: string | null, agents: readonly (string | null)[]): Set<Subscriber>
}

const nobody: ReadonlySet<Subscriber> = new Set()

export function createAudience(): Audience {
  const all = new Set<Subscriber>()
  const seeingAll = new Set<Subscriber>()
  const byAgent = new Map<string, Set<Subscriber>>()
  const byConversation = new Map<string, Set<Subscriber>>()

  const unwatch = (subscriber: Subscriber) => {
    for (const id of subscriber.watching) forget(byConversation, id, subscriber)
    subscriber.watching.clear()
  }

  return {
    all,
    add(subscriber) {
      all.add(subscriber)
      if (subscriber.view === 'all') seeingAll.add(subscriber)
      if (subscriber.agentId !== null) remember(byAgent, subscriber.agentId, subscriber)
      for (const id of subscriber.watching) remember(byConversation, id, subscriber)
    },
    remove(subscriber) {
      all.delete(subscriber)
      seeingAll.delete(subscriber)
      if (subscriber.agentId !== null) forget(byAgent, subscriber.agentId, subscriber)
      unwatch(subscriber)
    },
    watch(subscriber, conversationIds) {
      unwatch(subscriber)
      for (const id of conversationIds) {
        subscriber.watching.add(id)
        if (all.has(subscriber)) remember(byConversation, id, subscriber)
      }
    },
    watchersOf: (conversationId) => byConversation.get(conversationId) ?? nobody,
    ofAgent: (agentId) => byAgent.get(agentId) ?? nobody,
    of(conversationId, agents) {
      // What belongs to no conversation is rare, and everybody's.
      if (conversationId === null) return new Set(all)
      const found = new Set([...seeingAll, ...(byConversation.get(conversationId) ?? nobody)])
      for (const agentId of agents) {
        if (agentId !== null) for (const subscriber of byAgent.get(agentId) ?? nobody) found.add(subscriber)
      }
      return found
    },
  }
}

function remember(index: Map<string, Set<Subscriber>>, key: string, subscriber: Subscriber): void {
  const set = index.get(key) ?? new Set()
  index.set(key, set)
  set.add(subscriber)
}

function forget(index: Map<string, Set<Subscriber>>, key: string, subscriber: Subscriber): void {
  const set = index.get(key)
  set?.delete(subscriber)
  if (set?.size === 0) index.delete(key)
}

/** Agents whom an event names so that they notice it. */
export function namedIn(event: LoggedEvent): readonly string[] {
  return event.type === 'conversation.noted' ? event.facts.mentions : []
}

/** Who is concerned by an event: its holder before it and after it, who is asked to take it, and whom it names. Folds the event. */
export function concernedBy(holdings: Holdings, frame: EventFrame): readonly (string | null)[] {
  const { conversationId, event } = frame
  if (conversationId === null) return []
  const before = holdings.agentOf(conversationId)
  holdings.apply(event)
  return [before, holdings.agentOf(conversationId), ...askedIn(event), ...namedIn(event)]
}
