import { interpretSendResponse, readDocument } from '@duoke/wechat'
import type { ChannelAccount } from './account-directory.ts'
import type { Egress } from './egress.ts'

/** Why there is no token. */
export type TokenFailure =
  /** WeChat answered, and it is no: the secret, the address list, a frozen account. Trying again at once is pointless. */
  | { readonly ok: false; readonly cause: 'refused'; readonly code: number; readonly reason: string }
  | { readonly ok: false; readonly cause: 'unavailable'; readonly reason: string; readonly retryAfterMs: number }
export type FetchedToken = { readonly ok: true; readonly token: string; readonly expiresAtMs: number } | TokenFailure
type FetchPorts = { readonly egress: Egress; readonly nowMs: () => number }

/** WeChat was not reached or said nothing usable: ask again, but not at once. */
const retryFetchAfterMs = 3_000

/**
 * Asks for the account's current token and forces a new one only when WeChat still names the refused one: a forced
 * refresh kills the token of every other system that uses this account (protocol reference, section 4.2).
 */
export async function fetchToken(
  ports: FetchPorts,
  account: ChannelAccount,
  refused: string | undefined,
): Promise<FetchedToken> {
  const current = await callStableToken(ports, account, false)
  return current.ok && current.token === refused ? callStableToken(ports, account, true) : current
}

async function callStableToken(ports: FetchPorts, account: ChannelAccount, forced: boolean): Promise<FetchedToken> {
  const askedMs = ports.nowMs()
  const result = await ports.egress.request({
    url: `${account.settings.apiBase}/cgi-bin/stable_token`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credential',
      appid: account.settings.appId,
      secret: account.secrets.appSecret,
      force_refresh: forced,
    }),
    timeoutMs: 5_000,
    maxResponseBytes: 16_384,
    trust: 'operator',
    idempotent: !forced,
  })
  if (result.sent !== 'yes') return unavailable(result.error.message)
  const granted = grantOf(result.body)
  if (granted !== null) return { ok: true, token: granted.token, expiresAtMs: askedMs + granted.seconds * 1_000 }
  const answer = interpretSendResponse({ status: result.status, body: result.body })
  if (answer.outcome === 'refused') return { ok: false, cause: 'refused', code: answer.errcode, reason: answer.errmsg }
  return unavailable(answer.outcome === 'unknown' ? answer.detail : 'an answer without a token')
}

function grantOf(body: Uint8Array): { readonly token: string; readonly seconds: number } | null {
  try {
    const answer = readDocument(Buffer.from(body).toString('utf8'), 'json')
    const token = answer['access_token']
    const seconds = Number(answer['expires_in'])
    return typeof token === 'string' && token !== '' && seconds > 0 ? { token, seconds } : null
  } catch {
    return null
  }
}

export function unavailable(reason: string): TokenFailure {
  return { ok: false, cause: 'unavailable', reason, retryAfterMs: retryFetchAfterMs }
}
