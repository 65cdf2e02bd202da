import type { OutgoingContent, SendOptions } from '@duoke/contract'
import { interpretSendResponse, writeCustomerMessage } from '@duoke/wechat'
import type { Failpoint } from '../events/failpoint.ts'
import type { ChannelAccount } from './account-directory.ts'
import type { Egress, EgressResult } from './egress.ts'
import type { TokenCustodian } from './tokens.ts'
import { customerMessageOf, type UploadedMedia } from './translate.ts'

/** What is known after one try. Only what is provably not with WeChat may be tried again. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | { readonly kind: 'unknown'; readonly code?: number; readonly reason: string }
  /** No byte of it left. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  /** WeChat took nothing because of the token, and would take it later. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string }
  /** It cannot even be written down; nothing left, and no other try would go better (F45). */
  | { readonly kind: 'unsendable'; readonly reason: string }
  /** WeChat no longer has a file of it. */
  | { readonly kind: 'media-lost'; readonly reason: string }
  /** WeChat takes nothing from this account for now. `isFault` needs somebody's attention; otherwise time heals it. */
  | { readonly kind: 'account-refused'; readonly code: number; readonly reason: string; readonly isFault: boolean }

export type SendPorts = {
  readonly egress: Egress
  readonly custodian: TokenCustodian
  readonly failpoint: Failpoint
}

export type Answer = {
  readonly openid: string
  readonly content: OutgoingContent
  readonly options: SendOptions
  readonly uploaded: UploadedMedia
}

/** More than WeChat ever takes, and short enough that a claim is still fresh when it ends. */
const sendWithinMs = 8_000
const minuteQuota = 45011
const invalidMedia = 40007

/** One try, with one fresh token if WeChat does not like ours: a refusal for the token is a safe one. */
export async function sendAnswer(
  ports: SendPorts,
  account: ChannelAccount,
  answer: Answer,
  token: string,
): Promise<Verdict> {
  const body = bodyOf(answer)
  if (typeof body !== 'string') return { kind: 'unsendable', reason: body.message.slice(0, 300) }
  const first = verdictOf(await post(ports, account, body, token))
  if (first !== 'token-refused') return first
  const renewed = await ports.custodian.renew(account, token)
  if (!renewed.ok) {
    if (renewed.cause === 'unavailable') return { kind: 'again', afterMs: renewed.retryAfterMs, reason: renewed.reason }
    return { kind: 'account-refused', code: renewed.code, reason: renewed.reason, isFault: true }
  }
  const second = verdictOf(await post(ports, account, body, renewed.token))
  return second === 'token-refused'
    ? { kind: 'again', afterMs: 30_000, reason: 'WeChat refuses a fresh token' }
    : second
}

function bodyOf({ openid, content, uploaded, options }: Answer): string | Error {
  try {
    return writeCustomerMessage(openid, customerMessageOf(content, uploaded), {
      ...(options.kfAccount !== undefined && { kfAccount: options.kfAccount }),
      ...(options.isAi !== undefined && { aiMessage: options.isAi }),
      ...(options.businessId !== undefined && { businessId: options.businessId }),
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function post(ports: SendPorts, account: ChannelAccount, body: string, token: string): Promise<EgressResult> {
  return ports.egress.request({
    url: `${account.settings.apiBase}/cgi-bin/message/custom/send?access_token=${encodeURIComponent(token)}`,
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
    timeoutMs: sendWithinMs,
    maxResponseBytes: 65_536,
    trust: 'operator',
    idempotent: false,
    onWritten: () => ports.failpoint('after_socket_write'),
  })
}

function verdictOf(result: EgressResult): Verdict | 'token-refused' {
  switch (result.sent) {
    case 'not-sent':
      return { kind: 'not-sent', reason: result.error.message }
    case 'unknown':
      return { kind: 'unknown', reason: result.error.message }
    case 'yes':
      return verdictOfAnswer(result)
    default:
      return result satisfies never
  }
}

function verdictOfAnswer(result: Extract<EgressResult, { sent: 'yes' }>): Verdict | 'token-refused' {
  const contentType = result.headers['content-type']
  const answer = interpretSendResponse({ status: result.status, contentType, body: result.body })
  if (answer.outcome === 'accepted') return { kind: 'accepted' }
  if (answer.outcome === 'unknown')
    return { kind: 'unknown', code: answer.errcode, reason: answer.detail.slice(0, 300) }
  const { errcode: code, retry } = answer
  const reason = answer.errmsg.slice(0, 300)
  switch (retry) {
    case 'after-token-refresh':
      return 'token-refused'
    case 'later':
      return { kind: 'account-refused', code, reason, isFault: code !== minuteQuota }
    case 'never':
      return code === invalidMedia ? { kind: 'media-lost', reason } : { kind: 'refused', code, reason }
    default:
      return retry satisfies never
  }
}
