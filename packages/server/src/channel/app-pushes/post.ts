import { type PushCredentials, signature } from '@duoke/wechat'
import type { Egress } from '../egress.ts'
import { appPushLimits } from './limits.ts'
import { type AppAnswer, readAppAnswer } from './reply.ts'
import { type AppServer, type ClearPush, nonceOf, type PushRole, sealForApp, withQuery } from './seal.ts'

/** One try, for the delivery log. */
export type Tried = {
  readonly startedMs: number
  readonly tookMs: number
  /** The HTTP status; null when none came. */
  readonly status: number | null
  readonly answerBytes: number
  readonly answer: AppAnswer
}

export type PostPorts = {
  readonly egress: Egress
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
}

export type AppTarget = { readonly server: AppServer; readonly credentials: PushCredentials }

/**
 * Pushes once, signed and encrypted afresh as each of WeChat's tries is. Never throws. `onWritten` is called when the whole
 * request has left: what is pushed after that cannot overtake it.
 */
export async function postToApp(
  ports: PostPorts,
  target: AppTarget,
  { push, role }: { readonly push: ClearPush; readonly role: PushRole },
  onWritten: () => void = () => {},
): Promise<Tried> {
  const { server, credentials } = target
  const startedMs = ports.nowMs()
  const nowSeconds = Math.floor(startedMs / 1000)
  const sealed = sealForApp(push, server, credentials, { role, nowSeconds, randomBytes: ports.randomBytes })
  const result = await ports.egress.request({
    url: sealed.url,
    method: 'POST',
    headers: { 'content-type': sealed.contentType, 'user-agent': userAgent },
    body: sealed.body,
    timeoutMs: appPushLimits.tryWithinMs,
    maxResponseBytes: appPushLimits.answerBytes,
    trust: 'app-push',
    onWritten,
  })
  return {
    startedMs,
    tookMs: ports.nowMs() - startedMs,
    status: result.sent === 'yes' ? result.status : null,
    answerBytes: result.sent === 'yes' ? result.body.byteLength : 0,
    answer: readAppAnswer(result, { push, server, credentials }),
  }
}

/** What WeChat's own pushes carry: some servers answer nobody without. */
const userAgent = 'Mozilla/4.0'

export type Verified = { readonly ok: boolean; readonly status: number | null; readonly tookMs: number }

/** The GET that WeChat sends when a server address is set (protocol reference, section 1.2). */
export async function verifyApp(ports: PostPorts, { server, credentials }: AppTarget): Promise<Verified> {
  const startedMs = ports.nowMs()
  const timestamp = String(Math.floor(startedMs / 1000))
  const nonce = nonceOf(ports.randomBytes)
  const echostr = nonceOf(ports.randomBytes) + nonceOf(ports.randomBytes).slice(0, 9)
  const sign = signature(credentials.tokens[0] ?? '', timestamp, nonce)
  const result = await ports.egress.request({
    url: withQuery(server.url, { signature: sign, timestamp, nonce, echostr }),
    method: 'GET',
    headers: { 'user-agent': userAgent },
    timeoutMs: appPushLimits.tryWithinMs,
    maxResponseBytes: appPushLimits.answerBytes,
    trust: 'app-push',
  })
  const isEcho = result.sent === 'yes' && result.status === 200 && Buffer.from(result.body).toString() === echostr
  return { ok: isEcho, status: result.sent === 'yes' ? result.status : null, tookMs: ports.nowMs() - startedMs }
}
