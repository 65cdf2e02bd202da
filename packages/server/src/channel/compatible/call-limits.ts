import { createLimits } from '../../http/limits.ts'
import type { Caller } from './call.ts'

/** Calls a minute of an app whose configuration names none. */
export const defaultCallsPerMinute = 6_000
/** Calls of one app that may be under way at once on one server; the next is told to be slower. */
export const callsAtOnce = 200
/** Requests for a token, from one address, that named a wrong appid or secret. */
export const wrongSecretsPerMinute = 60
/** Of these, calls with a large body: each is held whole. */
export const largeCallsAtOnce = 12
const windowSeconds = 60

export type CallLimits = {
  /** Null when the app is over its share (45011); otherwise call it when the call is over. */
  enter(caller: Pick<Caller, 'organizationId' | 'appId' | 'attached'>, isLarge?: boolean): (() => void) | null
  /** False for an address that guessed too often. */
  mayGuess(ip: string): boolean
  guessedWrong(ip: string): void
}

/** One app can use up nobody's share but its own (F64). */
export function createCallLimits(nowMs: () => number): CallLimits {
  const buckets = new Map<number, ReturnType<typeof createLimits>>()
  const all = createTurnstile(callsAtOnce)
  const large = createTurnstile(largeCallsAtOnce)
  const guesses = createLimits({ capacity: wrongSecretsPerMinute, windowSeconds, nowMs })

  function bucketOf(capacity: number) {
    const known = buckets.get(capacity)
    if (known !== undefined) return known
    const bucket = createLimits({ capacity, windowSeconds, nowMs })
    buckets.set(capacity, bucket)
    return bucket
  }

  return {
    enter({ organizationId, appId, attached }, isLarge = false) {
      const key = `${organizationId}\n${appId}`
      if (!bucketOf(attached.app.rateLimit ?? defaultCallsPerMinute).take(key).allowed) return null
      const leave = all(key)
      if (leave === null || !isLarge) return leave
      const leaveLarge = large(key)
      if (leaveLarge === null) {
        leave()
        return null
      }
      return () => {
        leaveLarge()
        leave()
      }
    },
    mayGuess: (ip) => guesses.take(ip, 0).remaining >= 1,
    guessedWrong: (ip) => void guesses.take(ip),
  }
}

/** Lets in so many of a key at a time; each goes out by what it was given. */
function createTurnstile(most: number): (key: string) => (() => void) | null {
  const inside = new Map<string, number>()
  return (key) => {
    const count = inside.get(key) ?? 0
    if (count >= most) return null
    inside.set(key, count + 1)
    return () => {
      const left = (inside.get(key) ?? 1) - 1
      if (left === 0) inside.delete(key)
      else inside.set(key, left)
    }
  }
}
