import type { AccountSettings, AppAttachment, LoggedEvent } from '@duoke/contract'
import type { Fields } from '@duoke/wechat'
import { kfAccountOf } from '../compatible/kf-account.ts'
import { echoOf } from './echo.ts'
import { type ClearPush, clearPushOf, type PushRole } from './seal.ts'

/** What an event of the log means to one app: a push in WeChat's form. */
export type FeedPush = {
  readonly push: ClearPush
  /** WeChat's MsgType, or for an event its name. */
  readonly name: string
  readonly role: PushRole
  readonly messageId: string | null
  /** The app was asked for the passive reply: it has the push already if it answered. */
  readonly isAsked: boolean
}

export type FeedConversation = { readonly account: AccountSettings; readonly openid: string }

export type FeedReader = {
  readonly appId: string
  readonly attachment: AppAttachment
  readonly scopes: readonly string[]
  /** Whether this app held the conversation at that point of the log. */
  readonly isHolder: boolean
}

export type ConversationEvent = Extract<
  LoggedEvent,
  { type: 'message.received' | 'message.submitted' | 'session.assigned' | 'session.queued' | 'session.closed' }
>

const pushed: ReadonlySet<LoggedEvent['type']> = new Set([
  'message.received',
  'message.submitted',
  'session.assigned',
  'session.queued',
  'session.closed',
])

export function isOfConversation(event: LoggedEvent): event is ConversationEvent {
  return pushed.has(event.type)
}

/** Null: this event is nothing to the app, by its scopes or by its kind. */
export function feedPushOf(event: ConversationEvent, between: FeedConversation, app: FeedReader): FeedPush | null {
  const maySeeMessages = app.scopes.includes('messages:read')
  switch (event.type) {
    case 'message.received': {
      // As with WeChat's own list: what the blocked write is pushed to nobody.
      const push = maySeeMessages && event.facts.blocked !== true ? parsedOnce(event) : null
      if (push === null) return null
      const { messageId, asks = [] } = event.facts
      const isAsked = asks.includes(app.appId)
      const role = isAsked || app.isHolder ? 'responder' : 'standby'
      return { push, name: nameOf(push.fields), role, messageId, isAsked }
    }
    case 'message.submitted': {
      const { actor, personal } = event
      const isOwn = actor.kind === 'app' && actor.appId === app.appId
      const isAnswer = actor.kind === 'agent' || actor.kind === 'app'
      if (!app.attachment.echo || !maySeeMessages || isOwn || !isAnswer || personal === undefined) return null
      const from: Fields =
        actor.kind === 'agent' ? { KfAccount: kfAccountOf(actor.agentId, between.account) } : { AppName: actor.appId }
      return standby(event, between, echoOf(event.facts.messageId, personal.content, from))
    }
    case 'session.assigned':
    case 'session.queued':
    case 'session.closed': {
      const maySeeSessions =
        maySeeMessages || app.scopes.includes('conversations:read') || app.scopes.includes('sessions:manage')
      const fields = maySeeSessions ? sessionFields(event, between) : null
      return fields === null ? null : standby(event, between, fields)
    }
    default:
      return event satisfies never
  }
}

type SessionEvent = Extract<ConversationEvent, { type: 'session.assigned' | 'session.queued' | 'session.closed' }>

/**
 * Sessions as WeChat tells them (protocol reference, section 2.6): an agent begins, an agent hands over to another, an
 * agent's part ends. What happens between queue and apps is no session there.
 */
function sessionFields(event: SessionEvent, { account }: FeedConversation): Fields | null {
  const { from } = event.facts
  const before = from.kind === 'agent' ? from.agentId : null
  const to = event.type === 'session.assigned' ? event.facts.to : null
  const after = to?.kind === 'agent' ? to.agentId : null
  if (before !== null && after !== null) {
    const accounts = { FromKfAccount: kfAccountOf(before, account), ToKfAccount: kfAccountOf(after, account) }
    return { MsgType: 'event', Event: 'kf_switch_session', ...accounts }
  }
  if (after !== null) return { MsgType: 'event', Event: 'kf_create_session', KfAccount: kfAccountOf(after, account) }
  if (before !== null) return { MsgType: 'event', Event: 'kf_close_session', KfAccount: kfAccountOf(before, account) }
  return null
}

function standby(event: LoggedEvent, { openid, account }: FeedConversation, fields: Fields): FeedPush {
  const push = { toUser: account.originalId, fromUser: openid, createTime: Math.floor(event.atMs / 1000), fields }
  const messageId = event.type === 'message.submitted' ? event.facts.messageId : null
  return { push, name: nameOf(fields), role: 'standby', messageId, isAsked: false }
}

function nameOf(fields: Fields): string {
  const { MsgType, Event } = fields
  return String(MsgType === 'event' && typeof Event === 'string' ? Event : (MsgType ?? 'unknown'))
}

/** Readers of the same event share what was read of it. */
const parsed = new WeakMap<LoggedEvent, ClearPush | null>()

function parsedOnce(event: Extract<LoggedEvent, { type: 'message.received' }>): ClearPush | null {
  const known = parsed.get(event)
  if (known !== undefined) return known
  const push = clearPushOf(event.personal?.raw)
  parsed.set(event, push)
  return push
}
