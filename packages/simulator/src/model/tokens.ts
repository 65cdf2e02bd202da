import { type Clock, type RandomSource, randomToken } from '../ports.ts'

const LIFE_MS = 7200_000
const OVERLAP_MS = 300_000
const FORCED_EVERY_MS = 30_000
const FORCED_PER_DAY = 20
const CHINA_OFFSET_MS = 8 * 3600_000
const DAY_MS = 24 * 3600_000
/** Long enough to say "replaced" or "expired" instead of "unknown" about any token somebody may still hold. */
const REMEMBERED_MS = 2 * DAY_MS
/** A replaced or revoked token answers 40001, an outlived one 42001, one we never gave 40014. */
export type TokenState = 'valid' | 'replaced' | 'expired' | 'unknown'

export type TokenAnswer =
  | { kind: 'token'; value: string; expiresInSeconds: number }
  | { kind: 'refused'; errcode: 45009 }

interface IssuedToken {
  value: string
  expiresAtMs: number
  /** Set when a newer token, a forced refresh or a fault takes this one away. */
  revokedAtMs: number | undefined
}

/**
 * The tokens of one account. `/cgi-bin/token` and `/cgi-bin/stable_token` are two series that never touch each other
 * (protocol reference, sections 4.1 and 4.2).
 */
export class TokenIssuer {
  readonly #clock: Clock
  readonly #random: RandomSource
  readonly #issued = new Map<string, IssuedToken>()
  #plain: IssuedToken | undefined
  #stable: IssuedToken | undefined
  #lastForcedMs = Number.NEGATIVE_INFINITY
  #forced = { day: -1, count: 0 }

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock
    this.#random = random
  }

  /** Each fetch replaces the token before it; that one works for five more minutes. */
  plain(): TokenAnswer {
    const previous = this.#plain
    if (previous) this.#revoke(previous, this.#clock.nowMs() + OVERLAP_MS)
    this.#plain = this.#issue()
    return this.#answer(this.#plain)
  }

  stable(forceRefresh: boolean): TokenAnswer {
    return forceRefresh ? this.#forcedStable() : this.#answer(this.#currentStable())
  }

  stateOf(value: string): TokenState {
    const token = this.#issued.get(value)
    if (!token) return 'unknown'
    const nowMs = this.#clock.nowMs()
    if (nowMs >= token.expiresAtMs) return 'expired'
    return token.revokedAtMs !== undefined && nowMs >= token.revokedAtMs ? 'replaced' : 'valid'
  }

  /** A fault: every token of the account is dead from now on, as after somebody else's refresh. */
  revokeAll(): void {
    for (const token of this.#issued.values()) this.#revoke(token, this.#clock.nowMs())
    this.#plain = undefined
    this.#stable = undefined
  }

  /** Renewed five minutes before its end; the old one lives on to that end, so both work for those minutes. */
  #currentStable(): IssuedToken {
    const current = this.#stable
    if (current && current.expiresAtMs - this.#clock.nowMs() > OVERLAP_MS) return current
    this.#stable = this.#issue()
    return this.#stable
  }

  #forcedStable(): TokenAnswer {
    const nowMs = this.#clock.nowMs()
    if (nowMs - this.#lastForcedMs < FORCED_EVERY_MS) return this.#answer(this.#currentStable())
    const day = Math.floor((nowMs + CHINA_OFFSET_MS) / DAY_MS)
    if (this.#forced.day !== day) this.#forced = { day, count: 0 }
    if (this.#forced.count >= FORCED_PER_DAY) return { kind: 'refused', errcode: 45009 }
    this.#forced.count += 1
    this.#lastForcedMs = nowMs
    if (this.#stable) this.#revoke(this.#stable, nowMs)
    this.#stable = this.#issue()
    return this.#answer(this.#stable)
  }

  #issue(): IssuedToken {
    const nowMs = this.#clock.nowMs()
    for (const [value, token] of this.#issued) {
      if (token.expiresAtMs + REMEMBERED_MS < nowMs) this.#issued.delete(value)
    }
    const value = `99_${randomToken(this.#random, 133)}`
    const token = { value, expiresAtMs: nowMs + LIFE_MS, revokedAtMs: undefined }
    this.#issued.set(value, token)
    return token
  }

  #revoke(token: IssuedToken, atMs: number): void {
    token.revokedAtMs = Math.min(token.revokedAtMs ?? Number.POSITIVE_INFINITY, atMs)
  }

  #answer(token: IssuedToken): TokenAnswer {
    const expiresInSeconds = Math.ceil((token.expiresAtMs - this.#clock.nowMs()) / 1000)
    return { kind: 'token', value: token.value, expiresInSeconds }
  }
}
