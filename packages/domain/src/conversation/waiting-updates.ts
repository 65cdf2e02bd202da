import type { LoggedEvent } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { Timer, TimerChange } from '../commands.ts'
import type { OrganizationState } from '../organization/state.ts'
import { placeTold } from '../routing/tell-place.ts'
import { setTimer, timerKey } from './idle-timer.ts'
import { emitSubmitted } from './messages.ts'
import { allowanceAt, quotaAt } from './quota.ts'
import type { ConversationState } from './state.ts'

type Moved = Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' | 'session.closed' }>

/** When somebody who waits may next be told how it stands; null: not any more, or the rule says nothing of it. */
export function nextUpdateMs({ plan, holder, told, waitingSinceMs }: ConversationState): number | null {
  const updates = plan?.waitingUpdates
  if (updates === undefined || holder.kind !== 'queue' || waitingSinceMs === null) return null
  if (told !== undefined && told.updates >= updates.atMost) return null
  return Math.max(waitingSinceMs, told?.atMs ?? 0) + updates.everyMs
}

/** Set while somebody waits, by each event that lets them; who waits no longer is told nothing. */
export function updateTimerOf(state: OrganizationState, event: Moved): TimerChange[] {
  const { conversationId, from } = event.facts
  const timer: Timer = { kind: 'waiting-update', conversationId }
  const conversation = state.conversations.get(conversationId)
  const dueMs = event.type === 'session.queued' && conversation !== undefined ? nextUpdateMs(conversation) : null
  if (dueMs !== null) return [setTimer(timer, Math.max(dueMs, event.atMs + 1000))]
  // Nearly nobody has one, and a timer that is not there need not be cleared.
  const hadOne = from.kind === 'queue' && event.type !== 'session.queued' && state.rules !== null
  return hadOne ? [{ clear: timerKey(timer) }] : []
}

/** Tells the place if it changed by enough and the allowance leaves enough for the agent; looks again later in any case. */
export function fireUpdate(attempt: Attempt, timer: Extract<Timer, { kind: 'waiting-update' }>): void {
  const { state, context } = attempt
  const conversation = state.conversations.get(timer.conversationId)
  if (conversation === undefined) return
  const dueMs = nextUpdateMs(conversation)
  if (dueMs === null) return
  if (context.atMs < dueMs) {
    attempt.timers.push(setTimer(timer, dueMs))
    return
  }
  update(attempt, conversation)
  const { everyMs = 0 } = conversation.plan?.waitingUpdates ?? {}
  const after = state.conversations.get(timer.conversationId)
  if (after !== undefined && nextUpdateMs(after) !== null) {
    attempt.timers.push(setTimer(timer, context.atMs + everyMs))
  }
}

function update(attempt: Attempt, conversation: ConversationState): void {
  const { state, context } = attempt
  const { plan, told, offer, broadcast, following, blocked } = conversation
  const updates = plan?.waitingUpdates
  if (updates === undefined || offer !== null || broadcast !== undefined || !following || blocked !== undefined) return
  const allowance = allowanceAt(conversation, context.atMs)
  if (allowance.state !== 'open') return
  if (quotaAt(conversation, context.atMs).remaining - 1 < updates.keep) return
  const { text, place } = placeTold(state, conversation, updates.reply, context.atMs)
  if (place === undefined || (told !== undefined && Math.abs(told.place - place) < updates.places)) return
  emitSubmitted(attempt, conversation, {
    actor: { kind: 'rule', rule: 'waiting' },
    content: { type: 'text', text },
    reserved: allowance.window.trigger,
    place,
  })
}
