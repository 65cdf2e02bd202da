import type { Timer, TimerChange } from '../commands.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { ConversationState } from './state.ts'

export function timerKey(timer: Timer): string {
  switch (timer.kind) {
    case 'idle':
      return `idle:${timer.conversationId}`
    case 'offer':
      return `offer:${timer.conversationId}`
    case 'snooze':
      return `snooze:${timer.conversationId}`
    case 'block':
      return `block:${timer.conversationId}`
    case 'message-left':
      return `message-left:${timer.conversationId}`
    case 'window':
      return `window:${timer.conversationId}`
    case 'wrap-up':
      return `wrap-up:${timer.sessionId}`
    case 'presence':
      return `presence:${timer.agentId}`
    case 'capacity':
      return `capacity:${timer.agentId}`
    case 'arbitrate':
      return `arbitrate:${timer.messageId}`
    case 'waiting':
      return `waiting:${timer.conversationId}`
    case 'waiting-update':
      return `waiting-update:${timer.conversationId}`
    case 'hours':
      return 'hours'
    case 'rules':
      return `rules:${timer.rulesVersion}`
    case 'override':
      return `override:${timer.overrideId}`
  }
}

export function setTimer(timer: Timer, dueMs: number): TimerChange {
  return { set: timerKey(timer), dueMs, command: { type: 'timer.fire', timer } }
}

/** When the idle rule has to look at this conversation next; null while it has nothing to do. */
export function idleDueMs(state: OrganizationState, conversation: ConversationState): number | null {
  const { kind } = conversation.holder
  if ((kind !== 'agent' && kind !== 'app') || conversation.parked !== null || state.settings === null) return null
  const { idleWarningAfterMs, idleCloseAfterMs } = state.settings
  if (idleCloseAfterMs === null) return null
  // A program that has nothing more to say needs no warning: the customer's next message is asked anew.
  const isWarningNext =
    kind === 'agent' &&
    idleWarningAfterMs !== null &&
    idleWarningAfterMs < idleCloseAfterMs &&
    conversation.idleWarnedAtMs === null
  return conversation.lastActivityAtMs + (isWarningNext ? idleWarningAfterMs : idleCloseAfterMs)
}

/** Sets the idle timer anew: after a warning it stands at the end, which a message has put off. */
export function idleTimerOf(state: OrganizationState, conversationId: string): TimerChange[] {
  const conversation = state.conversations.get(conversationId)
  const timer: Timer = { kind: 'idle', conversationId }
  const dueMs = conversation === undefined ? null : idleDueMs(state, conversation)
  return [dueMs === null ? { clear: timerKey(timer) } : setTimer(timer, dueMs)]
}
