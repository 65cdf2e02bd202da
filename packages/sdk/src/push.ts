import {
  acknowledgement,
  answerVerification,
  openPush,
  type PassiveReply,
  type Push,
  type PushCredentials,
  type PushRefusal,
  sealReply,
  writeReply,
} from '@duoke/wechat'

export type PushReceiver = {
  readonly token: string | readonly string[]
  /** Not needed in plain mode. Several while a rotation lasts, the current one first. */
  readonly encodingAesKey?: string | readonly string[]
  readonly appId: string
  /** `safe` unless told. In any mode but `plain` a push in clear is refused. */
  readonly mode?: PushCredentials['mode']
}

export type ReceivedRequest = {
  readonly method: string
  /** Path and query as they arrived, or the whole address. */
  readonly url: string
  /** As it arrived, before any parsing. */
  readonly body: Uint8Array | string
}

export type VerifiedPush =
  /** The address was set in the console: answer `answer` as it is. */
  | { readonly kind: 'verification'; readonly answer: string }
  /** A genuine push. Answer `acknowledge()` or one `reply(...)` within five seconds. */
  | {
      readonly kind: 'push'
      readonly push: Push
      readonly acknowledge: () => string
      readonly reply: (reply: PassiveReply) => string
    }
  /** Answer 403 and tell nobody why; `reason` is for one's own log. */
  | { readonly kind: 'refused'; readonly reason: PushRefusal | 'no-echo' }

/** For servers that receive WeChat-shaped pushes, from Duoke or from WeChat itself: checks, opens, and seals the answer. */
export function verifyPush(receiver: PushReceiver, request: ReceivedRequest, nowMs: number = Date.now()): VerifiedPush {
  const credentials = credentialsOf(receiver)
  const query = Object.fromEntries(new URL(request.url, 'http://receiver.invalid').searchParams)
  if (request.method.toUpperCase() === 'GET') {
    const verification = answerVerification(credentials, query)
    if (!verification.ok) return { kind: 'refused', reason: verification.reason }
    return { kind: 'verification', answer: verification.echo }
  }
  const body = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : request.body
  const nowSeconds = Math.floor(nowMs / 1000)
  const opened = openPush(credentials, { query, body, nowSeconds })
  if (!opened.ok) return { kind: 'refused', reason: opened.reason }
  const { push, format, keyIndex, tokenIndex } = opened
  const reply = (passive: PassiveReply): string =>
    sealReply(credentials, {
      document: writeReply(passive, { toUser: push.fromUser, fromUser: push.toUser, createTime: nowSeconds }, format),
      format,
      timestamp: nowSeconds,
      nonce: hexOf(crypto.getRandomValues(new Uint8Array(8))),
      random16: crypto.getRandomValues(new Uint8Array(16)),
      keyIndex,
      tokenIndex,
    })
  return { kind: 'push', push, acknowledge: () => acknowledgement, reply }
}

function credentialsOf(receiver: PushReceiver): PushCredentials {
  return {
    tokens: listOf(receiver.token),
    encodingAesKeys: listOf(receiver.encodingAesKey ?? []),
    appId: receiver.appId,
    mode: receiver.mode ?? 'safe',
  }
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
