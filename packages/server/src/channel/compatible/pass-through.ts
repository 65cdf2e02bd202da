import { readDocument } from '@duoke/wechat'
import type { ChannelAccount } from '../account-directory.ts'
import type { Egress, EgressResponse } from '../egress.ts'
import type { TokenCustodian } from '../tokens.ts'
import { CallRefused, type CompatibleAnswer } from './answer.ts'
import type { Call } from './call.ts'

export type PassPorts = { readonly egress: Egress; readonly custodian: TokenCustodian }
type Passed = Pick<Call, 'method' | 'path' | 'search' | 'body' | 'contentType'>

const tokenCodes = new Set([40001, 40014, 42001, 42007])
const answeredWithinMs = 30_000
const largestAnswerBytes = 32 * 1024 * 1024
/** Of an answer of WeChat, what says what its body is; never a cookie. */
const keptHeaders = ['content-type', 'content-disposition'] as const

/**
 * A call of WeChat's API with the account's token instead of the app's: the rest of the query and the body untouched, the
 * answer as it came. A token that WeChat no longer likes is renewed by the custodian and the call made once more, because
 * such a refusal is a safe one; the app never hears of it.
 */
export async function passThrough(ports: PassPorts, account: ChannelAccount, call: Passed): Promise<CompatibleAnswer> {
  const response = await callWechat(ports, account, call)
  const headers: Record<string, string> = {}
  for (const name of keptHeaders) {
    const value = response.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  return { kind: 'bytes', status: response.status, headers, body: response.body }
}

/** @throws CallRefused with -1 when WeChat was not reached; ConnectionLost when nobody knows what became of the call */
export async function callWechat(ports: PassPorts, account: ChannelAccount, call: Passed): Promise<EgressResponse> {
  let token = await ports.custodian.token(account)
  for (let tries = 1; ; tries += 1) {
    // The account's own trouble: nothing that a new token of the app could help, so it must not look like one.
    if (!token.ok) throw new CallRefused(-1)
    const response = await post(ports, account, call, token.token)
    if (!tokenCodes.has(errcodeOf(response.body))) return response
    if (tries === 2) throw new CallRefused(-1)
    token = await ports.custodian.renew(account, token.token)
  }
}

/** Nobody knows whether WeChat carried the call out. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

async function post(ports: PassPorts, account: ChannelAccount, call: Passed, token: string): Promise<EgressResponse> {
  const result = await ports.egress.request({
    url: `${account.settings.apiBase}${call.path}?${withToken(call.search, token)}`,
    method: call.method === 'POST' ? 'POST' : 'GET',
    ...(call.contentType !== undefined && { headers: { 'content-type': call.contentType } }),
    ...(call.method === 'POST' && { body: call.body }),
    timeoutMs: answeredWithinMs,
    maxResponseBytes: largestAnswerBytes,
    trust: 'operator',
  })
  if (result.sent === 'yes') return result
  if (result.sent === 'not-sent') throw new CallRefused(-1)
  throw new ConnectionLost()
}

/** Every other parameter stays as it was written, byte for byte. */
export function withToken(search: string, token: string): string {
  const rest = search
    .split('&')
    .filter((part) => part !== '' && decodedName(part) !== 'access_token')
    .join('&')
  return `access_token=${encodeURIComponent(token)}${rest === '' ? '' : `&${rest}`}`
}

function decodedName(part: string): string {
  const name = (part.split('=')[0] ?? '').replaceAll('+', ' ')
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** 0 for what is no JSON object with a code: a file, a list, a page. */
function errcodeOf(body: Uint8Array): number {
  if (body[0] !== 0x7b || body.byteLength > 4_096) return 0
  try {
    return Number(readDocument(Buffer.from(body).toString('utf8'), 'json')['errcode'] ?? 0)
  } catch {
    return 0
  }
}
