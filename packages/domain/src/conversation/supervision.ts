import type { Actor } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse } from '../commands.ts'
import { wantedBy } from '../organization/load.ts'
import { exclusionOf } from '../routing/candidates.ts'
import { assign, drain, sessionOf } from '../routing/route.ts'
import { holds } from './holder.ts'
import { withdrawOffers } from './offers.ts'
import { mayOverrule } from './permission.ts'
import { refusalOfReason } from './reasons.ts'
import type { Companionship, ConversationState } from './state.ts'

/** Why a supervisor's verb is refused; null when it is not. */
export function refusalToSupervise(attempt: Attempt, { holder }: ConversationState, actor: Actor): Refusal | null {
  if (!mayOverrule(attempt, actor)) return refuse('not_permitted')
  return holder.kind === 'nobody' ? refuse('already_closed') : null
}

/** Who has joined writes beside the holder, for as long as they are a supervisor. */
export function hasJoined(attempt: Pick<Attempt, 'state'>, { beside }: ConversationState, actor: Actor): boolean {
  if (actor.kind !== 'agent' || beside?.[actor.agentId] !== 'joined') return false
  return (attempt.state.agents.get(actor.agentId)?.role ?? 'agent') !== 'agent'
}

/** Looks on. Every look is in the log; whether the agent hears of it is the organization's choice. */
export function watchSession(attempt: Attempt, command: CommandOf<'session.watch'>): Decision {
  const isTold = attempt.state.settings?.sessions.watchingIsTold === true
  return comeBeside(attempt, command, isTold ? 'shown' : 'unseen')
}

export function joinSession(attempt: Attempt, command: CommandOf<'session.join'>): Decision {
  return comeBeside(attempt, command, 'joined')
}

function comeBeside(
  attempt: Attempt,
  command: CommandOf<'session.watch' | 'session.join'>,
  as: Companionship,
): Decision {
  const { actor, conversationId, reason } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal =
    refusalToSupervise(attempt, conversation, actor) ?? refusalOfReason(attempt, 'supervise', { actor, reason })
  if (refusal !== null) return refusal
  // Programs see what their scopes show and write by `messages:send:any`.
  if (actor.kind !== 'agent') return refuse('not_permitted', 'Only a person can be beside the holder')
  const { agentId } = actor
  const now = conversation.beside?.[agentId]
  // Who joined sees all that one who watches does; a holder is beside nobody.
  if (now === as || now === 'joined' || holds(conversation.holder, actor)) return accept(attempt, { conversationId })
  const facts = { conversationId, sessionId: sessionOf(conversation), agentId }
  const why = reason === undefined ? {} : { reason }
  if (as === 'unseen') attempt.emit({ type: 'session.watched', actor, facts: { ...facts, ...why } })
  else {
    if (now === 'unseen') attempt.emit({ type: 'session.watch-ended', actor, facts })
    attempt.emit({ type: 'session.joined', actor, facts: { ...facts, mayWrite: as === 'joined', ...why } })
  }
  return accept(attempt, { conversationId, sessionId: facts.sessionId })
}

export function leaveSession(attempt: Attempt, command: CommandOf<'session.leave'>): Decision {
  const { actor, conversationId, onlyWatching = false } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  if (actor.kind !== 'agent') return refuse('not_permitted', 'Only a person can be beside the holder')
  const { agentId } = actor
  const now = conversation.beside?.[agentId]
  if (now === undefined || (onlyWatching && now === 'joined')) return accept(attempt, { conversationId })
  const facts = { conversationId, sessionId: sessionOf(conversation), agentId }
  attempt.emit({ type: now === 'unseen' ? 'session.watch-ended' : 'session.left', actor, facts })
  return accept(attempt, { conversationId, sessionId: facts.sessionId })
}

export function whisper(attempt: Attempt, command: CommandOf<'session.whisper'>): Decision {
  const { actor, conversationId, text } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal = refusalToSupervise(attempt, conversation, actor)
  if (refusal !== null) return refusal
  emitWhisper(attempt, conversation, actor, text)
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

export function emitWhisper(attempt: Attempt, conversation: ConversationState, actor: Actor, text: string): void {
  const { id: conversationId } = conversation
  const whisperId = attempt.context.ids.draw('whisper')
  const facts = { conversationId, sessionId: sessionOf(conversation), whisperId }
  attempt.emit({ type: 'session.whispered', actor, facts, personal: { text } })
}

/** A supervisor takes it, or gives it to an agent: by whatever it was held, and beyond capacity if that is said. */
export function seizeSession(attempt: Attempt, command: CommandOf<'session.seize'>): Decision {
  const { actor, conversationId, toAgentId, handOver, reason } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder: from } = conversation
  const isHeld = holds(from, { kind: 'agent', agentId: toAgentId })
  const refusal =
    refusalToSupervise(attempt, conversation, actor) ??
    refusalOfReason(attempt, 'supervise', command) ??
    (isHeld ? null : refusalToSeize(attempt, command))
  if (refusal !== null) return refusal
  if (isHeld) return accept(attempt, { conversationId })
  const agent = attempt.state.agents.get(toAgentId)
  const unfit = agent === undefined ? null : exclusionOf(agent, [], wantedBy(attempt.state, conversation))
  const isFull = unfit === 'full' || unfit === 'kind_full'
  // What is offered to the agent already has its room; given by force it needs no other.
  const isKept = isRoomKept(conversation, toAgentId)
  const isOwn = actor.kind === 'agent' && actor.agentId === toAgentId
  assign(attempt, {
    conversationId,
    actor,
    stintId: attempt.context.ids.draw('stint'),
    to: { kind: 'agent', agentId: toAgentId },
    assignCause: isOwn ? 'take-over' : 'transfer',
    handOver,
    reason,
    overCapacity: isFull && !isKept,
  })
  // Room that was kept for offers is no longer there.
  withdrawOffers(attempt, toAgentId)
  if (from.kind === 'agent') drain(attempt, [from.agentId])
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

/** Whether the agent is being asked to take it, alone or beside others. */
function isRoomKept({ offer, broadcast }: ConversationState, agentId: string): boolean {
  return offer?.agentId === agentId || broadcast?.agentIds.includes(agentId) === true
}

function refusalToSeize(attempt: Attempt, command: CommandOf<'session.seize'>): Refusal | null {
  const { actor, conversationId, toAgentId, overCapacity = false, reason } = command
  const agent = attempt.state.agents.get(toAgentId)
  const conversation = attempt.state.conversations.get(conversationId)
  if (agent === undefined || conversation === undefined) return refuse('agent_unavailable', `${toAgentId} is unknown`)
  const unfit = exclusionOf(agent, [], wantedBy(attempt.state, conversation))
  if (unfit === null || isRoomKept(conversation, toAgentId)) return null
  const isOwn = actor.kind === 'agent' && actor.agentId === toAgentId
  if (unfit !== 'full' && unfit !== 'kind_full') {
    return isOwn ? refuse('agent_offline') : refuse('agent_unavailable', `${toAgentId} is ${unfit}`)
  }
  if (!overCapacity) return refuse('capacity_reached')
  return reason === undefined ? refuse('reason_needed', 'Beyond capacity a reason is always needed') : null
}
