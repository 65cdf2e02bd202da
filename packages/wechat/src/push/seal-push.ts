import { deriveAesKey, encrypt } from '../crypto/cipher.ts'
import { signature } from '../crypto/signature.ts'
import type { DocumentFormat } from '../document/fields.ts'
import { cdata } from '../document/write.ts'
import type { PushMode } from './credentials.ts'

export interface PushTarget {
  readonly token: string
  readonly encodingAesKey: string
  readonly appId: string
  readonly mode: PushMode
}

export interface SealPushInput {
  readonly document: string
  readonly format: DocumentFormat
  /** The account's original id, shown on the envelope. */
  readonly toUser: string
  readonly openid: string
  readonly timestamp: string | number
  readonly nonce: string
  readonly random16: Uint8Array
}

export interface SealedPush {
  readonly query: Readonly<Record<string, string>>
  readonly body: string
  readonly contentType: string
}

/** Makes the request WeChat would send, in each of the three modes (protocol reference, sections 1.3 to 1.5). */
export function sealPush(target: PushTarget, input: SealPushInput): SealedPush {
  const timestamp = String(input.timestamp)
  const { nonce, openid } = input
  const contentType = input.format === 'xml' ? 'text/xml' : 'application/json'
  const query = { signature: signature(target.token, timestamp, nonce), timestamp, nonce, openid }
  if (target.mode === 'plain') return { query, body: input.document, contentType }
  const aesKey = deriveAesKey(target.encodingAesKey)
  const encrypted = encrypt({ aesKey, receiveId: target.appId, random16: input.random16, message: input.document })
  return {
    query: {
      ...query,
      encrypt_type: 'aes',
      msg_signature: signature(target.token, timestamp, nonce, encrypted),
    },
    body: target.mode === 'safe' ? envelope(input, encrypted) : withCiphertext(input, encrypted),
    contentType,
  }
}

function envelope(input: SealPushInput, encrypted: string): string {
  if (input.format === 'json') return JSON.stringify({ ToUserName: input.toUser, Encrypt: encrypted })
  return `<xml><ToUserName>${cdata(input.toUser)}</ToUserName><Encrypt>${cdata(encrypted)}</Encrypt></xml>`
}

/** Compatible mode: the clear document with the ciphertext as one more field at its end. */
function withCiphertext(input: SealPushInput, encrypted: string): string {
  const isXml = input.format === 'xml'
  const end = input.document.lastIndexOf(isXml ? '</xml>' : '}')
  if (end < 0) throw new TypeError(`the document is not ${input.format}`)
  const field = isXml ? `<Encrypt>${cdata(encrypted)}</Encrypt>` : `,"Encrypt":${JSON.stringify(encrypted)}`
  return input.document.slice(0, end) + field + input.document.slice(end)
}
