import type { Body } from '@duoke/contract'
import { setPresence } from './acting.ts'
import { client } from './client.ts'
import { isMine } from './conversation-list.ts'
import { liveStore, putConversations, selfId, selfOf } from './live-store.ts'

/** Going on with a message that was left means wanting to work, as accepting does. */
export async function takeLeft(conversationId: string): Promise<void> {
  const self = selfOf(liveStore.getState())
  if (self !== undefined && self.status !== 'online') await setPresence('online')
  try {
    putConversations([await client.messagesLeft.take(conversationId)])
  } catch (error) {
    // Whoever was faster is shown at once; and coming online may have given us this very one.
    const now = await client.conversations.get(conversationId)
    putConversations([now])
    if (!isMine(now, selfId())) throw error
  }
}

export async function resolveLeft(conversationId: string, body: Body<'resolveMessageLeft'> = {}): Promise<void> {
  putConversations([await client.messagesLeft.resolve(conversationId, body)])
}

export async function reopenLeft(conversationId: string): Promise<void> {
  putConversations([await client.messagesLeft.reopen(conversationId)])
}
