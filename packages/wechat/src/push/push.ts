import type { Fields } from '../document/fields.ts'
import type { EventBodies, EventName } from './events.ts'
import type { MessageBodies, MessageType } from './messages.ts'

export interface PushEnvelope {
  /** The account's original id, `gh_…`. */
  readonly toUser: string
  /** The customer's openid. */
  readonly fromUser: string
  /** Unix seconds. */
  readonly createTime: number
}

export interface MessageEnvelope extends PushEnvelope {
  /** 64-bit, therefore text. */
  readonly msgId: string
  /** Only on a message that comes from an article. */
  readonly msgDataId?: string | undefined
  readonly idx?: number | undefined
}

/** Everything as it came, for what the typed part leaves out and for forwarding. */
interface WithFields {
  readonly fields: Fields
}

export type MessageDraft = {
  readonly [K in MessageType]: MessageEnvelope & MessageBodies[K] & { readonly kind: K }
}[MessageType]

export type EventDraft = {
  readonly [K in EventName]: PushEnvelope & EventBodies[K] & { readonly kind: 'event'; readonly event: K }
}[EventName]

/** A typed push before it is written: what `writePush` takes and the simulator makes. */
export type PushDraft = MessageDraft | EventDraft

export type MessagePush = MessageDraft & WithFields
export type EventPush = EventDraft & WithFields

/** A kind this version does not know, or a known one in an unknown shape. It must be acknowledged, never refused. */
export interface UnknownPush extends PushEnvelope, WithFields {
  readonly kind: 'unknown'
  readonly msgType: string
  readonly event?: string | undefined
  readonly msgId?: string | undefined
}

export type Push = MessagePush | EventPush | UnknownPush
