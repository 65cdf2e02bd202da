import type { Body } from '@duoke/contract'
import { client } from './client.ts'
import { putConversations } from './live-store.ts'

export async function raiseHand(conversationId: string): Promise<void> {
  putConversations([await client.conversations.raiseHand(conversationId)])
}

export async function lowerHand(conversationId: string): Promise<void> {
  putConversations([await client.conversations.lowerHand(conversationId)])
}

export async function join(conversationId: string): Promise<void> {
  putConversations([await client.conversations.join(conversationId)])
}

export async function leave(conversationId: string): Promise<void> {
  putConversations([await client.conversations.leave(conversationId)])
}

export async function takeOver(conversationId: string, body: Body<'takeOverConversation'>): Promise<void> {
  putConversations([await client.conversations.takeOver(conversationId, body)])
}

export async function forceTransfer(conversationId: string, body: Body<'forceTransfer'>): Promise<void> {
  putConversations([await client.conversations.forceTransfer(conversationId, body)])
}

/** With a hand raised it is the answer to it; else a whisper. */
export async function whisperTo(conversationId: string, text: string, isAnswer: boolean): Promise<void> {
  if (isAnswer) putConversations([await client.conversations.answerHand(conversationId, { text })])
  else await client.conversations.whisper(conversationId, text)
}
