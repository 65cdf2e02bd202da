import type { LoggedEvent } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { TimerChange } from '../commands.ts'
import { absenceOf } from '../organization/apps.ts'
import type { OrganizationState } from '../organization/state.ts'
import { isRoutedByRule } from '../routing/candidates.ts'
import { endWaiting, giveToApp } from '../routing/new-session.ts'
import { nextStepMs } from '../routing/plan.ts'
import { waitedMsOf } from '../routing/queue.ts'
import { drainAll, leaveMessage } from '../routing/route.ts'
import { setTimer, timerKey } from './idle-timer.ts'
import { emitSubmitted } from './messages.ts'
import { allowanceAt } from './quota.ts'
import type { ConversationState } from './state.ts'
import { tellOfLeft } from './tell-left.ts'

type Moved = Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' | 'session.closed' }>

/** Only what is routed by a plan changes by waiting; without published rules hardly anything has one. */
export function waitingTimerOf(state: OrganizationState, event: Moved): TimerChange[] {
  const { conversationId, from } = event.facts
  const conversation = state.conversations.get(conversationId)
  if (state.rules === null && conversation?.plan === undefined) return []
  const isWaiting = event.type === 'session.queued' && conversation?.holder.kind === 'queue'
  if (isWaiting) return nextTimer(conversation, event.atMs)
  return from.kind === 'queue' ? [{ clear: timerKey({ kind: 'waiting', conversationId }) }] : []
}

function nextTimer(conversation: ConversationState, atMs: number): TimerChange[] {
  const { id: conversationId, plan, waitingSinceMs } = conversation
  if (plan === undefined) return []
  const waitedMs = waitedMsOf(conversation, atMs)
  // Whoever was just offered around may have waited too long meanwhile.
  const isOver = plan.maxWaitMs !== null && plan.maxWaitMs <= waitedMs
  const stepMs = isOver ? plan.maxWaitMs : nextStepMs(plan, waitedMs)
  if (stepMs === null || waitingSinceMs === null) return []
  return [setTimer({ kind: 'waiting', conversationId }, waitingSinceMs + stepMs)]
}

/** More agents may serve now, or nobody will. */
export function fireWaiting(attempt: Attempt, conversationId: string): void {
  const { state, context } = attempt
  const conversation = state.conversations.get(conversationId)
  if (conversation?.holder.kind !== 'queue' || conversation.plan === undefined) return
  drainAll(attempt)
  const after = state.conversations.get(conversationId)
  // While somebody is asked it is not given to others; the offer's end sets the timer anew.
  if (after?.holder.kind !== 'queue' || after.plan === undefined || after.offer !== null) return
  if (overflowed(attempt, after)) return
  const { maxWaitMs, refusal } = after.plan
  if (after.broadcast !== undefined) {
    // Whoever may serve from the next step on is asked as well.
    const hasTime = maxWaitMs === null || waitedMsOf(after, context.atMs) < maxWaitMs
    if (hasTime) attempt.timers.push(...nextTimer(after, context.atMs))
    return
  }
  if (maxWaitMs !== null && waitedMsOf(after, context.atMs) >= maxWaitMs) {
    if (refusal !== null) tell(attempt, after, refusal)
    endWaiting(attempt, conversationId, 'waited_too_long')
    return
  }
  attempt.timers.push(...nextTimer(after, context.atMs))
}

/** An app takes it, or a message is left, where the rule says so after so long a wait. */
function overflowed(attempt: Attempt, conversation: ConversationState): boolean {
  const { state, context } = attempt
  const { id: conversationId, accountId, plan, holder } = conversation
  if (plan === undefined || holder.kind !== 'queue' || !isRoutedByRule(state, accountId)) return false
  const { overflowApp, messageBox } = plan
  const waitedMs = waitedMsOf(conversation, context.atMs)
  const actor = { kind: 'rule', rule: 'routing' } as const
  const causes = { cause: 'overflow', assignCause: 'routing', queueCause: 'routing' } as const
  const request = { conversationId, teamId: holder.teamId, actor, ...causes }
  if (overflowApp !== undefined && overflowApp.afterMs <= waitedMs) {
    const isThere = absenceOf(state.apps.get(overflowApp.appId), accountId) === null
    if (isThere) giveToApp(attempt, conversation, request, overflowApp.appId)
    if (isThere) return true
  }
  const isDue = messageBox !== undefined && messageBox.afterMs !== null && messageBox.afterMs <= waitedMs
  if (!isDue || !leaveMessage(attempt, { ...request, plan }, 'waited')) return false
  tellOfLeft(attempt, conversationId)
  return true
}

/** As far as WeChat's allowance lets us. */
function tell(attempt: Attempt, conversation: ConversationState, text: string): void {
  const allowance = allowanceAt(conversation, attempt.context.atMs)
  if (allowance.state !== 'open' || !conversation.following) return
  const actor = { kind: 'rule', rule: 'routing' } as const
  const content = { type: 'text', text } as const
  emitSubmitted(attempt, conversation, { actor, content, reserved: allowance.window.trigger })
}
