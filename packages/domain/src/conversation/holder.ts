import type { Actor, Conversation, Holder } from '@duoke/contract'

export type ConversationStatus = Conversation['status']

export function statusOf(holder: Holder): ConversationStatus {
  switch (holder.kind) {
    case 'nobody':
      return 'closed'
    case 'queue':
      return 'waiting'
    case 'agent':
    case 'app':
      return 'open'
  }
}

export function holds(holder: Holder, actor: Actor): boolean {
  if (actor.kind === 'agent') return holder.kind === 'agent' && holder.agentId === actor.agentId
  if (actor.kind === 'app') return holder.kind === 'app' && holder.appId === actor.appId
  return false
}
