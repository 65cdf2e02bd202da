import {
  type LoggedEvent,
  type Quota,
  type QuotaLedger,
  type QuotaTrigger,
  type QuotaWindow,
  quotaWindows,
} from '@duoke/contract'
import { instantOf, msOf } from '../instant.ts'
import { arrivalMs, endsBefore, openingOf, openWindow, passTime, placesFor, reserve, settle } from './ledger.ts'
import { type ConversationState, copyConversation, type WindowState } from './state.ts'

export type Allowance =
  | { readonly state: 'open'; readonly window: WindowState }
  | { readonly state: 'used' }
  | { readonly state: 'closed' }

/** The window that the next message counts against: of those with allowance left, the one that ends first. */
export function allowanceAt(conversation: ConversationState, atMs: number): Allowance {
  let found: WindowState | undefined
  let anyOpen = false
  for (const window of windowsAt(conversation, atMs)) {
    if (window.expiresAtMs - arrivalMs <= atMs) continue
    anyOpen = true
    if (window.used >= window.limit) continue
    if (found === undefined || endsBefore(window, found) < 0) found = window
  }
  if (found !== undefined) return { state: 'open', window: found }
  return anyOpen ? { state: 'used' } : { state: 'closed' }
}

function windowsAt(conversation: ConversationState, atMs: number): readonly WindowState[] {
  if (conversation.windows.every(({ expiresAtMs }) => expiresAtMs > atMs)) return conversation.windows
  const later = copyConversation(conversation)
  passTime(later, atMs)
  return later.windows
}

/** An answer that leaves after its last place has ended would be refused, or take a place that another one was promised. */
export function latestSendMs(conversation: ConversationState, reserved: QuotaTrigger, wishedMs: number): number {
  const last = placesFor(conversation, reserved, wishedMs).at(-1)
  return last === undefined ? wishedMs : Math.min(wishedMs, last.expiresAtMs - arrivalMs)
}

type Counted = Extract<LoggedEvent, { type: 'message.received' | 'message.submitted' | 'delivery.settled' }>

/** What an event says of the allowances beyond the plain rule: the windows after it, where that rule does not give them. */
export function exceptionAfter(conversation: ConversationState, event: Counted): { windows?: QuotaWindow[] } {
  if (isPlain(conversation, event)) return {}
  const after = copyConversation(conversation)
  switch (event.type) {
    case 'message.received':
      if (event.facts.opens !== null) openWindow(after, event, event.facts.opens)
      break
    case 'message.submitted':
      reserve(after, event)
      break
    case 'delivery.settled':
      settle(after, event)
      break
    default:
      return event satisfies never
  }
  const { windows } = quotaAt(after, event.atMs)
  const byRule = quotaAfter(quotaAt(conversation, event.atMs), { ...event, at: instantOf(event.atMs) })
  return sameWindows(windows, byRule.windows) ? {} : { windows }
}

/** Nearly every push: nothing was sent a moment ago that could have crossed it. */
function isPlain({ pending, recentUses }: ConversationState, event: Counted): boolean {
  if (event.type !== 'message.received') return false
  for (const _ in pending) return false
  return event.facts.opens === null || recentUses.every(({ untilMs }) => (untilMs ?? 0) < openingOf(event))
}

function sameWindows(left: readonly QuotaWindow[], right: readonly QuotaWindow[]): boolean {
  const key = ({ trigger, openedAt, used }: QuotaWindow) => `${trigger} ${openedAt} ${used}`
  return left.map(key).sort().join() === right.map(key).sort().join()
}

/** As much of an event as changes what may be sent. */
type ShownCount = Pick<Counted, 'type' | 'facts'> & { readonly at: string }

/**
 * The allowances after an event, for whoever follows the events: `opens` sets a window back to its maximum, `reserved`
 * takes one from it, `released` gives one back, and `windows`, where it stands, is how they are.
 */
export function quotaAfter(quota: Quota, event: ShownCount): Quota {
  const { facts, at } = event
  if (facts.windows !== undefined) return ledgerOf(facts.windows, msOf(at))
  if ('opens' in facts) return facts.opens === null ? quota : reopenedIn(quota, facts.opens, facts.sentAt, at)
  if ('reserved' in facts) return facts.reserved === null ? quota : countedIn(quota, facts.reserved, 1, at)
  return facts.released === null ? quota : countedIn(quota, facts.released, -1, at)
}

function countedIn({ windows }: Quota, trigger: QuotaTrigger, count: 1 | -1, at: string): Quota {
  const counted = windows.map((window) =>
    window.trigger === trigger ? { ...window, used: window.used + count } : window,
  )
  return ledgerOf(counted, msOf(at))
}

function reopenedIn({ windows }: Quota, trigger: QuotaTrigger, sentAt: string, at: string): Quota {
  const { limit, lastsMs } = quotaWindows[trigger]
  const openedAt = sentAt < at ? sentAt : at
  const window: QuotaWindow = { trigger, openedAt, expiresAt: instantOf(msOf(openedAt) + lastsMs), limit, used: 0 }
  const isOlder = windows.some((other) => other.trigger === trigger && other.expiresAt > window.expiresAt)
  return ledgerOf(isOlder ? windows : [...windows.filter((other) => other.trigger !== trigger), window], msOf(at))
}

/** The ledger as interfaces show it at a moment: windows that are over are left out. */
export function quotaAt(conversation: ConversationState, atMs: number): Quota {
  return ledgerOf(
    conversation.windows.map(({ trigger, openedAtMs, expiresAtMs, limit, used }) => ({
      trigger,
      openedAt: instantOf(openedAtMs),
      expiresAt: instantOf(expiresAtMs),
      limit,
      used,
    })),
    atMs,
  )
}

/** The same with who used it. */
export function quotaLedgerAt(conversation: ConversationState, atMs: number): QuotaLedger {
  const quota = quotaAt(conversation, atMs)
  const byTrigger = new Map(conversation.windows.map(({ trigger, usedBy = {} }) => [trigger, usedBy]))
  return {
    ...quota,
    windows: quota.windows.map((window) => ({ ...window, usedBy: { ...byTrigger.get(window.trigger) } })),
  }
}

/** `remaining` counts all open windows; `expiresAt` is the end of the last one that still allows a message. */
export function ledgerOf(windows: readonly QuotaWindow[], atMs: number): Quota {
  const open = windows.filter(({ expiresAt }) => msOf(expiresAt) > atMs)
  const left = open.filter(({ used, limit }) => used < limit)
  return {
    remaining: left.reduce((sum, { used, limit }) => sum + limit - used, 0),
    expiresAt:
      left
        .map(({ expiresAt }) => expiresAt)
        .sort()
        .at(-1) ?? null,
    windows: open,
  }
}
