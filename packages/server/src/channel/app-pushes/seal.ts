import {
  type DocumentFormat,
  detectFormat,
  type Fields,
  type PushCredentials,
  parsePush,
  type RawPush,
  sealPush,
  writePush,
} from '@duoke/wechat'

/** Whether the answer to a push counts as the account's passive reply. An old server ignores the parameter. */
export type PushRole = 'responder' | 'standby'

/** A push as it is given to every app: what happened, in WeChat's own fields. */
export type ClearPush = RawPush

/** Where the app's server is, and which documents it reads. */
export type AppServer = { readonly url: string; readonly format: DocumentFormat }

export type PushRequest = {
  readonly url: string
  readonly body: string
  readonly contentType: string
}

export type Sealing = {
  readonly role: PushRole
  readonly nowSeconds: number
  readonly randomBytes: (count: number) => Uint8Array
}

/** The push as it came from WeChat, or null when it was erased or is no document: there is nothing to show then. */
export function clearPushOf(raw: string | undefined): ClearPush | null {
  const format = raw === undefined ? undefined : detectFormat(raw)
  if (raw === undefined || format === undefined) return null
  try {
    const { toUser, fromUser, createTime, fields } = parsePush(raw, format)
    return { toUser, fromUser, createTime, fields: forwardable(fields) }
  } catch {
    // It was read once when it arrived; a document of another version of Duoke is no reason to stop a feed.
    return null
  }
}

/** JSON takes any name and XML does not: what cannot be written in both is left out, in every format alike. */
function forwardable(fields: Fields): Fields {
  const kept = Object.entries(fields).filter(([name]) => name !== 'Encrypt' && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name))
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      typeof value === 'object' && !Array.isArray(value) ? forwardable(value as Fields) : value, // the check leaves nothing else
    ]),
  )
}

/** The request that WeChat would make to this app's server, with the app's own signature, key, mode and format. */
export function sealForApp(
  push: ClearPush,
  server: AppServer,
  credentials: PushCredentials,
  { role, nowSeconds, randomBytes }: Sealing,
): PushRequest {
  const [token = ''] = credentials.tokens
  const [encodingAesKey = ''] = credentials.encodingAesKeys
  const sealed = sealPush(
    { token, encodingAesKey, appId: credentials.appId, mode: credentials.mode },
    {
      document: writePush(push, server.format),
      format: server.format,
      toUser: push.toUser,
      openid: push.fromUser,
      timestamp: nowSeconds,
      nonce: nonceOf(randomBytes),
      random16: printable(randomBytes(16)),
    },
  )
  const url = withQuery(server.url, { ...sealed.query, duoke_role: role })
  return { url, body: sealed.body, contentType: sealed.contentType }
}

/** What the address already carries stays; WeChat's parameters win. */
export function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

/** Ten digits, as WeChat's own. */
export function nonceOf(randomBytes: (count: number) => Uint8Array): string {
  return [...randomBytes(10)].map((byte) => byte % 10).join('')
}

/** Every official sample has printable characters there (protocol reference, section 1.6). */
function printable(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('base64url').slice(0, 16), 'latin1')
}
