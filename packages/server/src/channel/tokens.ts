import type { ChannelAccount } from './account-directory.ts'
import type { Egress } from './egress.ts'
import { fetchToken, type TokenFailure, unavailable } from './fetch-token.ts'

/** Where a token is kept for all servers. `token` is in clear here; the store seals it. */
export type StoredToken = {
  readonly token: string
  readonly expiresAtMs: number
  /** When an error last made us fetch one. */
  readonly renewedAtMs: number | null
  /** How many times in a row a valid token was taken from us. */
  readonly losses: number
}
export type TokenStore = {
  read(account: ChannelAccount): Promise<StoredToken | null>
  /** True for one caller on all servers at a time, until saved, unlocked or `forMs` is over. */
  lock(account: ChannelAccount, forMs: number): Promise<boolean>
  save(account: ChannelAccount, token: StoredToken): Promise<void>
  unlock(account: ChannelAccount): Promise<void>
}

export type TokenResult = { readonly ok: true; readonly token: string } | TokenFailure

/** Keeps one access token per account for everybody: agents' answers, media, apps. */
export type TokenCustodian = {
  token(account: ChannelAccount): Promise<TokenResult>
  /** WeChat said that this token is not or no longer good (40001, 40014, 42001). */
  renew(account: ChannelAccount, refusedToken: string): Promise<TokenResult>
  /** The account was configured anew: what was refused before may be granted now. */
  forget(accountId: string): void
}

export type CustodianPorts = {
  readonly store: TokenStore
  readonly egress: Egress
  readonly nowMs: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Somebody else keeps fetching tokens of this account and thereby ends ours. */
  readonly onConflict: (account: ChannelAccount) => void
}

const renewBeforeMs = 5 * 60_000
const leastBetweenRenewalsMs = 30_000
const lockedForMs = 15_000
const waitForOthersMs = 10_000
const rememberRefusalMs = 55_000
const rememberFailureMs = 3_000
/** Losing a token that should have lived longer than this is somebody's doing. */
const naturalEndMs = 10 * 60_000
const conflictWithinMs = 10 * 60_000

type Held = { readonly token: string; readonly expiresAtMs: number }
type Failed = { readonly result: TokenFailure; readonly untilMs: number }

export function createTokenCustodian(ports: CustodianPorts): TokenCustodian {
  const memory = createMemory(ports.nowMs)
  const flights = new Map<string, Promise<TokenResult>>()

  function acquire(account: ChannelAccount, refused: string | undefined): Promise<TokenResult> {
    const known = memory.recall(account, refused)
    if (known !== undefined) return Promise.resolve(known)
    const flightKey = `${keyOf(account)}\n${refused ?? ''}`
    const running = flights.get(flightKey)
    if (running !== undefined) return running
    const flight = acquireShared(ports, memory, account, refused)
      .catch((error: unknown) => unavailable(error instanceof Error ? error.message : 'the token cannot be read'))
      .finally(() => flights.delete(flightKey))
    flights.set(flightKey, flight)
    return flight
  }

  return {
    token: (account) => acquire(account, undefined),
    renew: (account, refusedToken) => acquire(account, refusedToken),
    forget: memory.forget,
  }
}

type Memory = ReturnType<typeof createMemory>

function keyOf({ organizationId, settings }: ChannelAccount): string {
  return `${organizationId}\n${settings.accountId}\n${settings.appId}`
}

/** What this server knows without asking anybody. */
function createMemory(nowMs: () => number) {
  const held = new Map<string, Held>()
  const failures = new Map<string, Failed>()
  return {
    recall(account: ChannelAccount, refused: string | undefined): TokenResult | undefined {
      const known = held.get(keyOf(account))
      if (known !== undefined && isFresh(known, refused, nowMs())) return { ok: true, token: known.token }
      const failed = failures.get(keyOf(account))
      return failed !== undefined && failed.untilMs > nowMs() ? failed.result : undefined
    },
    keep(account: ChannelAccount, { token, expiresAtMs }: Held): TokenResult {
      held.set(keyOf(account), { token, expiresAtMs })
      failures.delete(keyOf(account))
      return { ok: true, token }
    },
    fail(account: ChannelAccount, result: TokenFailure): TokenFailure {
      const rememberMs = result.cause === 'refused' ? rememberRefusalMs : rememberFailureMs
      failures.set(keyOf(account), { result, untilMs: nowMs() + rememberMs })
      return result
    },
    forget(accountId: string): void {
      for (const cache of [held, failures]) {
        for (const key of cache.keys()) if (key.split('\n')[1] === accountId) cache.delete(key)
      }
    },
  }
}

function isFresh(token: Held, refused: string | undefined, nowMs: number): boolean {
  return token.token !== refused && token.expiresAtMs - renewBeforeMs > nowMs
}

/** One server at a time asks WeChat; the others wait for what it stores. */
async function acquireShared(
  ports: CustodianPorts,
  memory: Memory,
  account: ChannelAccount,
  refused: string | undefined,
): Promise<TokenResult> {
  for (const giveUpMs = ports.nowMs() + waitForOthersMs; ; ) {
    const usable = usableStored(ports, memory, account, await ports.store.read(account), refused)
    if (usable !== undefined) return usable
    if (await ports.store.lock(account, lockedForMs)) return fetchLocked(ports, memory, account, refused)
    if (ports.nowMs() >= giveUpMs) return unavailable('another server holds the token')
    await ports.sleep(150)
  }
}

/** What another server stored: a token to use, or the word that it was renewed too short a while ago. */
function usableStored(
  ports: CustodianPorts,
  memory: Memory,
  account: ChannelAccount,
  stored: StoredToken | null,
  refused: string | undefined,
): TokenResult | undefined {
  if (stored === null) return undefined
  if (isFresh(stored, refused, ports.nowMs())) return memory.keep(account, stored)
  if (refused === undefined || stored.renewedAtMs === null) return undefined
  const retryAfterMs = leastBetweenRenewalsMs - (ports.nowMs() - stored.renewedAtMs)
  if (retryAfterMs <= 0) return undefined
  return {
    ok: false,
    cause: 'unavailable',
    reason: 'the token was renewed a moment ago and is refused again',
    retryAfterMs,
  }
}

async function fetchLocked(
  ports: CustodianPorts,
  memory: Memory,
  account: ChannelAccount,
  refused: string | undefined,
): Promise<TokenResult> {
  let isSaved = false
  try {
    // Between reading and locking somebody else may have stored one.
    const stored = await ports.store.read(account)
    const usable = usableStored(ports, memory, account, stored, refused)
    if (usable !== undefined) return usable
    const fetched = await fetchToken(ports, account, refused)
    if (fetched.ok) {
      const { token, expiresAtMs } = fetched
      const history = historyOf(ports, account, stored, refused)
      await ports.store.save(account, { token, expiresAtMs, ...history })
      isSaved = true
      return memory.keep(account, fetched)
    }
    // In its last five minutes an old token still works, so a failing renewal hurts nobody yet.
    const isStillGood = stored !== null && stored.token !== refused && stored.expiresAtMs > ports.nowMs()
    return isStillGood ? { ok: true, token: stored.token } : memory.fail(account, fetched)
  } finally {
    if (!isSaved) await ports.store.unlock(account)
  }
}

/** Counts valid tokens that were taken from us: twice within minutes is no accident. */
function historyOf(
  ports: CustodianPorts,
  account: ChannelAccount,
  stored: StoredToken | null,
  refused: string | undefined,
): Pick<StoredToken, 'renewedAtMs' | 'losses'> {
  const nowMs = ports.nowMs()
  if (refused === undefined || stored === null) return { renewedAtMs: stored?.renewedAtMs ?? null, losses: 0 }
  const isLoss = stored.token === refused && stored.expiresAtMs - nowMs > naturalEndMs
  const isRepeated = stored.renewedAtMs !== null && nowMs - stored.renewedAtMs < conflictWithinMs
  const losses = isLoss ? (isRepeated ? stored.losses : 0) + 1 : 0
  if (losses >= 2) ports.onConflict(account)
  return { renewedAtMs: nowMs, losses }
}
