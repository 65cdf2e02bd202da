import { decrypt, deriveAesKey, encrypt } from '../crypto/cipher.ts'
import { signature, signatureMatches } from '../crypto/signature.ts'
import { DocumentError, type DocumentFormat, type Fields, textOf } from '../document/fields.ts'
import { detectFormat, readDocument } from '../document/read.ts'
import { cdata } from '../document/write.ts'
import type { PushCredentials } from '../push/credentials.ts'
import { invalid, isAcknowledgement, readReply, replyText } from './parse-reply.ts'
import type { ReplyReading } from './reply.ts'

export interface SealReplyInput {
  readonly document: string
  readonly format: DocumentFormat
  readonly timestamp: string | number
  readonly nonce: string
  readonly random16: Uint8Array
  /** As `openPush` gave it: the reply is sealed with the key that opened the push, and left clear if none did. */
  readonly keyIndex: number | undefined
  readonly tokenIndex?: number | undefined
}

/** Protocol reference, section 1.7. An acknowledgement stays in clear, as it must. */
export function sealReply(credentials: PushCredentials, input: SealReplyInput): string {
  if (input.keyIndex === undefined || isAcknowledgement(input.document)) return input.document
  const key = credentials.encodingAesKeys[input.keyIndex]
  const token = credentials.tokens[input.tokenIndex ?? 0]
  if (key === undefined || token === undefined) throw new RangeError('no such key or token')
  const timestamp = String(input.timestamp)
  if (!/^\d{1,12}$/.test(timestamp)) throw new RangeError('the timestamp must be in seconds')
  const message = input.document
  const encrypted = encrypt({
    aesKey: deriveAesKey(key),
    receiveId: credentials.appId,
    random16: input.random16,
    message,
  })
  const sign = signature(token, timestamp, input.nonce, encrypted)
  if (input.format === 'json') {
    return JSON.stringify({ Encrypt: encrypted, MsgSignature: sign, TimeStamp: Number(timestamp), Nonce: input.nonce })
  }
  return (
    `<xml><Encrypt>${cdata(encrypted)}</Encrypt><MsgSignature>${cdata(sign)}</MsgSignature>` +
    `<TimeStamp>${timestamp}</TimeStamp><Nonce>${cdata(input.nonce)}</Nonce></xml>`
  )
}

/** The other end of `sealReply`: for whoever plays WeChat towards a server (a simulator, a gateway to apps). */
export function openReply(
  credentials: PushCredentials,
  input: { readonly body: string | Uint8Array; readonly format: DocumentFormat },
): ReplyReading {
  const text = replyText(input.body)
  if (typeof text !== 'string') return text
  if (isAcknowledgement(text)) return { kind: 'acknowledgement' }
  if (credentials.mode === 'plain') return readReply(text, input.format)
  const envelope = envelopeOf(text, input.format)
  if (envelope === undefined) return invalid('malformed')
  const encrypted = textOf(envelope, 'Encrypt')
  if (encrypted === undefined) {
    return credentials.mode === 'safe' ? invalid('clear-in-safe-mode') : readReply(text, input.format)
  }
  const opened = openEnvelope(credentials, envelope, encrypted)
  return typeof opened === 'string' ? readReply(opened, input.format) : opened
}

function openEnvelope(credentials: PushCredentials, envelope: Fields, encrypted: string): string | ReplyReading {
  const given = textOf(envelope, 'MsgSignature')
  const timestamp = textOf(envelope, 'TimeStamp')?.trim() ?? ''
  const nonce = textOf(envelope, 'Nonce') ?? ''
  const genuine = credentials.tokens.some((token) => signatureMatches(given, token, timestamp, nonce, encrypted))
  if (!genuine) return invalid('wrong-signature')
  const aesKeys = credentials.encodingAesKeys.map(deriveAesKey)
  const opened = decrypt({ aesKeys, receiveId: credentials.appId, encrypted })
  return opened.ok ? opened.message : invalid('not-decryptable')
}

function envelopeOf(text: string, format: DocumentFormat): Fields | undefined {
  if (detectFormat(text) !== format) return undefined
  try {
    return readDocument(text, format)
  } catch (error) {
    if (error instanceof DocumentError) return undefined
    throw error
  }
}
