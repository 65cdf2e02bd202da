import type { Conversation, PublicEvent } from '@duoke/contract'
import { askedUntil, type Conversations, isMine, isOfferedTo } from '../live/conversation-list.ts'

/** Something that an agent must not miss, wherever they look. */
export type Notice =
  | { readonly kind: 'waiting'; readonly conversation: Conversation }
  | { readonly kind: 'assigned'; readonly conversation: Conversation }
  | { readonly kind: 'offered'; readonly conversation: Conversation }
  /** A colleague was the first to accept what was offered to several. */
  | { readonly kind: 'taken'; readonly conversation: Conversation; readonly by: string }
  | { readonly kind: 'mentioned'; readonly conversation: Conversation }
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
    const isKnown = was !== undefined && isOfferedTo(was, agentId) && askedUntil(was) === askedUntil(is)
    return isKnown ? undefined : { kind: 'offered', conversation: is }
  }
  const waitsNow = is.status === 'waiting' && was?.status !== 'waiting'
  return waitsNow ? { kind: 'waiting', conversation: is } : undefined
}

/** A colleague was faster: told by the event, as who is not concerned any more may hear nothing else of it. */
export function takenIn(event: PublicEvent, known: Conversations, agentId: string | undefined): Notice[] {
  if (event.type !== 'session.broadcast-ended' || agentId === undefined) return []
  const { conversationId, agentIds, agentId: by } = event.facts
  const conversation = known.get(conversationId)
  if (conversation === undefined || by === undefined || by === agentId || !agentIds.includes(agentId)) return []
  return [{ kind: 'taken', conversation, by }]
}
