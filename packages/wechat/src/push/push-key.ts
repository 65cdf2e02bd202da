import { createHash } from 'node:crypto'
import { type Fields, fieldValue, isFields, textOf } from '../document/fields.ts'
import type { Push } from './push.ts'

/** Long keys are hashed: an EventKey may be a whole URL, and databases bound what a unique index may hold. */
const LONGEST_CLEAR_KEY = 400

/**
 * The same for every repetition of one push, different for two pushes: `MsgId` for a message; for an event, which has
 * none, who, when, what and which key (protocol reference, section 2.1). Events that can come in bursts within one
 * second are told apart by what they report on.
 */
export function pushKey(push: Push): string {
  const msgId = push.kind === 'event' ? undefined : push.msgId
  const isEvent = push.kind === 'event' || (push.kind === 'unknown' && push.msgType === 'event')
  if (msgId !== undefined && msgId !== '' && !isEvent) return bounded('message', [msgId])
  if (isEvent) return bounded('event', [...stamp(push), textOf(push.fields, 'Event') ?? '', ...eventParts(push.fields)])
  return bounded('other', [...stamp(push), textOf(push.fields, 'MsgType') ?? '', JSON.stringify(push.fields)])
}

function stamp(push: Push): readonly string[] {
  return [push.fromUser, String(push.createTime)]
}

const EVENT_PARTS = ['EventKey', 'MsgID', 'KfAccount', 'FromKfAccount', 'ToKfAccount'] as const
const SUBSCRIPTIONS = ['SubscribeMsgPopupEvent', 'SubscribeMsgChangeEvent', 'SubscribeMsgSentEvent'] as const

function eventParts(fields: Fields): readonly string[] {
  const parts = EVENT_PARTS.map((name) => textOf(fields, name) ?? '')
  const subscription = SUBSCRIPTIONS.map((name) => fieldValue(fields, name)).find((value) => isFields(value))
  if (subscription !== undefined) parts.push(JSON.stringify(subscription))
  while (parts.at(-1) === '') parts.pop()
  return parts
}

/** JSON keeps the parts apart whatever they contain. */
function bounded(kind: string, parts: readonly string[]): string {
  const key = `${kind}:${JSON.stringify(parts)}`
  return key.length <= LONGEST_CLEAR_KEY ? key : `${kind}:sha256:${createHash('sha256').update(key).digest('hex')}`
}
