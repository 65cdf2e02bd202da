import type { LoggedEvent } from '@duoke/contract'
import { quotaWindows } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { CommandOf, CommandResult, Timer, TimerChange } from '../commands.ts'
import { present } from '../invariant.ts'
import type { OrganizationState } from '../organization/state.ts'
import { setTimer, timerKey } from './idle-timer.ts'
import { lastWindowEndMs } from './left.ts'
import { replyAtOnce } from './passive-reply.ts'
import { endSession } from './sessions.ts'

const plain = (words: string): string => words.trim().toLowerCase()

/** Whether the customer says, or presses in the menu, that the matter is over. */
export function isFarewell(
  { settings }: OrganizationState,
  { act, content }: Pick<CommandOf<'customer.act'>, 'act' | 'content'>,
): boolean {
  const words = settings?.sessions.closeWords ?? []
  if (words.length === 0) return false
  if (act === 'message' && content.type === 'text') return words.some((word) => plain(word) === plain(content.text))
  return act === 'menu' && content.type === 'action' && content.key !== undefined && words.includes(content.key)
}

/** Ends what the customer has called over, and says good-bye where there are words for it. */
export function endByCustomer(attempt: Attempt, conversationId: string): CommandResult['passiveReply'] {
  const { state } = attempt
  const conversation = present(state.conversations.get(conversationId), conversationId)
  const { customerId, holder, accountId } = conversation
  if (holder.kind !== 'nobody') endSession(attempt, conversation, { kind: 'customer', customerId }, 'customer')
  const text = state.settings?.sessions.closeReply ?? null
  if (text === null || state.accounts.get(accountId)?.settings.kind === 'mini-program') return undefined
  const actor = { kind: 'rule', rule: 'closing' } as const
  return replyAtOnce(attempt, conversationId, { actor, content: { type: 'text', text } })
}

const endsWithWindow = ({ settings }: OrganizationState): boolean => settings?.sessions.closeWithWindow ?? false

/** Where the setting says so, a session ends when WeChat lets nobody answer any more. */
export function windowTimerOf(
  state: OrganizationState,
  event: Extract<LoggedEvent, { type: 'session.opened' | 'session.closed' }>,
): TimerChange[] {
  if (!endsWithWindow(state)) return []
  const timer: Timer = { kind: 'window', conversationId: event.facts.conversationId }
  if (event.type === 'session.closed') return [{ clear: timerKey(timer) }]
  return [setTimer(timer, event.atMs + quotaWindows.message.lastsMs)]
}

/** The timer looks again at the end of whatever was opened meanwhile. */
export function fireWindow(attempt: Attempt, timer: Extract<Timer, { kind: 'window' }>): void {
  const { state, context } = attempt
  const conversation = state.conversations.get(timer.conversationId)
  if (conversation === undefined || conversation.holder.kind === 'nobody' || !endsWithWindow(state)) return
  const endsMs = lastWindowEndMs(conversation)
  if (context.atMs < endsMs) attempt.timers.push(setTimer(timer, endsMs))
  else endSession(attempt, conversation, { kind: 'rule', rule: 'window' }, 'window')
}

/** For what was open before the setting: who looks at each once at its end. */
export function windowTimers(state: OrganizationState): TimerChange[] {
  if (!endsWithWindow(state)) return []
  const timers: TimerChange[] = []
  for (const conversation of state.conversations.values()) {
    const { id: conversationId, holder } = conversation
    if (holder.kind === 'nobody') continue
    timers.push(setTimer({ kind: 'window', conversationId }, lastWindowEndMs(conversation)))
  }
  return timers
}
