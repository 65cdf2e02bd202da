import type { Actor, NewEvent, OutgoingContent, QuotaTrigger, SendOptions } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse } from '../commands.ts'
import { instantOf } from '../instant.ts'
import { unreadAfter } from './evolve.ts'
import { holds } from './holder.ts'
import { idleTimerOf } from './idle-timer.ts'
import { isUnused } from './ledger.ts'
import { allowanceAt, exceptionAfter, latestSendMs } from './quota.ts'
import type { ConversationState } from './state.ts'
import { hasJoined } from './supervision.ts'

const defaultAnswerExpiresAfterMs = 600_000
/** WeChat's limit for the text of a customer message (protocol reference, section 5.8). */
const textLimitBytes = 2048

/** UTF-8 length without an encoder: this package runs where none may be, and most texts are short. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (isLeading(unit) && isTrailing(text.charCodeAt(index + 1))) {
      bytes += 4
      index++
    } else bytes += 3
  }
  return bytes
}
const isLeading = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isTrailing = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** A mini program may send these and nothing else (protocol reference, section 9). */
const miniProgramContents: readonly OutgoingContent['type'][] = ['text', 'image', 'link', 'mini-program']

function refusalToSend(
  state: Attempt['state'],
  conversation: ConversationState,
  command: CommandOf<'message.submit'>,
): Refusal | null {
  const { holder } = conversation
  const mayWrite = command.anyScope === true || hasJoined({ state }, conversation, command.actor)
  if (!holds(holder, command.actor) && !mayWrite && !isDuoke(command.actor)) {
    return holder.kind === 'agent' || holder.kind === 'app'
      ? refuse('held_by_another', undefined, holder)
      : refuse('not_held')
  }
  const { content } = command
  if (content.type === 'text' && utf8Length(content.text) > textLimitBytes) {
    return refuse('content_refused', `The text has more than ${textLimitBytes} bytes`)
  }
  const kind = state.accounts.get(conversation.accountId)?.settings.kind
  if (kind === 'mini-program' && !miniProgramContents.includes(content.type)) {
    return refuse('content_refused', `A mini program cannot send ${content.type}`)
  }
  if (kind === 'official-account' && content.type === 'link') {
    return refuse('content_refused', 'Only a mini program can send a link')
  }
  return conversation.following ? null : refuse('customer_unreachable')
}

const isDuoke = (actor: Actor): boolean => ['rule', 'system', 'operator'].includes(actor.kind)

export function submitMessage(attempt: Attempt, command: CommandOf<'message.submit'>): Decision {
  const conversation = attempt.state.conversations.get(command.conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal = refusalToSend(attempt.state, conversation, command)
  if (refusal !== null) return refusal
  const allowance = allowanceAt(conversation, attempt.context.atMs)
  if (allowance.state !== 'open') return refuse(allowance.state === 'used' ? 'quota_used' : 'window_closed')
  const isWarned = conversation.idleWarnedAtMs !== null
  const messageId = emitSubmitted(attempt, conversation, { ...command, reserved: allowance.window.trigger })
  if (isWarned) attempt.timers.push(...idleTimerOf(attempt.state, conversation.id))
  return accept(attempt, { conversationId: conversation.id, messageId })
}

type Outgoing = {
  readonly actor: Actor
  readonly content: OutgoingContent
  readonly reserved: QuotaTrigger
  readonly clientId?: string
  readonly quickReplyId?: string
  readonly mediaIds?: readonly string[]
  readonly inNameOf?: string
  /** The place in the queue that it tells. */
  readonly place?: number
  readonly options?: SendOptions
}

/** Gives an answer to the outbox, its allowance reserved. */
export function emitSubmitted(attempt: Attempt, conversation: ConversationState, outgoing: Outgoing): string {
  const { state, context } = attempt
  const { actor, content, reserved, clientId, quickReplyId, mediaIds, inNameOf, place, options } = outgoing
  // One that was removed meanwhile is no reason not to answer.
  const begunWith = quickReplyId !== undefined && state.quickReplies.has(quickReplyId) ? { quickReplyId } : {}
  const messageId = context.ids.draw('message')
  const { holder } = conversation
  const expiresAfterMs = state.settings?.answerExpiresAfterMs ?? defaultAnswerExpiresAfterMs
  emitCounted(attempt, conversation, {
    type: 'message.submitted',
    actor,
    facts: {
      conversationId: conversation.id,
      sessionId: conversation.sessionId,
      stintId: holds(holder, actor) && 'stintId' in holder ? holder.stintId : null,
      messageId,
      kind: content.type,
      via: 'customer-message',
      reserved,
      ...(clientId === undefined ? {} : { clientId }),
      expiresAt: instantOf(latestSendMs(conversation, reserved, context.atMs + expiresAfterMs)),
      ...(mediaIds === undefined ? {} : { mediaIds: [...mediaIds] }),
      ...(inNameOf === undefined ? {} : { inNameOf }),
      ...begunWith,
      ...(place === undefined ? {} : { place }),
    },
    personal: { content, ...(options === undefined ? {} : { options }) },
  })
  return messageId
}

type CountedEvent = Extract<NewEvent, { type: 'message.received' | 'message.submitted' | 'delivery.settled' }>

/** Emits what changes the allowances, and how they are after it where that does not follow by the plain rule. */
export function emitCounted(attempt: Attempt, conversation: ConversationState, event: CountedEvent): void {
  const { state, context } = attempt
  const logged = { ...event, position: state.position + 1, version: 1, atMs: context.atMs }
  const exception = exceptionAfter(conversation, logged)
  attempt.emit({ ...event, facts: { ...event.facts, ...exception } } as CountedEvent) // `windows` is a fact of each of the three
}

/** What became of an answer. A second report about the same one changes nothing. */
export function settleDelivery(attempt: Attempt, command: CommandOf<'delivery.settle'>): Decision {
  const { conversationId, messageId, outcome, code, reason } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const pending = conversation.pending[messageId]
  if (pending === undefined) return accept(attempt, { conversationId, messageId })
  const { reserved } = pending
  const isOpen = conversation.windows.some(
    ({ position, expiresAtMs }) => pending.windows[0] === position && expiresAtMs > attempt.context.atMs,
  )
  emitCounted(attempt, conversation, {
    type: 'delivery.settled',
    actor: { kind: 'system' },
    facts: {
      conversationId,
      messageId,
      outcome,
      ...(code === undefined ? {} : { code }),
      ...(reason === undefined ? {} : { reason }),
      released: isUnused(outcome) && isOpen ? reserved : null,
    },
  })
  return accept(attempt, { conversationId, messageId })
}

export function recallMessage(attempt: Attempt, command: CommandOf<'message.recall'>): Decision {
  const { actor, conversationId, messageId } = command
  if (!attempt.state.conversations.has(conversationId)) return refuse('not_found')
  attempt.emit({ type: 'message.recalled', actor, facts: { conversationId, messageId } })
  return accept(attempt, { conversationId, messageId })
}

export function readConversation(attempt: Attempt, command: CommandOf<'conversation.read'>): Decision {
  const { actor, conversationId, upTo } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  if (actor.kind !== 'agent' || !holds(conversation.holder, actor)) return refuse('not_held')
  const unread = unreadAfter(conversation, upTo).length
  if (unread < conversation.unreadPositions.length) {
    attempt.emit({ type: 'conversation.read', actor, facts: { conversationId, agentId: actor.agentId, upTo, unread } })
  }
  return accept(attempt, { conversationId })
}

export function changeCustomer(attempt: Attempt, command: CommandOf<'customer.change'>): Decision {
  const { actor, conversationId, profile } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { customerId } = conversation
  attempt.emit({ type: 'customer.changed', actor, facts: { conversationId, customerId }, personal: { profile } })
  return accept(attempt, { conversationId })
}
