import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse, type Timer } from '../commands.ts'
import { instantOf } from '../instant.ts'
import { drainAll } from '../routing/route.ts'
import { holds } from './holder.ts'
import { setTimer } from './idle-timer.ts'
import { isOpenLeft } from './left.ts'
import { mayOverrule } from './permission.ts'
import { endSession } from './sessions.ts'

/** Their messages are logged, and nobody is asked, told or given them. What is open ends. */
export function blockCustomer(attempt: Attempt, command: CommandOf<'customer.block'>): Decision {
  const { actor, conversationId, untilMs, reason } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder, customerId } = conversation
  const isAnothers = (holder.kind === 'agent' || holder.kind === 'app') && !holds(holder, actor)
  if (isAnothers && !mayOverrule(attempt, actor)) return refuse('held_by_another', undefined, holder)
  if (untilMs !== undefined && untilMs <= attempt.context.atMs) return refuse('invalid_request', '`until` is over')
  const until = untilMs === undefined ? null : instantOf(untilMs)
  attempt.emit({
    type: 'customer.blocked',
    actor,
    facts: { conversationId, customerId, until },
    ...(reason === undefined ? {} : { personal: { note: reason } }),
  })
  const now = attempt.state.conversations.get(conversationId)
  if (now !== undefined && now.holder.kind !== 'nobody') endSession(attempt, now, actor, 'blocked')
  return accept(attempt, { conversationId })
}

export function unblockCustomer(attempt: Attempt, command: CommandOf<'customer.unblock'>): Decision {
  const { actor, conversationId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  if (conversation.blocked !== undefined) {
    const { customerId } = conversation
    attempt.emit({ type: 'customer.unblocked', actor, facts: { conversationId, customerId, cause: 'chosen' } })
    if (isOpenLeft(conversation)) drainAll(attempt)
  }
  return accept(attempt, { conversationId })
}

export function fireBlock(attempt: Attempt, timer: Extract<Timer, { kind: 'block' }>): void {
  const { conversationId } = timer
  const conversation = attempt.state.conversations.get(conversationId)
  const untilMs = conversation?.blocked?.untilMs ?? null
  if (conversation === undefined || untilMs === null) return
  if (attempt.context.atMs < untilMs) {
    attempt.timers.push(setTimer(timer, untilMs))
    return
  }
  const { customerId } = conversation
  const actor = { kind: 'rule', rule: 'blocking' } as const
  attempt.emit({ type: 'customer.unblocked', actor, facts: { conversationId, customerId, cause: 'time' } })
  if (isOpenLeft(conversation)) drainAll(attempt)
}
