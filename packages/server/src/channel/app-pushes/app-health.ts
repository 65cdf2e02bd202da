import type { Log } from '../../events/log.ts'
import type { FeedKey } from './delivery-log.ts'
import { appPushLimits } from './limits.ts'
import type { AppTarget } from './post.ts'
import { type AppAnswer, hasTaken, isProper } from './reply.ts'

/** Counts how an app fares with this server, asks and pushes alike, and has it suspended by the published threshold. */
export type AppHealth = {
  tried(key: FeedKey, answer: AppAnswer): void
  /** With which of its secrets the app is spoken to: while it changes them, those that it took last (F42). */
  targetFor(key: FeedKey, target: AppTarget): AppTarget
  /** When the app last took a push, by the server's clock; 0 for never. */
  lastTakenMs(key: FeedKey): number
  failuresOf(key: FeedKey): number
  /** The app is neither asked nor pushed to until it recovers; the log ignores what it knows already. */
  suspend(key: FeedKey, reason: string): Promise<void>
  recovered(key: FeedKey): Promise<void>
  /** It begins anew: somebody resumed it, or it recovered. */
  reset(key: FeedKey): void
}

type Record = { failures: number; lastTakenMs: number; usesPrevious: boolean }

export function createAppHealth(ports: {
  readonly log: Pick<Log, 'submit'>
  readonly onTried?: (outcome: AppAnswer['kind']) => void
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}): AppHealth {
  const records = new Map<string, Record>()
  const recordOf = (key: FeedKey): Record => {
    const name = nameOf(key)
    const known = records.get(name) ?? { failures: 0, lastTakenMs: 0, usesPrevious: false }
    records.set(name, known)
    return known
  }

  /** A report that does not get through is made again with the next failure. */
  async function report({ organizationId, appId, accountId }: FeedKey, finding: Finding): Promise<void> {
    try {
      await ports.log.submit(
        organizationId,
        { type: 'app.report', actor: { kind: 'system' }, appId, accountId, finding },
        { lane: 'timers' },
      )
    } catch (error) {
      ports.onError(error)
    }
  }

  const suspend: AppHealth['suspend'] = (key, reason) =>
    report(key, { kind: 'suspended', reason, failures: recordOf(key).failures })

  return {
    tried(key, answer) {
      const record = recordOf(key)
      ports.onTried?.(answer.kind)
      if (hasTaken(answer)) record.lastTakenMs = ports.nowMs()
      if (answer.kind === 'failed' && answer.reason === 'status') record.usesPrevious = !record.usesPrevious
      if (isProper(answer)) {
        record.failures = 0
        return
      }
      record.failures += 1
      if (record.failures < appPushLimits.suspendAfterFailures) return
      void suspend(key, 'reason' in answer ? answer.reason : answer.kind)
    },
    targetFor: (key, target) => (recordOf(key).usesPrevious ? withPrevious(target) : target),
    lastTakenMs: (key) => records.get(nameOf(key))?.lastTakenMs ?? 0,
    failuresOf: (key) => records.get(nameOf(key))?.failures ?? 0,
    suspend,
    recovered: (key) => report(key, { kind: 'recovered' }),
    reset(key) {
      recordOf(key).failures = 0
    },
  }
}

type Finding =
  | { readonly kind: 'suspended'; readonly reason: string; readonly failures: number }
  | { readonly kind: 'recovered' }

/** Where nothing was changed of late there is one of each, and this changes nothing. */
function withPrevious({ server, credentials }: AppTarget): AppTarget {
  const { tokens, encodingAesKeys } = credentials
  return {
    server,
    credentials: { ...credentials, tokens: tokens.toReversed(), encodingAesKeys: encodingAesKeys.toReversed() },
  }
}

export function nameOf({ organizationId, appId, accountId }: FeedKey): string {
  return `${organizationId}\n${appId}\n${accountId}`
}
