import type { Conversation, PublicEvent } from '@duoke/contract'
import { client } from './client.ts'
import { liveStore, putConversations, putThread } from './live-store.ts'
import { applyToThread, choiceLineTypes, sessionLineTypes, threadOf, withLines, withOlder } from './thread.ts'

const pageSize = 50
const linePageSize = 200

/** Reads the newest page of a conversation; what happens meanwhile is folded in when it is there. */
export async function loadThread(conversationId: string): Promise<void> {
  const [conversation, page] = await Promise.all([
    client.conversations.get(conversationId),
    client.conversations.messages(conversationId, { limit: pageSize }),
  ])
  putConversations([conversation])
  putThread(conversationId, () => threadOf(page.items, page.next, page.cursor))
  // Apart: a bot that answers all day leaves so many choices that the sessions would not come through.
  Promise.all([readLines(conversationId, sessionLineTypes), readLines(conversationId, choiceLineTypes)]).catch(() => {
    // Without them the messages are all there; the marks between them come with the next visit.
  })
  // Between this read and the moment the server knows that we watch, something may have been said.
  await catchUpThread(conversationId)
}

/** More sessions than these pages hold are long past. */
const mostLinePages = 5

async function readLines(conversationId: string, types: readonly string[]): Promise<void> {
  let after: string | undefined
  for (let page = 0; page < mostLinePages; page += 1) {
    const query = {
      conversation: conversationId,
      types: types.join(','),
      limit: linePageSize,
      ...(after && { after }),
    }
    const { items, next } = await client.call('listEvents', {}, { query })
    // The page's schema leaves the facts open; the contract types them.
    putThread(conversationId, (thread) => thread && withLines(thread, items as PublicEvent[]))
    if (items.length < linePageSize) return
    after = next
  }
}

export async function loadOlder(conversationId: string): Promise<void> {
  const after = liveStore.getState().threads.get(conversationId)?.older
  if (after === null || after === undefined) return
  const page = await client.conversations.messages(conversationId, { limit: pageSize, after })
  putThread(conversationId, (thread) =>
    thread === undefined || thread.older !== after ? thread : withOlder(thread, page.items, page.next),
  )
}

/** Reads the events of one conversation behind the place where its thread stands. */
export async function catchUpThread(conversationId: string): Promise<void> {
  let after = liveStore.getState().threads.get(conversationId)?.cursor
  while (after !== undefined) {
    const page = await client.call(
      'listEvents',
      {},
      { query: { after, conversation: conversationId, limit: pageSize } },
    )
    for (const event of page.items) {
      // The page's schema leaves the facts open; the contract types them.
      putThread(conversationId, (thread) => thread && applyToThread(thread, event as PublicEvent))
    }
    putThread(conversationId, (thread) => thread && { ...thread, cursor: page.next })
    if (page.items.length < pageSize) return
    after = page.next
  }
}

/** The events of a conversation and its row come on different ways: a thread that stays behind its row is read up. */
const patienceMs = 500
const pending = new Set<string>()

export function catchUpWhenBehind({ id, position }: Conversation): void {
  const isBehind = () => (liveStore.getState().threads.get(id)?.position ?? position) < position
  if (!isBehind() || pending.has(id)) return
  pending.add(id)
  setTimeout(() => {
    pending.delete(id)
    if (!isBehind()) return
    catchUpThread(id).then(
      () => putThread(id, (thread) => thread && { ...thread, position: Math.max(thread.position, position) }),
      () => {},
    )
  }, patienceMs)
}

/** A thread that is here already is only read up. */
export function openThread(conversationId: string): Promise<void> {
  const isKnown = liveStore.getState().threads.has(conversationId)
  return isKnown ? catchUpThread(conversationId) : loadThread(conversationId)
}
