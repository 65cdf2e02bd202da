import type { Conversation } from '@duoke/contract'
import { type Conversations, isMine, isOfferedTo } from '../live/conversation-list.ts'

/** Something that an agent must not miss, wherever they look. */
export type Notice =
  | { readonly kind: 'waiting'; readonly conversation: Conversation }
  | { readonly kind: 'assigned'; readonly conversation: Conversation }
  | { readonly kind: 'offered'; readonly conversation: Conversation }
  | { readonly kind: 'message'; readonly conversation: Conversation }

/** What changed for this agent. One conversation gives one notice: given or offered to me is louder than a message, that than waiting. */
export function noticesOf(
  before: Conversations,
  after: readonly Conversation[],
  agentId: string | undefined,
): Notice[] {
  return after.flatMap((conversation) => {
    const was = before.get(conversation.id)
    if (was !== undefined && was.position >= conversation.position) return []
    const notice = noticeOf(was, conversation, agentId)
    return notice === undefined ? [] : [notice]
  })
}

function noticeOf(was: Conversation | undefined, is: Conversation, agentId: string | undefined): Notice | undefined {
  if (isMine(is, agentId)) {
    if (was === undefined || !isMine(was, agentId)) return { kind: 'assigned', conversation: is }
    const spoke = is.lastMessage?.direction === 'in' && is.lastMessage.at !== was.lastMessage?.at
    return spoke ? { kind: 'message', conversation: is } : undefined
  }
  if (isOfferedTo(is, agentId)) {
    const isKnown = was?.offer?.expiresAt === is.offer?.expiresAt
    return isKnown ? undefined : { kind: 'offered', conversation: is }
  }
  const waitsNow = is.status === 'waiting' && was?.status !== 'waiting'
  return waitsNow ? { kind: 'waiting', conversation: is } : undefined
}
