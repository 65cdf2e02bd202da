import type { Failpoint } from '../../events/failpoint.ts'
import type { AppHealth } from './app-health.ts'
import {
  type Arbitrated,
  type Became,
  type FeedEntry,
  type FeedState,
  noteGivenUp,
  noteTry,
  nothingBecame,
} from './feed-state.ts'
import type { FeedStore } from './feed-store.ts'
import { type AppPushTimes, appPushLimits } from './limits.ts'
import { type AppTarget, type PostPorts, postToApp, type Tried } from './post.ts'
import { type AppReply, failures, hasTaken, notAsked } from './reply.ts'
import { type After, pause } from './wake-up.ts'

export type PushEntryPorts = PostPorts & {
  readonly store: Pick<FeedStore, 'wasTaken'>
  readonly health: AppHealth
  readonly failpoint: Failpoint
  readonly after: After
  readonly times: AppPushTimes
  readonly onError: (error: unknown) => void
  /** Where the entry goes now; null when the app may not have it any more, and nobody misses it. */
  readonly targetOf: (entry: FeedEntry) => Promise<AppTarget | null>
  /** A reply that did not come in the answer to the question; says what became of it. */
  readonly onReply: (entry: FeedEntry, reply: AppReply) => Promise<Became>
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  /** The app took nothing for the length of a whole push: no more until it recovers. */
  readonly suspend: (reason: string) => void
}

/** Asks that nobody decided (their server is gone, and so was the timer) count as failed after this. */
const undecidedAfterMs = 15_000
/** So long after a question the answer, had it come, is in the delivery log. */
const answerWrittenWithinMs = 400
const lookForAnswerEveryMs = 250

/** Resolves when the entry is settled: with the app, given up, or the app's no more. False: this server stopped before. */
export async function pushEntry(ports: PushEntryPorts, state: FeedState, entry: FeedEntry): Promise<boolean> {
  if (entry.isAsked && !(await answered(ports, state, entry))) return !state.signal.aborted && entry.isSettled
  while (!entry.isSettled) {
    await whileSuspended(state, entry)
    if (state.signal.aborted) return false
    if (entry.isSettled) return true
    if (entry.nextTryMs > ports.nowMs()) {
      await pause(ports.after, entry.nextTryMs - ports.nowMs(), state.signal)
      continue
    }
    const target = await targetOf(ports, state, entry)
    if (target === 'later') continue
    if (target === null) return true
    const tried = await tryEntry(ports, state, entry, target)
    if (tried === null || hasTaken(tried.answer) || entry.tries < appPushLimits.tries) continue
    // Others took theirs meanwhile: it is this push that the app does not want, and WeChat would not insist either.
    const sinceMs = tried.startedMs - ports.times.betweenTriesMs
    if (ports.health.lastTakenMs(state.key) > sinceMs) noteGivenUp(state, entry, ports.nowMs(), 'refused')
    else {
      entry.tries = 0
      ports.suspend('reason' in tried.answer ? tried.answer.reason : tried.answer.kind)
    }
  }
  return true
}

/** One try, when the app is open to it; null when it is not any more once the turn comes. */
export function tryEntry(
  ports: PushEntryPorts,
  state: FeedState,
  entry: FeedEntry,
  target: AppTarget,
  isProbe = false,
): Promise<Tried | null> {
  return ports.inTurn(async () => {
    if (state.signal.aborted || entry.isSettled || (state.mode.kind === 'suspended' && !isProbe)) return null
    entry.tries += 1
    const tried = await postToApp(ports, ports.health.targetFor(state.key, target), entry.feedPush, () => {
      entry.writtenMs ??= ports.nowMs()
    })
    ports.failpoint('app_pushed')
    entry.nextTryMs = tried.startedMs + ports.times.betweenTriesMs
    ports.health.tried(state.key, tried.answer)
    noteTry(state, entry, tried, await becameOf(ports, entry, tried))
    if (hasTaken(tried.answer)) entry.isSettled = true
    state.changed.ring()
    return tried
  })
}

async function becameOf(ports: PushEntryPorts, entry: FeedEntry, { answer }: Tried): Promise<Became> {
  if (answer.kind === 'transfer') return { became: 'dropped', becameReason: entry.isAsked ? 'late' : 'not_asked' }
  if (answer.kind !== 'reply') return nothingBecame
  try {
    return await ports.onReply(entry, answer.reply)
  } catch (error) {
    ports.onError(error)
    return { became: 'dropped', becameReason: 'unavailable' }
  }
}

/** The question was the first try. True: it did not reach the app, which is pushed to as WeChat would go on. */
async function answered(ports: PushEntryPorts, state: FeedState, entry: FeedEntry): Promise<boolean> {
  const undecided = pause(ports.after, undecidedAfterMs, state.signal).then(() => null)
  const arbitrated = await Promise.race([entry.decided, undecided])
  if (state.signal.aborted) return false
  const asked = arbitrated === null ? 'repeat' : whatBecameOf(arbitrated)
  state.begun.delete(entry.position)
  if (asked === 'repeat') {
    entry.tries = 1
    entry.nextTryMs = entry.atMs + ports.times.betweenTriesMs
  }
  entry.isSettled = asked === 'taken' || (asked === 'under way' && (await comesLate(ports, state, entry)))
  return !entry.isSettled && !state.signal.aborted
}

/** Whether the question reached the app, by what the arbitration was told. */
function whatBecameOf({ outcome, reason = '' }: Arbitrated): 'taken' | 'under way' | 'repeat' | 'as new' {
  if (outcome === 'late') return 'under way'
  if (outcome !== 'failed') return 'taken'
  if (notAsked.has(reason)) return 'as new'
  return failures.has(reason) ? 'repeat' : 'taken'
}

/** The question is still with the app; its answer, when it comes, is in the delivery log. */
async function comesLate(ports: PushEntryPorts, state: FeedState, entry: FeedEntry): Promise<boolean> {
  entry.isUnderWay = true
  const untilMs = entry.atMs + appPushLimits.tryWithinMs + answerWrittenWithinMs
  while (!state.signal.aborted && !(await wasTaken(ports, state, entry))) {
    const leftMs = untilMs - ports.nowMs()
    if (leftMs <= 0) {
      entry.isUnderWay = false
      entry.tries = 1
      return false
    }
    await pause(ports.after, Math.min(leftMs, lookForAnswerEveryMs), state.signal)
  }
  return !state.signal.aborted
}

async function wasTaken(ports: PushEntryPorts, state: FeedState, entry: FeedEntry): Promise<boolean> {
  while (!state.signal.aborted) {
    try {
      return await ports.store.wasTaken(state.key, entry.position)
    } catch (error) {
      ports.onError(error)
      await pause(ports.after, 1_000, state.signal)
    }
  }
  return false
}

async function targetOf(
  ports: PushEntryPorts,
  state: FeedState,
  entry: FeedEntry,
): Promise<AppTarget | null | 'later'> {
  try {
    return await ports.targetOf(entry)
  } catch (error) {
    ports.onError(error)
    await pause(ports.after, 1_000, state.signal)
    return 'later'
  }
}

async function whileSuspended(state: FeedState, entry: FeedEntry): Promise<void> {
  while (state.mode.kind === 'suspended' && !entry.isSettled && !state.signal.aborted) await state.reopened.wait(60_000)
}
