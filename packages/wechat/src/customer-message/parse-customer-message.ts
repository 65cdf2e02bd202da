import { Buffer } from 'node:buffer'
import { DocumentError, type Fields, fieldValue, isFields, textOf } from '../document/fields.ts'
import { readJson } from '../document/json-reader.ts'
import { decodeUtf8 } from '../document/read.ts'
import { errorMessage } from '../errors/error-codes.ts'
import { customerMessageLimits } from '../limits.ts'
import { customerMessageCodecs, isCustomerMessageType } from './codecs.ts'
import type {
  CustomerMessage,
  CustomerMessageType,
  ParsedCustomerMessage,
  ParsedTyping,
  WechatRefusal,
} from './customer-message.ts'

export interface ParseOptions {
  /** WeChat answers 47002 to `\uXXXX`; many SDKs send it, so only an honest counterpart asks for this. */
  readonly refuseUnicodeEscapes?: boolean | undefined
}

/** Reads a body of `message/custom/send` and refuses with the code WeChat would answer. */
export function parseCustomerMessage(body: string | Uint8Array, options: ParseOptions = {}): ParsedCustomerMessage {
  const fields = readBody(body, options)
  if ('ok' in fields) return fields
  const { openid, rest } = fields
  if (openid === undefined) return refusal(40003)
  const type = textOf(rest, 'msgtype')
  if (type === undefined || !isCustomerMessageType(type)) return refusal(40008)
  const inner = fieldValue(rest, type)
  const read = isFields(inner) ? customerMessageCodecs[type].read(inner) : undefined
  if (read === undefined) return refusal(missingFieldCodes[type])
  // The codec was chosen by the type, so type and body belong together.
  const message = { type, ...read } as CustomerMessage
  const broken = brokenLimit(message)
  return broken === undefined ? { ok: true, openid, message, ...optionsOf(rest) } : refusal(broken)
}

/** Reads a body of `message/custom/typing` (protocol reference, section 5.10). */
export function parseTyping(body: string | Uint8Array, options: ParseOptions = {}): ParsedTyping {
  const fields = readBody(body, options)
  if ('ok' in fields) return fields
  const { openid, rest } = fields
  if (openid === undefined) return refusal(40003)
  const command = textOf(rest, 'command')
  return command === 'Typing' || command === 'CancelTyping' ? { ok: true, openid, command } : refusal(45072)
}

/** What WeChat says when the object under the type's name, or a field it needs, is not there. */
const missingFieldCodes: Readonly<Record<CustomerMessageType, number>> = {
  text: 44004,
  image: 40007,
  voice: 40007,
  video: 40007,
  music: 40007,
  news: 44003,
  mpnews: 40007,
  mpnewsarticle: 47001,
  msgmenu: 45098,
  wxcard: 47001,
  miniprogrampage: 47001,
  link: 47001,
}

function brokenLimit(message: CustomerMessage): number | undefined {
  const limits = customerMessageLimits
  switch (message.type) {
    case 'text':
      if (message.content === '') return 44004
      return Buffer.byteLength(message.content, 'utf8') > limits.textBytes ? 45002 : undefined
    case 'news':
      if (message.articles.length === 0) return 44003
      return message.articles.length > limits.newsArticles ? 45008 : undefined
    case 'msgmenu':
      if (message.list.length === 0 || message.list.length > limits.menuItems) return 45098
      return message.list.some((item) => Buffer.byteLength(item.content, 'utf8') > limits.menuItemBytes)
        ? 45099
        : undefined
    case 'image':
    case 'voice':
    case 'video':
    case 'mpnews':
      return message.mediaId === '' ? 40007 : undefined
    default:
      return undefined
  }
}

function optionsOf(fields: Fields) {
  const service = fieldValue(fields, 'customservice')
  const context = fieldValue(fields, 'aimsgcontext')
  const kfAccount = isFields(service) ? textOf(service, 'kf_account') : undefined
  const isAi = isFields(context) ? textOf(context, 'is_ai_msg') : undefined
  const businessId = textOf(fields, 'businessid')
  return {
    ...(kfAccount ? { kfAccount } : {}),
    ...(isAi === undefined ? {} : { aiMessage: isAi === '1' || isAi === 'true' }),
    ...(businessId ? { businessId } : {}),
  }
}

type Body = { readonly openid: string | undefined; readonly rest: Fields } | WechatRefusal

function readBody(body: string | Uint8Array, options: ParseOptions): Body {
  if (body.length === 0) return refusal(44002)
  const text = typeof body === 'string' ? body : decodeUtf8(body)
  if (text === undefined) return refusal(40033)
  if (options.refuseUnicodeEscapes === true && /(?:^|[^\\])(?:\\\\)*\\u[0-9a-fA-F]{4}/.test(text)) return refusal(47002)
  try {
    const rest = readJson(text)
    return { openid: textOf(rest, 'touser') || undefined, rest }
  } catch (error) {
    if (error instanceof DocumentError) return refusal(47001)
    throw error
  }
}

function refusal(errcode: number): WechatRefusal {
  return { ok: false, errcode, errmsg: errorMessage(errcode) }
}
