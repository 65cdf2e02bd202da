import type { Conversation } from '@duoke/contract'
import { windowOf } from '../composer/allowance.ts'

export type Answerable =
  | { readonly kind: 'until'; readonly atMs: number }
  | { readonly kind: 'closed'; readonly reason: 'unfollowed' | 'window' | 'count' }

/** Until when WeChat lets one answer a message left, or why it does not: known before somebody takes it. */
export function answerableOf(conversation: Conversation, nowMs: number): Answerable {
  const { customer, messageLeft } = conversation
  if (!customer.following) return { kind: 'closed', reason: 'unfollowed' }
  const window = windowOf(conversation, nowMs)
  if (window.kind === 'open' && messageLeft?.expired !== true) return { kind: 'until', atMs: nowMs + window.closesInMs }
  const isUsed = window.kind === 'closed' && window.reason === 'count'
  return { kind: 'closed', reason: isUsed ? 'count' : 'window' }
}
