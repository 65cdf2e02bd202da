import type { Actor, Content, QuotaTrigger } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type CommandResult, type Decision, refuse } from '../commands.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import { addressKey } from '../organization/state.ts'
import { leftReplyTo } from '../routing/left-reply.ts'
import { routeNewSession } from '../routing/new-session.ts'
import { placeReplyTo } from '../routing/place-reply.ts'
import { drainAll } from '../routing/route.ts'
import type { Told } from '../routing/tell-place.ts'
import { type Asking, nobodyAsked, whoIsAsked } from './asking.ts'
import { endByCustomer, isFarewell } from './ending.ts'
import { idleTimerOf } from './idle-timer.ts'
import { isOpenLeft } from './left.ts'
import { emitCounted } from './messages.ts'
import { comeBack } from './parking.ts'
import { automaticReply, replyAtOnce, tellAtOnce } from './passive-reply.ts'
import { goOn, reopenedBy, whoGoesOn } from './reopening.ts'
import { endSession } from './sessions.ts'
import type { ConversationState } from './state.ts'

type CustomerAct = CommandOf<'customer.act'>

/** A customer wrote or did something on an account. */
export function actOfCustomer(attempt: Attempt, command: CustomerAct): Decision {
  const { state, context } = attempt
  const account = state.accounts.get(command.accountId)
  if (account === undefined) return refuse('not_found', `There is no account ${command.accountId}`)
  if (account.silent) {
    attempt.emit({ type: 'account.heard', actor: { kind: 'system' }, facts: { accountId: command.accountId } })
  }
  const conversationId = conversationAt(attempt, command)
  const before = present(state.conversations.get(conversationId), conversationId)
  const actor: Actor = { kind: 'customer', customerId: before.customerId }
  const arrival = arrivalOf(before, command)
  // WeChat counts seconds: what arrives after a return in the second of the leaving is answered, and trusted with no allowance.
  const isInTime = arrival === 'on time' || (before.following && command.sentAtMs === before.unfollowedAtMs)
  const isServed = isInTime && before.blocked === undefined
  const isEnding = isServed && isFarewell(state, command)
  const isUnserved =
    command.act === 'message' && before.holder.kind === 'nobody' && !isEnding && before.blocked === undefined
  // Further words are gathered in the message that is left.
  const wantsMatter = isUnserved && !isOpenLeft(before)
  // Whoever goes on with the matter is a person, and nobody is asked while a person holds.
  const goingOn = wantsMatter && isInTime ? whoGoesOn(attempt, before) : null
  const isAsking = isServed && !isEnding && goingOn === null
  const { asks, faults } = isAsking ? whoIsAsked(state, before, command, context.atMs) : nobodyAsked
  // Who may answer first is asked first: notice and routing wait for the choice (arbitration.ts).
  const reply =
    isServed && !isEnding && asks.length === 0 ? automaticReply(account.settings, before, command.content) : null
  const isUnheard = arrival === 'before leaving' && !before.following
  const beginsSession = wantsMatter && !isUnheard && reply === null && asks.length === 0
  const sessionId = beginsSession ? context.ids.draw('session') : before.sessionId
  if (beginsSession && sessionId !== null) {
    attempt.emit({
      type: 'session.opened',
      actor,
      facts: { conversationId, sessionId, cause: 'customer', reopens: reopenedBy(before, context.atMs) },
    })
  }
  const isWarned = before.idleWarnedAtMs !== null
  const receipt = { conversationId, sessionId, actor, arrival, asks, faults }
  const messageId = emitReceived(attempt, receipt, command)
  if (isWarned && command.act === 'message') attempt.timers.push(...idleTimerOf(attempt.state, conversationId))
  if (before.parked !== null && command.act === 'message') comeBack(attempt, conversationId, 'customer')
  if (command.act === 'follow' && arrival === 'on time') follow(attempt, before, actor, command)
  if (command.act === 'unfollow') unfollow(attempt, conversationId, actor, { command, arrival })
  // A window that opens lets somebody answer what was left: whoever has room goes on with it now.
  if (isInTime && isOpenLeft(before) && triggerOf(command) !== null) drainAll(attempt)
  const told = beginsSession
    ? begin(attempt, conversationId, command.content, goingOn?.agentId)
    : ((isUnserved && isInTime ? leftReplyTo(attempt, conversationId) : null) ??
      placeReplyTo(attempt, conversationId, command.content))
  const result: CommandResult = { conversationId, messageId, ...(sessionId === null ? {} : { sessionId }) }
  if (asks.length > 0) return accept(attempt, { ...result, asks })
  if (isEnding) {
    const passiveReply = endByCustomer(attempt, conversationId)
    return accept(attempt, passiveReply === undefined ? result : { ...result, passiveReply })
  }
  if (reply === null) {
    if (told === null || account.settings.kind === 'mini-program') return accept(attempt, result)
    return accept(attempt, { ...result, passiveReply: tellAtOnce(attempt, conversationId, told) })
  }
  const { rule, content } = reply
  return accept(attempt, {
    ...result,
    passiveReply: replyAtOnce(attempt, conversationId, { actor: { kind: 'rule', rule }, content }),
  })
}

/** Gives the session that was just opened to whom it goes on with, or to whom routing names. */
function begin(attempt: Attempt, conversationId: string, content: Content, agentId: string | undefined): Told | null {
  if (agentId === undefined) return routeNewSession(attempt, conversationId, content)
  goOn(attempt, { conversationId, agentId, actor: { kind: 'rule', rule: 'reopening' } })
  return null
}

/** The conversation of this address; an address never seen before begins one. */
function conversationAt(attempt: Attempt, command: CustomerAct): string {
  const { accountId, openid } = command
  const known = attempt.state.byAddress.get(addressKey(accountId, openid))
  if (known !== undefined) return known
  const { ids } = attempt.context
  const customerId = ids.draw('customer')
  const conversationId = ids.draw('conversation')
  attempt.emit({
    type: 'conversation.started',
    actor: { kind: 'customer', customerId },
    facts: { conversationId, customerId, accountId },
    personal: { openid },
  })
  return conversationId
}

/** Pushes overtake each other: what was done before leaving may arrive after it, and leaving after the return. */
type Arrival = 'on time' | 'before leaving' | 'before returning'

/** By WeChat's own clock, which has whole seconds: in the same one, whoever left had acted before. */
function arrivalOf({ unfollowedAtMs, presentAtMs }: ConversationState, { act, sentAtMs }: CustomerAct): Arrival {
  if (act === 'unfollow') return presentAtMs !== null && sentAtMs < presentAtMs ? 'before returning' : 'on time'
  if (unfollowedAtMs === null || sentAtMs > unfollowedAtMs) return 'on time'
  return act === 'follow' && sentAtMs === unfollowedAtMs ? 'on time' : 'before leaving'
}

function triggerOf(command: CustomerAct): QuotaTrigger | null {
  switch (command.act) {
    case 'message':
      // A click on an item of a menu message arrives as a text, but counts as a menu click (protocol reference, section 5.9).
      return command.content.type === 'text' && command.content.menuItemId !== undefined ? 'menu' : 'message'
    case 'follow':
    case 'scan':
    case 'menu':
    case 'enter':
      return command.act
    case 'unfollow':
    case 'other':
      return null
  }
}

type Receipt = Asking & {
  readonly conversationId: string
  readonly sessionId: string | null
  readonly actor: Actor
  readonly arrival: Arrival
}

function emitReceived(attempt: Attempt, receipt: Receipt, command: CustomerAct): string {
  const { conversationId, sessionId, actor, arrival, asks, faults } = receipt
  const messageId = attempt.context.ids.draw('message')
  const { kind, content, raw, mediaIds } = command
  const isBeforeLeaving = arrival === 'before leaving'
  const isBlocked = attempt.state.conversations.get(conversationId)?.blocked !== undefined
  emitCounted(attempt, present(attempt.state.conversations.get(conversationId), conversationId), {
    type: 'message.received',
    actor,
    facts: {
      conversationId,
      sessionId,
      messageId,
      kind,
      sentAt: instantOf(command.sentAtMs),
      opens: isBeforeLeaving ? null : triggerOf(command),
      ...(isBeforeLeaving ? { beforeLeaving: true } : {}),
      ...(isBlocked ? { blocked: true } : {}),
      ...(mediaIds === undefined || mediaIds.length === 0 ? {} : { mediaIds: [...mediaIds] }),
      ...(asks.length === 0 ? {} : { asks }),
      ...(Object.keys(faults).length === 0 ? {} : { conditionFaults: { ...faults } }),
    },
    personal: { content, ...(raw === undefined ? {} : { raw }) },
  })
  return messageId
}

function follow(attempt: Attempt, conversation: ConversationState, actor: Actor, command: CustomerAct): void {
  const { id: conversationId, customerId } = conversation
  const scene = command.content.type === 'action' ? command.content.key : undefined
  attempt.emit({
    type: 'customer.followed',
    actor,
    facts: { conversationId, customerId, sentAt: instantOf(command.sentAtMs) },
    personal: scene === undefined ? {} : { scene },
  })
}

type Leaving = { readonly command: CustomerAct; readonly arrival: Arrival }

function unfollow(attempt: Attempt, conversationId: string, actor: Actor, { command, arrival }: Leaving): void {
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  const hasReturned = arrival === 'before returning'
  attempt.emit({
    type: 'customer.unfollowed',
    actor,
    facts: {
      conversationId,
      customerId: conversation.customerId,
      sentAt: instantOf(command.sentAtMs),
      ...(hasReturned ? { hasReturned } : {}),
    },
  })
  if (!hasReturned && conversation.holder.kind !== 'nobody') endSession(attempt, conversation, actor, 'unfollowed')
}
