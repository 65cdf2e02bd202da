import type { Actor, Facts } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse, type Timer } from '../commands.ts'
import { instantOf } from '../instant.ts'
import { plainLoad, wantedFor } from '../organization/load.ts'
import { exclusionOf } from '../routing/candidates.ts'
import { route, sessionOf } from '../routing/route.ts'
import { setTimer } from './idle-timer.ts'
import { refusalOfReason } from './reasons.ts'
import { refusalByHolder, refusalToServe } from './sessions.ts'
import type { ConversationState } from './state.ts'

/** Sets a conversation aside: its agent goes on holding it, and has room for another one. */
export function parkSession(attempt: Attempt, command: CommandOf<'session.park'>): Decision {
  const { actor, conversationId, untilMs, handOver, reason } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal = refusalByHolder(attempt, conversation, actor) ?? refusalOfReason(attempt, 'park', command)
  if (refusal !== null) return refusal
  const { holder } = conversation
  if (holder.kind !== 'agent') return refuse('not_held', 'Only what an agent holds can be parked', holder)
  if (untilMs !== undefined && untilMs <= attempt.context.atMs) return refuse('invalid_request', '`until` is over')
  const { agentId } = holder
  const sessionId = sessionOf(conversation)
  const until = untilMs === undefined ? null : instantOf(untilMs)
  const facts = { conversationId, sessionId, agentId, until, ...(reason === undefined ? {} : { reason }) }
  attempt.emit({ type: 'session.parked', actor, facts, ...(handOver === undefined ? {} : { personal: handOver }) })
  attempt.freed.add(agentId)
  return accept(attempt, { conversationId, sessionId })
}

export function resumeSession(attempt: Attempt, command: CommandOf<'session.resume'>): Decision {
  const { actor, conversationId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal = refusalByHolder(attempt, conversation, actor)
  if (refusal !== null) return refusal
  const { holder, parked } = conversation
  if (parked === null || holder.kind !== 'agent') return accept(attempt, { conversationId })
  const reason = refusalToServe(attempt, holder.agentId, wantedFor(attempt.state, conversation.takes ?? plainLoad))
  if (reason !== null) return reason
  resume(attempt, conversation, holder.agentId, { actor, cause: 'agent' })
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

type Resumption = { readonly actor: Actor; readonly cause: Facts<'session.resumed'>['cause'] }

function resume(attempt: Attempt, conversation: ConversationState, agentId: string, by: Resumption): void {
  const { actor, cause } = by
  const { id: conversationId, parked } = conversation
  if (parked?.untilMs != null) attempt.timers.push({ clear: `snooze:${conversationId}` })
  const facts = { conversationId, sessionId: sessionOf(conversation), agentId, cause }
  attempt.emit({ type: 'session.resumed', actor, facts })
}

/** The customer wrote, or the time has come: the same agent goes on, or whoever can, ahead of those who came later. */
export function comeBack(attempt: Attempt, conversationId: string, cause: 'customer' | 'time'): void {
  const { state } = attempt
  const conversation = state.conversations.get(conversationId)
  if (conversation?.holder.kind !== 'agent' || conversation.parked === null) return
  const agent = state.agents.get(conversation.holder.agentId)
  const actor = { kind: 'rule', rule: 'parking' } as const
  if (agent !== undefined && exclusionOf(agent, [], wantedFor(state, conversation.takes ?? plainLoad)) === null) {
    resume(attempt, conversation, agent.agentId, { actor, cause })
    return
  }
  const causes = { cause: 'came back', assignCause: 'routing', queueCause: 'returned' } as const
  route(attempt, { conversationId, teamId: null, actor, ...causes })
}

export function fireSnooze(attempt: Attempt, timer: Extract<Timer, { kind: 'snooze' }>): void {
  const { conversationId } = timer
  const parked = attempt.state.conversations.get(conversationId)?.parked
  if (parked?.untilMs == null) return
  if (attempt.context.atMs < parked.untilMs) attempt.timers.push(setTimer(timer, parked.untilMs))
  else comeBack(attempt, conversationId, 'time')
}
