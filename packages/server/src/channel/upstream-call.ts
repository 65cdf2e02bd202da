import { readDocument } from '@duoke/wechat'
import type { ChannelAccount } from './account-directory.ts'
import type { Egress, EgressRequest, EgressResponse } from './egress.ts'
import type { TokenCustodian } from './tokens.ts'

export type UpstreamPorts = { readonly egress: Egress; readonly custodian: TokenCustodian }

export type UpstreamResult =
  /** An answer of WeChat that is no error: its bytes, and its fields when it is JSON. */
  | {
      readonly kind: 'answer'
      readonly response: EgressResponse
      readonly fields: Readonly<Record<string, unknown>> | null
    }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  /** Nothing usable came; asking again does no harm for the calls made here. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number }

const tokenCodes = new Set([40001, 40014, 42001])
const failedForMs = 2_000

/** A call of WeChat's API that may be repeated: with the account's token, and once more with a new one. */
export async function callUpstream(
  ports: UpstreamPorts,
  account: ChannelAccount,
  path: string,
  request: Pick<EgressRequest, 'method' | 'headers' | 'body' | 'timeoutMs' | 'maxResponseBytes'>,
): Promise<UpstreamResult> {
  let token = await ports.custodian.token(account)
  for (let tries = 1; ; tries += 1) {
    if (!token.ok) {
      if (token.cause === 'unavailable')
        return { kind: 'failed', reason: token.reason, retryAfterMs: token.retryAfterMs }
      return { kind: 'failed', reason: `${token.code} ${token.reason}`, retryAfterMs: 60_000 }
    }
    const url = `${account.settings.apiBase}${path}${path.includes('?') ? '&' : '?'}access_token=${encodeURIComponent(token.token)}`
    const response = await ports.egress.request({ ...request, url, trust: 'operator' })
    if (response.sent !== 'yes') return { kind: 'failed', reason: response.error.message, retryAfterMs: failedForMs }
    const result = resultOf(response)
    if (result.kind !== 'refused' || !tokenCodes.has(result.code)) return result
    if (tries === 2) return { kind: 'failed', reason: result.reason, retryAfterMs: 30_000 }
    token = await ports.custodian.renew(account, token.token)
  }
}

function resultOf(response: EgressResponse): UpstreamResult {
  const fields = jsonOf(response.body)
  const code = Number(fields?.['errcode'] ?? 0)
  if (fields !== null && code === -1) return { kind: 'failed', reason: 'system busy', retryAfterMs: failedForMs }
  if (fields !== null && code !== 0)
    return { kind: 'refused', code, reason: String(fields['errmsg'] ?? '').slice(0, 300) }
  if (response.status !== 200) return { kind: 'failed', reason: `HTTP ${response.status}`, retryAfterMs: failedForMs }
  return { kind: 'answer', response, fields }
}

/** By what it is: the content type of WeChat's JSON is not always JSON's (protocol reference, section 6.2). */
function jsonOf(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  if (body[0] !== 0x7b || body.byteLength > 262_144) return null
  try {
    return readDocument(Buffer.from(body).toString('utf8'), 'json')
  } catch {
    return null
  }
}
