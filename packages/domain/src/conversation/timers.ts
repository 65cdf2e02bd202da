import type { LoggedEvent } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import type { CommandOf, Decision, Timer, TimerChange } from '../commands.ts'
import { instantOf, msOf } from '../instant.ts'
import { unreachable } from '../invariant.ts'
import { applyStatus } from '../organization/agents.ts'
import { fireCapacity } from '../organization/capacity.ts'
import { takeEffect } from '../organization/rules.ts'
import { fireOverride } from '../organization/rules-override.ts'
import type { OrganizationState } from '../organization/state.ts'
import { setHoursTimer } from '../routing/hours-timer.ts'
import { drainAll } from '../routing/route.ts'
import { arbitrateAlone, arbitrationDueMs } from './arbitration.ts'
import { fireBlock } from './blocking.ts'
import { fireWindow, windowTimerOf } from './ending.ts'
import { idleDueMs, idleTimerOf, setTimer, timerKey } from './idle-timer.ts'

import { isOpenLeft, lastWindowEndMs } from './left.ts'
import { fireLeft } from './message-box.ts'
import { emitSubmitted } from './messages.ts'
import { fireOffer } from './offer-timer.ts'
import { fireSnooze } from './parking.ts'
import { allowanceAt } from './quota.ts'
import { endSession } from './sessions.ts'
import type { ConversationState } from './state.ts'
import { fireWaiting, waitingTimerOf } from './waiting-timer.ts'
import { fireUpdate, updateTimerOf } from './waiting-updates.ts'
import { fireWrapUp } from './wrap-up.ts'

/** Timers that follow from an event, given the state after it. Written in the transaction of the event. */
export function timersOf(state: OrganizationState, event: LoggedEvent): TimerChange[] {
  switch (event.type) {
    case 'customer.blocked':
    case 'customer.unblocked': {
      const timer: Timer = { kind: 'block', conversationId: event.facts.conversationId }
      const until = event.type === 'customer.blocked' ? event.facts.until : null
      return [until === null ? { clear: timerKey(timer) } : setTimer(timer, msOf(until))]
    }
    case 'session.opened':
      return windowTimerOf(state, event)
    case 'session.assigned':
      return [...idleTimerOf(state, event.facts.conversationId), ...waitingTimersOf(state, event)]
    case 'session.idle-warned':
    case 'session.resumed':
      return idleTimerOf(state, event.facts.conversationId)
    case 'session.queued':
    case 'session.closed': {
      const { conversationId, from } = event.facts
      const wasHeld = from.kind === 'agent' || from.kind === 'app'
      const idle: TimerChange[] = wasHeld ? [{ clear: timerKey({ kind: 'idle', conversationId }) }] : []
      const window = event.type === 'session.closed' ? windowTimerOf(state, event) : []
      return [...idle, ...window, ...waitingTimersOf(state, event)]
    }
    case 'session.parked': {
      const { conversationId, until } = event.facts
      const timer: Timer = { kind: 'snooze', conversationId }
      const idle = { clear: timerKey({ kind: 'idle', conversationId }) }
      return [idle, until === null ? { clear: timerKey(timer) } : setTimer(timer, msOf(until))]
    }
    case 'session.broadcast':
    case 'session.offered': {
      const { conversationId, expiresAt } = event.facts
      return [setTimer({ kind: 'offer', conversationId }, msOf(expiresAt))]
    }
    case 'session.offer-ended':
    case 'session.broadcast-ended':
      return [{ clear: timerKey({ kind: 'offer', conversationId: event.facts.conversationId }) }]
    case 'session.wrap-up-began': {
      const { conversationId, sessionId, agentId, until } = event.facts
      return [setTimer({ kind: 'wrap-up', conversationId, sessionId, agentId }, msOf(until))]
    }
    case 'session.disposed': {
      const { conversationId, sessionId, agentId } = event.facts
      return [{ clear: timerKey({ kind: 'wrap-up', conversationId, sessionId, agentId: agentId ?? '' }) }]
    }
    case 'rules.published':
    case 'rules.approved':
    case 'rules.took-effect':
    case 'rules.overridden':
    case 'rules.override-ended':
      return rulesTimersOf(event)
    case 'message.received':
      return receivedTimersOf(state, event)
    case 'reply.arbitrated': {
      const { conversationId, messageId } = event.facts
      return [{ clear: timerKey({ kind: 'arbitrate', conversationId, messageId }) }]
    }
    case 'message-box.left':
    case 'message-box.reopened':
    case 'message-box.taken':
    case 'message-box.resolved':
      return boxTimersOf(state, event)
    case 'agent.status-changed':
    case 'agent.capacity-changed':
    case 'agent.removed':
      return agentTimersOf(event)
    default:
      return []
  }
}

function waitingTimersOf(state: OrganizationState, event: Parameters<typeof updateTimerOf>[1]): TimerChange[] {
  return [...waitingTimerOf(state, event), ...updateTimerOf(state, event)]
}

function receivedTimersOf(
  state: OrganizationState,
  event: Extract<LoggedEvent, { type: 'message.received' }>,
): TimerChange[] {
  const { conversationId, messageId, asks, opens } = event.facts
  const left = opens === null ? [] : leftTimerOf(state, conversationId)
  if (asks === undefined) return left
  return [...left, setTimer({ kind: 'arbitrate', conversationId, messageId }, event.atMs + arbitrationDueMs)]
}

type BoxEvent = Extract<LoggedEvent, { type: `message-box.${string}` }>

function boxTimersOf(state: OrganizationState, { type, facts }: BoxEvent): TimerChange[] {
  const { conversationId } = facts
  if (type === 'message-box.left' || type === 'message-box.reopened') return leftTimerOf(state, conversationId)
  return [{ clear: timerKey({ kind: 'message-left', conversationId }) }]
}

/** Until when a message that is left can be answered. */
function leftTimerOf(state: OrganizationState, conversationId: string): TimerChange[] {
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined || !isOpenLeft(conversation) || conversation.left?.isExpired === true) return []
  return [setTimer({ kind: 'message-left', conversationId }, lastWindowEndMs(conversation))]
}

type AgentEvent = Extract<LoggedEvent, { type: 'agent.status-changed' | 'agent.capacity-changed' | 'agent.removed' }>

function agentTimersOf(event: AgentEvent): TimerChange[] {
  switch (event.type) {
    case 'agent.status-changed': {
      const { agentId, untilMs } = event.facts
      const timer: Timer = { kind: 'presence', agentId }
      return [untilMs === undefined ? { clear: timerKey(timer) } : setTimer(timer, untilMs)]
    }
    case 'agent.capacity-changed': {
      const { agentId, until } = event.facts
      const timer: Timer = { kind: 'capacity', agentId }
      return [until === null ? { clear: timerKey(timer) } : setTimer(timer, msOf(until))]
    }
    case 'agent.removed': {
      const { agentId } = event.facts
      return [{ clear: timerKey({ kind: 'presence', agentId }) }, { clear: timerKey({ kind: 'capacity', agentId }) }]
    }
    default:
      return unreachable(event)
  }
}

type RulesEvent = Extract<
  LoggedEvent,
  {
    type: 'rules.published' | 'rules.approved' | 'rules.took-effect' | 'rules.overridden' | 'rules.override-ended'
  }
>

function rulesTimersOf(event: RulesEvent): TimerChange[] {
  switch (event.type) {
    case 'rules.overridden': {
      const { overrideId, expiresAt } = event.facts
      return [setTimer({ kind: 'override', overrideId }, msOf(expiresAt))]
    }
    case 'rules.override-ended':
      return [{ clear: timerKey({ kind: 'override', overrideId: event.facts.overrideId }) }]
    case 'rules.approved':
    case 'rules.published': {
      if ('awaitsApproval' in event.facts && event.facts.awaitsApproval === true) return []
      const dueMs = msOf(event.facts.effectiveAt)
      return dueMs > event.atMs ? [setTimer({ kind: 'rules', rulesVersion: event.facts.rulesVersion }, dueMs)] : []
    }
    case 'rules.took-effect':
      return [{ clear: timerKey({ kind: 'rules', rulesVersion: event.facts.rulesVersion }) }]
  }
}

export function fireTimer(attempt: Attempt, { timer }: CommandOf<'timer.fire'>): Decision {
  switch (timer.kind) {
    case 'presence':
      firePresence(attempt, timer.agentId)
      break
    case 'capacity':
      fireCapacity(attempt, timer)
      break
    case 'idle':
      fireIdle(attempt, timer.conversationId)
      break
    case 'snooze':
      fireSnooze(attempt, timer)
      break
    case 'offer':
      fireOffer(attempt, timer)
      break
    case 'block':
      fireBlock(attempt, timer)
      break
    case 'message-left':
      fireLeft(attempt, timer)
      break
    case 'window':
      fireWindow(attempt, timer)
      break
    case 'wrap-up':
      fireWrapUp(attempt, timer)
      break
    case 'arbitrate':
      fireArbitration(attempt, timer)
      break
    case 'waiting':
      fireWaiting(attempt, timer.conversationId)
      break
    case 'waiting-update':
      fireUpdate(attempt, timer)
      break
    case 'hours':
      drainAll(attempt)
      setHoursTimer(attempt)
      break
    case 'rules':
      fireRules(attempt, timer)
      break
    case 'override':
      fireOverride(attempt, timer)
      break
  }
  return accept(attempt)
}

function fireArbitration(attempt: Attempt, timer: Extract<Timer, { kind: 'arbitrate' }>): void {
  const conversation = attempt.state.conversations.get(timer.conversationId)
  const asked = conversation?.asked[timer.messageId]
  if (conversation === undefined || asked === undefined) return
  const dueMs = asked.atMs + arbitrationDueMs
  if (attempt.context.atMs < dueMs) attempt.timers.push(setTimer(timer, dueMs))
  else arbitrateAlone(attempt, conversation, timer.messageId)
}

/** One that a later publication has made pointless has no place among the scheduled any more. */
function fireRules(attempt: Attempt, timer: Extract<Timer, { kind: 'rules' }>): void {
  const { rulesVersion } = timer
  const version = attempt.state.rules?.scheduled.find((one) => one.rulesVersion === rulesVersion)
  if (version === undefined) return
  if (attempt.context.atMs < version.effectiveAtMs) attempt.timers.push(setTimer(timer, version.effectiveAtMs))
  else takeEffect(attempt, rulesVersion)
}

function firePresence(attempt: Attempt, agentId: string): void {
  const agent = attempt.state.agents.get(agentId)
  if (agent === undefined || agent.statusUntilMs === null) return
  if (attempt.context.atMs < agent.statusUntilMs) {
    attempt.timers.push(setTimer({ kind: 'presence', agentId }, agent.statusUntilMs))
    return
  }
  applyStatus(attempt, { actor: { kind: 'system' }, agentId, status: 'offline', cause: 'expired' })
}

function fireIdle(attempt: Attempt, conversationId: string): void {
  const { state, context } = attempt
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return
  const dueMs = idleDueMs(state, conversation)
  if (dueMs === null) return
  if (context.atMs < dueMs) {
    attempt.timers.push(setTimer({ kind: 'idle', conversationId }, dueMs))
    return
  }
  const closeAfterMs = state.settings?.idleCloseAfterMs ?? 0
  const closesAtMs = conversation.lastActivityAtMs + closeAfterMs
  if (context.atMs >= closesAtMs) endSession(attempt, conversation, { kind: 'rule', rule: 'idle' }, 'idle')
  else warn(attempt, conversation, closesAtMs)
}

/** Tells the customer that the session will end, if WeChat lets us; without that it just ends in its time. */
function warn(attempt: Attempt, conversation: ConversationState, closesAtMs: number): void {
  const { state, context } = attempt
  const actor = { kind: 'rule', rule: 'idle' } as const
  const allowance = allowanceAt(conversation, context.atMs)
  if (
    allowance.state !== 'open' ||
    !conversation.following ||
    state.settings === null ||
    conversation.sessionId === null
  ) {
    attempt.timers.push(setTimer({ kind: 'idle', conversationId: conversation.id }, closesAtMs))
    return
  }
  const content = { type: 'text', text: state.settings.idleWarningText } as const
  emitSubmitted(attempt, conversation, { actor, content, reserved: allowance.window.trigger })
  const { id: conversationId, sessionId } = conversation
  attempt.emit({
    type: 'session.idle-warned',
    actor,
    facts: { conversationId, sessionId, closesAt: instantOf(closesAtMs) },
  })
}
