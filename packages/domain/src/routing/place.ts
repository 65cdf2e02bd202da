import type { ConversationState } from '../conversation/state.ts'
import type { OrganizationState } from '../organization/state.ts'
import { effectivePriority } from './plan.ts'
import { waitedMsOf } from './queue.ts'

/** The place in the queue, from 1: of those of the account who wait for the same team, in the order in which they are served. */
export function placeOf(state: OrganizationState, conversation: ConversationState, atMs: number): number {
  const { holder, accountId, holderPosition, plan } = conversation
  const teamId = holder.kind === 'queue' ? holder.teamId : null
  const own = effectivePriority(plan, waitedMsOf(conversation, atMs))
  const ownSinceMs = conversation.waitingSinceMs ?? atMs
  let place = 1
  for (const line of state.lines.values()) {
    if (line.teamId !== teamId || line.accountId !== accountId) continue
    for (const { conversationId, sinceMs, position } of line.entries) {
      if (conversationId === conversation.id) continue
      const theirs = effectivePriority(state.conversations.get(conversationId)?.plan, atMs - sinceMs)
      const isEarlier = sinceMs < ownSinceMs || (sinceMs === ownSinceMs && position < holderPosition)
      if (theirs > own || (theirs === own && isEarlier)) place++
    }
  }
  return place
}
