import type { LoggedEvent } from '@duoke/contract'
import type { OrganizationState } from './state.ts'

export function evolveQuickReply(
  state: OrganizationState,
  event: Extract<LoggedEvent, { type: 'quick-reply.saved' | 'quick-reply.removed' }>,
): void {
  const { quickReplyId } = event.facts
  if (event.type === 'quick-reply.removed') state.quickReplies.delete(quickReplyId)
  else state.quickReplies.set(quickReplyId, { quickReplyId, owner: event.facts.owner })
}

/** They go with the agent or the team whose they are. */
export function dropQuickRepliesOf(
  state: OrganizationState,
  gone: { readonly agentId: string } | { readonly teamId: string },
): void {
  const theirs: string[] = []
  state.quickReplies.forEach(({ owner }, id) => {
    const isTheirs =
      'agentId' in gone
        ? owner.kind === 'agent' && owner.agentId === gone.agentId
        : owner.kind === 'team' && owner.teamId === gone.teamId
    if (isTheirs) theirs.push(id)
  })
  for (const id of theirs) state.quickReplies.delete(id)
}
