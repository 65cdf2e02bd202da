import type { TimerChange } from '../commands.ts'
import { arbitrationDueMs } from '../conversation/arbitration.ts'
import { setTimer } from '../conversation/idle-timer.ts'
import { isOpenLeft, lastWindowEndMs } from '../conversation/left.ts'
import type { ConversationState } from '../conversation/state.ts'
import { nextUpdateMs } from '../conversation/waiting-updates.ts'
import type { OrganizationState } from '../organization/state.ts'

/**
 * The timers that run when a period begins, as far as the state tells of them: of offers, snoozes, wrap-ups, capacities that
 * end, choices that apps are asked for, and rules to come. Those of waiting and of hours are found by asking the rules.
 */
export function openTimers(state: OrganizationState): TimerChange[] {
  const timers: TimerChange[] = []
  for (const conversation of state.conversations.values()) timers.push(...timersOfConversation(conversation))
  for (const { agentId, wrapUps, temporaryCapacity } of state.agents.values()) {
    for (const { conversationId, sessionId, untilMs } of wrapUps) {
      timers.push(setTimer({ kind: 'wrap-up', conversationId, sessionId, agentId }, untilMs))
    }
    const endsMs = temporaryCapacity?.untilMs ?? null
    if (endsMs !== null) timers.push(setTimer({ kind: 'capacity', agentId }, endsMs))
  }
  for (const { rulesVersion, effectiveAtMs } of state.rules?.scheduled ?? []) {
    timers.push(setTimer({ kind: 'rules', rulesVersion }, effectiveAtMs))
  }
  const override = state.rules?.override
  if (override !== undefined) {
    timers.push(setTimer({ kind: 'override', overrideId: override.overrideId }, override.expiresAtMs))
  }
  return timers
}

function timersOfConversation(conversation: ConversationState): TimerChange[] {
  const { id: conversationId, offer, broadcast, parked, asked, left } = conversation
  const expiresAtMs = offer?.expiresAtMs ?? broadcast?.expiresAtMs
  const updateMs = nextUpdateMs(conversation)
  const choices = Object.entries(asked).map(([messageId, { atMs }]) =>
    setTimer({ kind: 'arbitrate', conversationId, messageId }, atMs + arbitrationDueMs),
  )
  const snoozedUntilMs = parked?.untilMs ?? null
  const isLeft = isOpenLeft(conversation) && left?.isExpired !== true
  return [
    ...choices,
    ...(isLeft ? [setTimer({ kind: 'message-left', conversationId }, lastWindowEndMs(conversation))] : []),
    ...(expiresAtMs === undefined ? [] : [setTimer({ kind: 'offer', conversationId }, expiresAtMs)]),
    ...(updateMs === null ? [] : [setTimer({ kind: 'waiting-update', conversationId }, updateMs)]),
    ...(snoozedUntilMs === null ? [] : [setTimer({ kind: 'snooze', conversationId }, snoozedUntilMs)]),
  ]
}

/** Whether everybody who is there has passed on it, and it will be offered anew after a pause. */
export const isPaused = ({ holder, offer, broadcast, passedBy }: ConversationState): boolean =>
  holder.kind === 'queue' && offer === null && broadcast === undefined && passedBy.length > 0
