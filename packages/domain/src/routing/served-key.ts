import type { ConversationState } from '../conversation/state.ts'

/** Who waits for the same team, or for whoever serves the account, waits for the same agents to become free. */
export function servedKey({ accountId, holder }: Pick<ConversationState, 'accountId' | 'holder'>): string {
  return `${accountId}\n${holder.kind === 'queue' ? (holder.teamId ?? '') : ''}`
}
