import { type DocumentFormat, type Fields, textOf, wholeNumber } from '../document/fields.ts'
import { readDocument } from '../document/read.ts'
import { envelopeCodec, eventCodecs, messageCodecs, messageIdCodec } from './codecs.ts'
import type { EventName } from './events.ts'
import type { MessageType } from './messages.ts'
import type { Push, PushDraft, UnknownPush } from './push.ts'

/** Throws a `DocumentError` when the text is no document of this format; an unknown kind is no error. */
export function parsePush(document: string, format: DocumentFormat): Push {
  return pushOf(readDocument(document, format))
}

export function pushOf(fields: Fields): Push {
  const msgType = textOf(fields, 'MsgType')
  if (msgType === 'event') return eventOf(fields) ?? unknownPush(fields)
  return messageOf(fields, msgType) ?? unknownPush(fields)
}

function messageOf(fields: Fields, msgType: string | undefined): Push | undefined {
  if (msgType === undefined || !isMessageType(msgType)) return undefined
  const envelope = envelopeCodec.read(fields)
  const id = messageIdCodec.read(fields)
  const body = messageCodecs[msgType].read(fields)
  if (envelope === undefined || id === undefined || body === undefined) return undefined
  // The codec was chosen by the message type, so kind and body belong together.
  return { kind: msgType, ...envelope, ...id, ...body, fields } as Push
}

function eventOf(fields: Fields): Push | undefined {
  const event = textOf(fields, 'Event')
  if (event === undefined || !isEventName(event)) return undefined
  const envelope = envelopeCodec.read(fields)
  const body = eventCodecs[event].read(fields)
  if (envelope === undefined || body === undefined) return undefined
  // The codec was chosen by the event's name, so name and body belong together.
  return { kind: 'event', event, ...envelope, ...body, fields } as Push
}

function unknownPush(fields: Fields): UnknownPush {
  return {
    kind: 'unknown',
    toUser: textOf(fields, 'ToUserName') ?? '',
    fromUser: textOf(fields, 'FromUserName') ?? '',
    createTime: wholeNumber(textOf(fields, 'CreateTime')) ?? 0,
    msgType: textOf(fields, 'MsgType') ?? '',
    event: textOf(fields, 'Event'),
    msgId: textOf(fields, 'MsgId'),
    fields,
  }
}

export function isMessageType(name: string): name is MessageType {
  return Object.hasOwn(messageCodecs, name)
}

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(eventCodecs, name)
}

/** The wire fields of a typed push, in WeChat's order. */
export function pushFields(draft: PushDraft): Fields {
  if (draft.kind === 'event') {
    return {
      ...envelopeCodec.write(draft),
      MsgType: 'event',
      Event: draft.event,
      ...bodyFields(eventCodecs, draft.event, draft),
    }
  }
  const body = bodyFields(messageCodecs, draft.kind, draft)
  return { ...envelopeCodec.write(draft), MsgType: draft.kind, ...body, ...messageIdCodec.write(draft) }
}

function bodyFields<Name extends string>(
  codecs: { readonly [K in Name]: { readonly write: (body: never) => Fields } },
  name: Name,
  draft: PushDraft,
): Fields {
  // The name is the draft's own discriminant, so its codec writes exactly this draft's body.
  return codecs[name].write(draft as never)
}
