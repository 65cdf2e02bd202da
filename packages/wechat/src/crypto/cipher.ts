import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { type CryptoCode, WechatCryptoError } from './codes.ts'

const ENCODING_AES_KEY = /^[A-Za-z0-9+/]{43}$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const RANDOM_BYTES = 16
const LENGTH_BYTES = 4
const HEAD_BYTES = RANDOM_BYTES + LENGTH_BYTES
/** Tencent pads to 32 bytes, not to the cipher's 16, so the library's own padding is switched off. */
const PADDING_BLOCK = 32

export type DecryptFailure =
  | 'not-base64'
  | 'not-decryptable'
  | 'bad-padding'
  | 'bad-length'
  | 'wrong-receive-id'
  | 'not-utf8'

/** The code Tencent's own library answers for each failure. */
export const decryptFailureCodes: Readonly<Record<DecryptFailure, CryptoCode>> = {
  'not-base64': -40010,
  'not-decryptable': -40007,
  'bad-padding': -40008,
  'bad-length': -40008,
  'wrong-receive-id': -40005,
  'not-utf8': -40008,
}

export type Decrypted =
  | { readonly ok: true; readonly message: string; readonly keyIndex: number }
  | { readonly ok: false; readonly reason: DecryptFailure }

/** 43 Base64 characters hold 258 bits; Node's decoder ignores the last two, as Tencent's does. */
export function deriveAesKey(encodingAesKey: string): Uint8Array {
  if (!ENCODING_AES_KEY.test(encodingAesKey)) throw new WechatCryptoError(-40004, 'it must have 43 letters and digits')
  return new Uint8Array(Buffer.from(`${encodingAesKey}=`, 'base64'))
}

export interface EncryptInput {
  readonly aesKey: Uint8Array
  /** The account's appid; for a third-party platform the component's (protocol reference, section 1.6). */
  readonly receiveId: string
  readonly random16: Uint8Array
  readonly message: string
}

export function encrypt(input: EncryptInput): string {
  if (input.random16.length !== RANDOM_BYTES) throw new WechatCryptoError(-40006, 'exactly 16 random bytes are needed')
  if (input.aesKey.length !== 32) throw new WechatCryptoError(-40004, 'the key must have 32 bytes')
  const message = Buffer.from(input.message, 'utf8')
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(message.length)
  const plain = Buffer.concat([input.random16, length, message, Buffer.from(input.receiveId, 'utf8')])
  const pad = PADDING_BLOCK - (plain.length % PADDING_BLOCK)
  const cipher = createCipheriv('aes-256-cbc', input.aesKey, input.aesKey.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString('base64')
}

export interface DecryptInput {
  /** Current key first, then the previous one while a rotation lasts. */
  readonly aesKeys: readonly Uint8Array[]
  readonly receiveId: string
  readonly encrypted: string
}

export function decrypt(input: DecryptInput): Decrypted {
  const { encrypted } = input
  const bytes = Buffer.from(encrypted, 'base64')
  if (!isBase64(encrypted, bytes)) return { ok: false, reason: 'not-base64' }
  let furthest: DecryptFailure = 'not-decryptable'
  for (const [keyIndex, aesKey] of input.aesKeys.entries()) {
    const opened = openWith(aesKey, bytes, input.receiveId)
    if (opened.ok) return { ok: true, message: opened.message, keyIndex }
    if (stage[opened.reason] > stage[furthest]) furthest = opened.reason
  }
  return { ok: false, reason: furthest }
}

/** What comes out as it went in was right; only the rest has to be looked at letter by letter, which takes far longer. */
function isBase64(text: string, decoded: Buffer): boolean {
  if (text === '' || text.length % 4 !== 0) return false
  return decoded.toString('base64') === text || BASE64.test(text)
}

/** With several keys the failure that came furthest says most: a wrong key fails early, a wrong appid late. */
const stage: Readonly<Record<DecryptFailure, number>> = {
  'not-base64': 0,
  'not-decryptable': 1,
  'bad-padding': 2,
  'bad-length': 3,
  'wrong-receive-id': 4,
  'not-utf8': 5,
}

/** A byte order mark inside the message is the sender's text: dropping it would not be lossless. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Opened = { readonly ok: true; readonly message: string } | { readonly ok: false; readonly reason: DecryptFailure }

function openWith(aesKey: Uint8Array, encrypted: Uint8Array, receiveId: string): Opened {
  if (aesKey.length !== 32 || encrypted.length === 0 || encrypted.length % 16 !== 0) {
    return { ok: false, reason: 'not-decryptable' }
  }
  const decipher = createDecipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false)
  // Whole blocks, and no padding of the cipher's own: nothing is left for the end.
  const padded = decipher.update(encrypted)
  decipher.final()
  const plain = withoutPadding(padded)
  if (plain === undefined) return { ok: false, reason: 'bad-padding' }
  if (plain.length < HEAD_BYTES) return { ok: false, reason: 'bad-length' }
  const end = HEAD_BYTES + plain.readUInt32BE(RANDOM_BYTES)
  if (end > plain.length) return { ok: false, reason: 'bad-length' }
  if (!sameBytes(plain.subarray(end), Buffer.from(receiveId, 'utf8'))) return { ok: false, reason: 'wrong-receive-id' }
  try {
    return { ok: true, message: utf8.decode(plain.subarray(HEAD_BYTES, end)) }
  } catch {
    return { ok: false, reason: 'not-utf8' }
  }
}

/** Looks at all of the last block whatever it finds, so that the time taken says nothing about the padding. */
function withoutPadding(padded: Buffer): Buffer | undefined {
  const pad = padded[padded.length - 1] ?? 0
  let wrong = pad < 1 || pad > PADDING_BLOCK || pad > padded.length ? 1 : 0
  const window = Math.min(PADDING_BLOCK, padded.length)
  for (let back = 1; back <= window; back += 1) {
    const inPadding = back <= pad ? 1 : 0
    wrong |= inPadding & ((padded[padded.length - back] ?? 0) === pad ? 0 : 1)
  }
  return wrong === 0 ? padded.subarray(0, padded.length - pad) : undefined
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
