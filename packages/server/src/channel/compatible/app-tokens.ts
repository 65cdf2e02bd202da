import { tokenLimits } from '@duoke/wechat'
import { type AppIdentity, type AppTokenStore, digestOf, type KnownToken } from './app-token-store.ts'
import { chinaDay } from './china-time.ts'

export type Granted = { readonly token: string; readonly expiresInSeconds: number }
/** `replaced` by a newer one, `expired` by time, `unknown` if we never gave it (protocol reference, section 4.3). */
export type TokenState =
  | ({ readonly state: 'valid' } & AppIdentity)
  | { readonly state: 'replaced' | 'expired' | 'unknown' }

/** The access tokens that apps get from us. They are no tokens of WeChat and open nothing there. */
export type AppTokens = {
  /** `/cgi-bin/token`: each fetch replaces the token before it, which works for five more minutes. */
  plain(app: AppIdentity): Promise<Granted>
  /** `/cgi-bin/stable_token`: the same one during its life; null when the day's forced refreshes are used up (45009). */
  stable(app: AppIdentity, force: boolean): Promise<Granted | null>
  stateOf(token: string): Promise<TokenState>
  /** Apps changed: what is remembered of their tokens is read again. */
  forget(): void
}

const lifeMs = tokenLimits.lifetimeSeconds * 1000
const overlapMs = tokenLimits.overlapSeconds * 1000
const forcedEveryMs = tokenLimits.secondsBetweenForcedRefreshes * 1000
/** A token ended by another server is refused here after this at the latest. */
const rememberedMs = 2_000
const mostRemembered = 20_000
const tokenBytes = 96

type Remembered = { readonly known: Promise<KnownToken | null>; readonly readMs: number }

export function createAppTokens(ports: {
  readonly store: AppTokenStore
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
}): AppTokens {
  const { store, nowMs } = ports
  const memory = createMemory(store, nowMs)
  const draw = () => `99_${Buffer.from(ports.randomBytes(tokenBytes)).toString('base64url')}`
  const granted = (token: string, expiresAtMs: number): Granted => ({
    token,
    expiresInSeconds: Math.ceil((expiresAtMs - nowMs()) / 1000),
  })

  return {
    plain(app) {
      return store.issue(app, 'plain', async (series) => {
        const issuedAtMs = nowMs()
        const token = draw()
        await series.endOthers(issuedAtMs + overlapMs)
        await series.add(token, issuedAtMs, issuedAtMs + lifeMs)
        return granted(token, issuedAtMs + lifeMs)
      })
    },
    async stable(app, force) {
      const result = await store.issue(app, 'stable', async (series): Promise<Granted | null> => {
        const issuedAtMs = nowMs()
        const current = await series.current()
        const { lastMs, day, count } = series.forcing
        const isForced = force && (lastMs === null || issuedAtMs - lastMs >= forcedEveryMs)
        if (!isForced && current !== null && current.expiresAtMs - issuedAtMs > overlapMs)
          return granted(current.token, current.expiresAtMs)
        if (isForced) {
          const today = chinaDay(issuedAtMs)
          const used = day === today ? count : 0
          if (used >= tokenLimits.forcedRefreshesPerDay) return null
          await series.setForcing({ lastMs: issuedAtMs, day: today, count: used + 1 })
          await series.endOthers(issuedAtMs)
        }
        const token = draw()
        await series.add(token, issuedAtMs, issuedAtMs + lifeMs)
        return granted(token, issuedAtMs + lifeMs)
      })
      if (force) memory.forget()
      return result
    },
    async stateOf(token) {
      const known = await memory.find(token)
      const now = nowMs()
      if (known === null) return { state: 'unknown' }
      if (now >= known.expiresAtMs) return { state: 'expired' }
      if (now >= known.endsAtMs) return { state: 'replaced' }
      const { organizationId, appId, wechatAppId } = known
      return { state: 'valid', organizationId, appId, wechatAppId }
    },
    forget: () => memory.forget(),
  }
}

/** What this server read of a token a moment ago. */
function createMemory(store: Pick<AppTokenStore, 'find'>, nowMs: () => number) {
  const remembered = new Map<string, Remembered>()
  return {
    find(token: string): Promise<KnownToken | null> {
      const key = digestOf(token).toString('base64')
      const entry = remembered.get(key)
      if (entry !== undefined && nowMs() - entry.readMs < rememberedMs) return entry.known
      const known = store.find(token)
      remembered.delete(key)
      remembered.set(key, { known, readMs: nowMs() })
      if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? '')
      // A failure is nobody's answer, and what nobody knows yet may be issued in a moment.
      known.then(
        (found) => found ?? remembered.delete(key),
        () => remembered.delete(key),
      )
      return known
    },
    forget: () => remembered.clear(),
  }
}
