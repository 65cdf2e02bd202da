import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { sessionOf } from '../routing/route.ts'
import { holds } from './holder.ts'
import { refusalOfReason } from './reasons.ts'
import { emitWhisper, refusalToSupervise } from './supervision.ts'

/** The agent who holds a conversation asks for a supervisor. Nothing else changes. */
export function raiseHand(attempt: Attempt, command: CommandOf<'session.raise-hand'>): Decision {
  const { actor, conversationId, reason, note } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder } = conversation
  if (holder.kind === 'nobody') return refuse('already_closed')
  if (actor.kind !== 'agent' || !holds(holder, actor)) {
    return holder.kind === 'queue' ? refuse('not_held') : refuse('held_by_another', undefined, holder)
  }
  const refusal = refusalOfReason(attempt, 'hand', command)
  if (refusal !== null) return refusal
  const sessionId = sessionOf(conversation)
  if (conversation.hand === undefined) {
    const why = reason === undefined ? {} : { reason }
    const facts = { conversationId, sessionId, agentId: actor.agentId, ...why }
    attempt.emit({ type: 'session.hand-raised', actor, facts, ...(note !== undefined && { personal: { note } }) })
  }
  return accept(attempt, { conversationId, sessionId })
}

export function lowerHand(attempt: Attempt, command: CommandOf<'session.lower-hand'>): Decision {
  const { actor, conversationId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { hand } = conversation
  if (hand === undefined) return accept(attempt, { conversationId })
  if (!holds(conversation.holder, actor)) return refuse('not_held')
  const facts = { conversationId, sessionId: sessionOf(conversation), agentId: hand.agentId }
  attempt.emit({ type: 'session.hand-lowered', actor, facts: { ...facts, outcome: 'withdrawn' } })
  return accept(attempt, { conversationId })
}

export function answerHand(attempt: Attempt, command: CommandOf<'session.answer-hand'>): Decision {
  const { actor, conversationId, text } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal = refusalToSupervise(attempt, conversation, actor)
  if (refusal !== null) return refusal
  const { hand } = conversation
  if (hand === undefined) return refuse('no_hand_raised')
  if (text !== undefined) emitWhisper(attempt, conversation, actor, text)
  const facts = { conversationId, sessionId: sessionOf(conversation), agentId: hand.agentId }
  attempt.emit({ type: 'session.hand-lowered', actor, facts: { ...facts, outcome: 'answered' } })
  return accept(attempt, { conversationId, sessionId: facts.sessionId })
}
