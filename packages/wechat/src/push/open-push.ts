import { type DecryptFailure, decrypt, deriveAesKey } from '../crypto/cipher.ts'
import { WechatCryptoError } from '../crypto/codes.ts'
import { signatureMatches } from '../crypto/signature.ts'
import { DocumentError, type DocumentFormat, type DocumentRefusal } from '../document/fields.ts'
import { decodeUtf8, detectFormat } from '../document/read.ts'
import { type PushCredentials, type PushQuery, queryText } from './credentials.ts'
import { encryptedCandidates } from './envelope.ts'
import { parsePush } from './parse-push.ts'
import type { Push } from './push.ts'

export const pushSizeLimits = { plainBytes: 65_536, encryptedBytes: 262_144 } as const
export const defaultToleranceSeconds = 600

/** For our own log and alarms only: to the outside every refusal looks the same. */
export type PushRefusal =
  | 'too-large'
  | 'not-signed'
  | 'wrong-signature'
  | 'stale'
  | 'plain-refused'
  | 'unknown-encryption'
  | 'no-ciphertext'
  | 'bad-key'
  | 'not-utf8'
  | DecryptFailure
  /** From here on the push is genuine (its signature and, unless plain, its ciphertext were right). */
  | 'not-a-document'
  | DocumentRefusal

export interface OpenPushInput {
  readonly query: PushQuery
  readonly body: Uint8Array
  readonly nowSeconds: number
  /** How far the push's timestamp may be from now, either way. */
  readonly toleranceSeconds?: number | undefined
}

export type OpenedPush =
  | {
      readonly ok: true
      readonly push: Push
      /** The clear text. It may hold NUL: keep it as bytes, not in a text column. */
      readonly document: string
      readonly format: DocumentFormat
      /** Which key opened it; absent when the push came in clear. Replies are sealed with the same one. */
      readonly keyIndex: number | undefined
      readonly tokenIndex: number
    }
  | { readonly ok: false; readonly reason: PushRefusal }

export function openPush(credentials: PushCredentials, input: OpenPushInput): OpenedPush {
  const encryption = queryText(input.query, 'encrypt_type')
  const encrypted = encryption === 'aes'
  if (!encrypted && encryption !== undefined && encryption !== 'raw' && encryption !== '') {
    return refused('unknown-encryption')
  }
  if (!encrypted && credentials.mode !== 'plain') return refused('plain-refused')
  const limit = encrypted ? pushSizeLimits.encryptedBytes : pushSizeLimits.plainBytes
  if (input.body.byteLength > limit) return refused('too-large')
  return encrypted ? openEncrypted(credentials, input) : openPlain(credentials, input)
}

function openPlain(credentials: PushCredentials, input: OpenPushInput): OpenedPush {
  const checked = genuineToken(credentials, input, 'signature', [[]])
  if (!checked.ok) return checked
  const body = decodeUtf8(input.body)
  if (body === undefined) return refused('not-utf8')
  return read(body, undefined, checked.tokenIndex)
}

function openEncrypted(credentials: PushCredentials, input: OpenPushInput): OpenedPush {
  const body = decodeUtf8(input.body)
  if (body === undefined) return refused('not-utf8')
  const format = detectFormat(body)
  const candidates = format === undefined ? [] : encryptedCandidates(body, format)
  if (candidates.length === 0) return refused('no-ciphertext')
  const checked = genuineToken(
    credentials,
    input,
    'msg_signature',
    candidates.map((candidate) => [candidate]),
  )
  if (!checked.ok) return checked
  const aesKeys = keysOf(credentials)
  if (aesKeys === undefined) return refused('bad-key')
  const opened = decrypt({ aesKeys, receiveId: credentials.appId, encrypted: candidates[checked.signedIndex] ?? '' })
  return opened.ok ? read(opened.message, opened.keyIndex, checked.tokenIndex) : refused(opened.reason)
}

type Checked =
  | { readonly ok: true; readonly tokenIndex: number; readonly signedIndex: number }
  | { readonly ok: false; readonly reason: PushRefusal }

/** Tries every token on everything that may be signed and never stops early, so that time tells nothing. */
function genuineToken(
  credentials: PushCredentials,
  input: OpenPushInput,
  parameter: 'signature' | 'msg_signature',
  signedParts: readonly (readonly string[])[],
): Checked {
  const given = queryText(input.query, parameter)
  const timestamp = queryText(input.query, 'timestamp') ?? ''
  const nonce = queryText(input.query, 'nonce') ?? ''
  let found: { readonly tokenIndex: number; readonly signedIndex: number } | undefined
  for (const [tokenIndex, token] of credentials.tokens.entries()) {
    for (const [signedIndex, parts] of signedParts.entries()) {
      const matches = signatureMatches(given, token, timestamp, nonce, ...parts)
      if (matches && token !== '' && found === undefined) found = { tokenIndex, signedIndex }
    }
  }
  if (given === undefined) return refused('not-signed')
  if (found === undefined) return refused('wrong-signature')
  if (!isFresh(timestamp, input)) return refused('stale')
  return { ok: true, ...found }
}

function isFresh(timestamp: string, input: OpenPushInput): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  return Math.abs(input.nowSeconds - Number(timestamp)) <= (input.toleranceSeconds ?? defaultToleranceSeconds)
}

function keysOf(credentials: PushCredentials): readonly Uint8Array[] | undefined {
  try {
    return credentials.encodingAesKeys.map(deriveAesKey)
  } catch (error) {
    if (error instanceof WechatCryptoError) return undefined
    throw error
  }
}

function read(document: string, keyIndex: number | undefined, tokenIndex: number): OpenedPush {
  const format = detectFormat(document)
  if (format === undefined) return refused('not-a-document')
  try {
    return { ok: true, push: parsePush(document, format), document, format, keyIndex, tokenIndex }
  } catch (error) {
    if (error instanceof DocumentError) return refused(error.reason)
    throw error
  }
}

function refused(reason: PushRefusal): { readonly ok: false; readonly reason: PushRefusal } {
  return { ok: false, reason }
}
