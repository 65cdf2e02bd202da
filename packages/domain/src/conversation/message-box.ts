import type { Actor, Facts } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse, type Timer } from '../commands.ts'
import { wantedBy } from '../organization/load.ts'
import { isInTeam, servingTeams } from '../routing/candidates.ts'
import { assign, drainAll } from '../routing/route.ts'
import { endOpenLeft } from './end-left.ts'
import { holds } from './holder.ts'
import { setTimer } from './idle-timer.ts'
import { isOpenLeft, lastWindowEndMs } from './left.ts'
import { mayOverrule } from './permission.ts'
import { allowanceAt } from './quota.ts'
import { refusalOfReason } from './reasons.ts'
import { refusalToServe, takerOf } from './sessions.ts'
import type { ConversationState } from './state.ts'

/** Who has it, or that it was resolved. */
const noneLeft = ({ holder }: ConversationState): Refusal =>
  holder.kind === 'nobody'
    ? refuse('already_closed', 'No message is left open')
    : refuse('held_by_another', undefined, holder)

/** Somebody goes on with it: an ordinary session, which names the one that was left. */
export function takeLeft(attempt: Attempt, command: CommandOf<'message-box.take'>): Decision {
  const { actor, conversationId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder, left } = conversation
  if (holds(holder, actor)) return accept(attempt, { conversationId })
  if (left === undefined || !isOpenLeft(conversation)) return noneLeft(conversation)
  const to = takerOf(actor)
  if (to === null) return refuse('not_permitted')
  const refusal = refusalToAnswer(attempt, conversation, to)
  if (refusal !== null) return refusal
  endOpenLeft(attempt, conversationId, { actor, cause: to.kind })
  const sessionId = attempt.context.ids.draw('session')
  const opened = { conversationId, sessionId, cause: to.kind, reopens: left.sessionId }
  attempt.emit({ type: 'session.opened', actor, facts: opened })
  assign(attempt, { conversationId, actor, stintId: attempt.context.ids.draw('stint'), to, assignCause: 'accept' })
  return accept(attempt, { conversationId, sessionId })
}

function refusalToAnswer(
  attempt: Attempt,
  conversation: ConversationState,
  to: Facts<'session.assigned'>['to'],
): Refusal | null {
  if (conversation.blocked !== undefined) return refuse('customer_blocked')
  if (!conversation.following) return refuse('customer_unreachable')
  const { state } = allowanceAt(conversation, attempt.context.atMs)
  if (state !== 'open') return refuse(state === 'used' ? 'quota_used' : 'window_closed')
  if (to.kind === 'app') return null
  return (
    refusalToServe(attempt, to.agentId, wantedBy(attempt.state, conversation)) ??
    refusalByTeam(attempt, conversation, to)
  )
}

/** Who is of none of the teams that it was left for neither takes nor resolves it. */
function refusalByTeam(
  { state }: Attempt,
  conversation: ConversationState,
  actor: Actor | { readonly kind: 'agent'; readonly agentId: string },
): Refusal | null {
  const { left, accountId } = conversation
  if (actor.kind !== 'agent' || left === undefined || mayOverrule({ state }, actor)) return null
  const agent = state.agents.get(actor.agentId)
  const { teamId, overflow } = left.plan
  const first = servingTeams(state, teamId !== null && state.teams.has(teamId) ? teamId : null, accountId)
  const teams = first.length === 0 ? [] : [...first, ...overflow.map((more) => more.teamId)]
  return agent === undefined || !isInTeam(agent, teams)
    ? refuse('not_permitted', 'The message was left for another team')
    : null
}

const agentIn = (actor: Actor): string | null => (actor.kind === 'agent' ? actor.agentId : null)

/** It needs no session, or none any more. */
export function resolveLeft(attempt: Attempt, command: CommandOf<'message-box.resolve'>): Decision {
  const { actor, conversationId, reason, note } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { left, customerId } = conversation
  if (left === undefined || !isOpenLeft(conversation)) return noneLeft(conversation)
  const refusal = refusalByTeam(attempt, conversation, actor) ?? refusalOfReason(attempt, 'close', command)
  if (refusal !== null) return refusal
  const why = reason === undefined ? {} : { reason }
  const facts = { conversationId, customerId, sessionId: left.sessionId, agentId: agentIn(actor), ...why }
  const personal = note === undefined ? {} : { personal: { note } }
  attempt.emit({ type: 'message-box.resolved', actor, facts, ...personal })
  return accept(attempt, { conversationId })
}

/** Takes back that it was resolved. */
export function reopenLeft(attempt: Attempt, command: CommandOf<'message-box.reopen'>): Decision {
  const { actor, conversationId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder, left, customerId } = conversation
  if (holder.kind !== 'nobody') return refuse('already_open', undefined, holder)
  if (left === undefined) return noneLeft(conversation)
  if (isOpenLeft(conversation)) return accept(attempt, { conversationId })
  const refusal = refusalByTeam(attempt, conversation, actor)
  if (refusal !== null) return refusal
  const facts = { conversationId, customerId, sessionId: left.sessionId, agentId: agentIn(actor) }
  attempt.emit({ type: 'message-box.reopened', actor, facts })
  drainAll(attempt)
  return accept(attempt, { conversationId })
}

/** The end of WeChat's last window: said once, until the customer writes again. */
export function fireLeft(attempt: Attempt, timer: Extract<Timer, { kind: 'message-left' }>): void {
  const { conversationId } = timer
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation?.left === undefined || !isOpenLeft(conversation) || conversation.left.isExpired === true) return
  const endsMs = lastWindowEndMs(conversation)
  if (attempt.context.atMs < endsMs) {
    attempt.timers.push(setTimer(timer, endsMs))
    return
  }
  const { customerId, left } = conversation
  const actor = { kind: 'rule', rule: 'message-box' } as const
  const facts = { conversationId, customerId, sessionId: left.sessionId }
  attempt.emit({ type: 'message-box.expired', actor, facts })
}
