import { DocumentError, type DocumentFormat, type Fields, textOf, wholeNumber } from '../document/fields.ts'
import { decodeUtf8, detectFormat, readDocument } from '../document/read.ts'
import { replyCodecs } from './codecs.ts'
import type { PassiveReply, ReplyReading, ReplyRefusal, ReplyType } from './reply.ts'

export const replySizeLimitBytes = 262_144

/** Reads what a developer's server answered to a push in clear; `openReply` reads what may be encrypted. */
export function parseReply(body: string | Uint8Array, format: DocumentFormat): ReplyReading {
  const text = replyText(body)
  return typeof text === 'string' ? readReply(text, format) : text
}

/** The body as text, or what is wrong with it. */
export function replyText(body: string | Uint8Array): string | Extract<ReplyReading, { kind: 'invalid' }> {
  if (body.length > replySizeLimitBytes) return invalid('too-large')
  const text = typeof body === 'string' ? body : decodeUtf8(body)
  return text ?? invalid('not-utf8')
}

export function isAcknowledgement(text: string): boolean {
  const said = text.trim()
  return said === '' || said === 'success' || said === '"success"'
}

export function readReply(text: string, format: DocumentFormat): ReplyReading {
  if (isAcknowledgement(text)) return { kind: 'acknowledgement' }
  // JSON where XML is expected is one of WeChat's own reasons for its "service unavailable" text (section 2.1).
  if (detectFormat(text) !== format) return invalid('malformed')
  try {
    return replyOf(readDocument(text, format))
  } catch (error) {
    if (error instanceof DocumentError) return invalid('malformed')
    throw error
  }
}

function replyOf(fields: Fields): ReplyReading {
  const toUser = textOf(fields, 'ToUserName')
  const fromUser = textOf(fields, 'FromUserName')
  if (!toUser || !fromUser) return invalid('no-address')
  const type = textOf(fields, 'MsgType')
  if (type === undefined || !isReplyType(type)) return invalid('unknown-type')
  const body = replyCodecs[type].read(fields)
  if (body === undefined) return invalid('missing-field')
  // The codec was chosen by the type, so type and body belong together.
  const reply = { type, ...body } as PassiveReply
  return { kind: 'reply', reply, toUser, fromUser, createTime: wholeNumber(textOf(fields, 'CreateTime')) ?? 0 }
}

function isReplyType(name: string): name is ReplyType {
  return Object.hasOwn(replyCodecs, name)
}

export function invalid(reason: ReplyRefusal): Extract<ReplyReading, { kind: 'invalid' }> {
  return { kind: 'invalid', reason }
}
