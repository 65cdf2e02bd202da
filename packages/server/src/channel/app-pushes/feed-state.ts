import type { Facts, LoggedEvent } from '@duoke/contract'
import { type Delivery, type FeedKey, wordsOf } from './delivery-log.ts'
import type { AppInFeed } from './feed-apps.ts'
import type { FeedPush } from './feed-events.ts'
import type { Tried, Verified } from './post.ts'
import type { WakeUp } from './wake-up.ts'
import type { Window, WindowEntry } from './window.ts'

/** What the arbitration of a message says of one app. */
export type Arbitrated = Facts<'reply.arbitrated'>['answers'][number]

/** One push on its way to one app. */
export type FeedEntry = WindowEntry & {
  readonly event: LoggedEvent
  readonly atMs: number
  readonly isAsked: boolean
  /** Whether the app held the conversation at this point of the log. */
  readonly isHolder: boolean
  /** The app for which `feedPush` was made: another one is another time of asking what it may see. */
  app: AppInFeed
  feedPush: FeedPush
  /** What the arbitration says of this app: null when it says nothing. */
  readonly decided: Promise<Arbitrated | null>
  readonly decide: (answer: Arbitrated | null) => void
  tries: number
  nextTryMs: number
  /** When its first try had left as a whole; null before. */
  writtenMs: number | null
  /** The question is known to be with the app, and its answer is not. */
  isUnderWay: boolean
  /** Probes that the app refused although its address answers. */
  refusedProbes: number
  /** With the app, or given up: nothing more is to be done. */
  isSettled: boolean
}

/**
 * `suspended`: nothing is pushed but a probe now and then. `recovering`: a probe got through, and what was missed is
 * pushed; the app is asked again when it has everything.
 */
export type FeedMode =
  | { readonly kind: 'open' }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'recovering'; readonly until: number }

export type FeedState = {
  readonly key: FeedKey
  readonly window: Window<FeedEntry>
  /** Rings when something was read or settled. */
  readonly changed: WakeUp
  /** Rings when the mode changes, or a suspended entry is settled by a probe. */
  readonly reopened: WakeUp
  readonly signal: AbortSignal
  mode: FeedMode
  /** Tries that are to be written with the next position. */
  deliveries: Delivery[]
  isDirty: boolean
  /** Positions of questions that have left for the app, until their outcome is known. */
  readonly begun: Set<number>
}

export type Became = { readonly became: string | null; readonly becameReason: string | null }
export const nothingBecame: Became = { became: null, becameReason: null }

/** Keeps one try for the delivery log. */
export function noteTry(state: FeedState, entry: FeedEntry, tried: Tried, { became, becameReason }: Became): void {
  const { name, role, messageId } = entry.feedPush
  state.isDirty = true
  state.deliveries.push({
    ...{ key: state.key, conversationId: entry.conversationId, position: entry.position, messageId },
    ...{ kind: 'push', name, role, attempt: entry.tries, atMs: tried.startedMs, tookMs: tried.tookMs },
    ...{ status: tried.status, ...wordsOf(tried.answer), became, becameReason },
  })
}

/** The push is given up: it counts as done, and the delivery log says why. */
export function noteGivenUp(state: FeedState, entry: FeedEntry, nowMs: number, reason: string): void {
  const { name, role, messageId } = entry.feedPush
  entry.isSettled = true
  state.isDirty = true
  state.deliveries.push({
    ...{ key: state.key, conversationId: entry.conversationId, position: entry.position, messageId },
    ...{ kind: 'push', name, role, attempt: entry.tries, atMs: nowMs, tookMs: 0, status: null },
    ...{ outcome: 'given-up', reason, reply: null, ...nothingBecame },
  })
}

export function verificationOf(key: FeedKey, atMs: number, { ok, status, tookMs }: Verified): Delivery {
  return {
    ...{
      key,
      conversationId: null,
      position: null,
      messageId: null,
      kind: 'verification',
      name: 'echostr',
      role: null,
    },
    ...{ attempt: 1, atMs, tookMs, status, outcome: ok ? 'silent' : 'failed', reason: ok ? null : 'not-verified' },
    ...{ reply: null, ...nothingBecame },
  }
}
