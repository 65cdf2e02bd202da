import type { AgentStatus, Body, Conversation, OutgoingContent } from '@duoke/contract'
import { DuokeError } from '@duoke/sdk'
import { askForNotifications } from '../notice/ask-permission.ts'
import { client } from './client.ts'
import { isMine } from './conversation-list.ts'
import { sayTyping } from './follow.ts'
import { changeOutbox, liveStore, putAgents, putConversations, putThread, selfId, selfOf } from './live-store.ts'
import { type Outgoing, settledAs, submitted, without } from './outbox.ts'
import { withMessage } from './thread.ts'

export async function setPresence(status: AgentStatus, reason?: string): Promise<void> {
  if (status === 'online') askForNotifications()
  putAgents([await client.me.setPresence({ status, ...(reason !== undefined && { reason }) })])
}

/** Accepting means wanting to work: an agent who is not online yet comes online first. */
export async function accept(conversationId: string): Promise<Conversation> {
  const self = selfOf(liveStore.getState())
  if (self !== undefined && self.status !== 'online') {
    await setPresence('online')
    // Coming online may have given us this very one.
    const now = await client.conversations.get(conversationId)
    putConversations([now])
    if (isMine(now, self.id)) return now
  }
  try {
    const conversation = await client.conversations.accept(conversationId)
    putConversations([conversation])
    return conversation
  } catch (error) {
    // Whoever was faster is shown at once, not with the next change of the list.
    const isTaken = error instanceof DuokeError && error.status === 409
    if (isTaken) putConversations([await client.conversations.get(conversationId)])
    throw error
  }
}

export async function decline(conversationId: string, reason?: string): Promise<void> {
  const body = reason === undefined ? {} : { reason }
  putConversations([await client.conversations.decline(conversationId, body)])
}

export type TransferTarget = { readonly agentId: string } | { readonly teamId: string }

export async function transfer(
  conversationId: string,
  body: { readonly to: TransferTarget; readonly note: string; readonly reason: string | undefined },
): Promise<void> {
  const { to, note, reason } = body
  const told = { ...(note.trim() !== '' && { note: note.trim() }), ...(reason !== undefined && { reason }) }
  putConversations([await client.conversations.transfer(conversationId, { to, ...told })])
}

export async function park(conversationId: string, body: Body<'parkConversation'>): Promise<void> {
  putConversations([await client.conversations.park(conversationId, body)])
}

export async function resume(conversationId: string): Promise<void> {
  const self = selfOf(liveStore.getState())
  if (self !== undefined && self.status !== 'online') await setPresence('online')
  putConversations([await client.conversations.resume(conversationId)])
}

/** Answers whether one is asked what it was about before one goes on. */
export async function end(conversationId: string, body: Body<'closeConversation'> = {}): Promise<boolean> {
  const conversation = await client.conversations.close(conversationId, body)
  putConversations([conversation])
  const { lastClose } = conversation
  return lastClose?.agentId === selfId() && lastClose?.wrapUpUntil != null
}

export async function dispose(conversationId: string, sessionId: string, body: Body<'disposeSession'>): Promise<void> {
  putConversations([await client.conversations.dispose(conversationId, sessionId, body)])
}

export async function reopen(conversationId: string): Promise<void> {
  const self = selfOf(liveStore.getState())
  if (self !== undefined && self.status !== 'online') await setPresence('online')
  putConversations([await client.conversations.reopen(conversationId)])
}

/** Shows the answer at once and sends it. `clientId` is given when an attempt without an answer is repeated. */
export async function send(
  conversationId: string,
  content: OutgoingContent,
  { clientId = newClientId(), quickReplyId }: { readonly clientId?: string; readonly quickReplyId?: string } = {},
): Promise<boolean> {
  const outgoing: Outgoing = { clientId, conversationId, content, atMs: Date.now(), state: { kind: 'sending' } }
  changeOutbox((outbox) => submitted(outbox, outgoing))
  try {
    const message = await client.conversations.send(conversationId, {
      ...content,
      clientId,
      ...(quickReplyId !== undefined && { quickReplyId }),
    })
    putThread(conversationId, (thread) => thread && withMessage(thread, message))
    changeOutbox((outbox) => without(outbox, clientId))
    return true
  } catch (error) {
    changeOutbox((outbox) => settledAs(outbox, clientId, failureOf(error)))
    return false
  }
}

export function forget(clientId: string): void {
  changeOutbox((outbox) => without(outbox, clientId))
}

function failureOf(error: unknown): Outgoing['state'] {
  // Without a problem document nobody knows what the server did; with one, it did nothing.
  if (!(error instanceof DuokeError) || error.problem === undefined) return { kind: 'unanswered' }
  return { kind: 'refused', code: error.code, detail: error.message }
}

export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return `c${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

export async function uploadImage(file: File): Promise<string> {
  const { id } = await client.media.upload(file, { fileName: file.name === '' ? 'image.png' : file.name })
  return id
}

const readPositions = new Map<string, number>()

/** Says how far the holder has read, once for each position. */
export function markRead(conversationId: string, upTo: number): void {
  const conversation = liveStore.getState().conversations.get(conversationId)
  if (conversation === undefined || conversation.unread === 0 || !isMine(conversation, selfId())) return
  if ((readPositions.get(conversationId) ?? 0) >= upTo) return
  readPositions.set(conversationId, upTo)
  client.conversations.read(conversationId, upTo).catch(() => readPositions.delete(conversationId))
}

const typingEveryMs = 5_000
const typedAt = new Map<string, number>()

/** Lets the customer see that an answer is being written; WeChat shows it for some seconds. */
export function showTyping(conversationId: string, nowMs: number): void {
  if (nowMs - (typedAt.get(conversationId) ?? 0) < typingEveryMs) return
  typedAt.set(conversationId, nowMs)
  sayTyping(conversationId)
}
