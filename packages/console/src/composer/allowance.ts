import type { Conversation } from '@duoke/contract'
import { isMine } from '../live/conversation-list.ts'

/** WeChat counts the bytes of a text (protocol reference, section 5.8). */
export const textLimitBytes = 2048

export type Allowance =
  | { readonly kind: 'open'; readonly remaining: number; readonly closesInMs: number }
  | { readonly kind: 'closed'; readonly reason: ClosedReason }

export type ClosedReason =
  /** Somebody else, or nobody, holds it. */
  'waiting' | 'other' | 'ended' | 'unfollowed' | 'window' | 'count'

/** May one write here, how often and how long: known before the first letter is typed. */
export function allowanceOf(conversation: Conversation, agentId: string | undefined, nowMs: number): Allowance {
  if (conversation.status === 'waiting') return { kind: 'closed', reason: 'waiting' }
  if (conversation.status === 'closed') return { kind: 'closed', reason: 'ended' }
  const mayWrite = conversation.joinedBy?.some((one) => one.agentId === agentId && one.mayWrite) ?? false
  if (!isMine(conversation, agentId) && !mayWrite) return { kind: 'closed', reason: 'other' }
  if (!conversation.customer.following) return { kind: 'closed', reason: 'unfollowed' }
  return windowOf(conversation, nowMs)
}

/** The window alone, for reopening: who holds it does not matter there. */
export function windowOf(conversation: Conversation, nowMs: number): Allowance {
  const { expiresAt, remaining } = conversation.quota
  const closesInMs = expiresAt === null ? 0 : Date.parse(expiresAt) - nowMs
  if (closesInMs <= 0) return { kind: 'closed', reason: 'window' }
  if (remaining <= 0) return { kind: 'closed', reason: 'count' }
  return { kind: 'open', remaining, closesInMs }
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
