// An agent's console as far as its data goes: snapshots with their cursors, and the events behind them folded in.
import assert from 'node:assert/strict'
import type { Conversation, Message, PublicEvent } from '@duoke/contract'
import { applyToConversation, applyToThread, ledgerOf } from '@duoke/domain'
import type { App } from '../../src/app.ts'

/** Everything that is shown, each part with the cursor under which it was read. */
export type Shown = {
  readonly conversations: ReadonlyMap<string, Folded<Conversation>>
  readonly threads: ReadonlyMap<string, Folded<readonly Message[]>>
  readonly list: Folded<readonly Conversation[]>
}
type Folded<T> = { readonly value: T; readonly cursor: string }

export type Console = {
  read(conversationIds: readonly string[]): Promise<Shown>
  /** The same parts, brought to the present with events alone. */
  follow(shown: Shown): Promise<Shown>
}

export function openConsole(app: App, token: string): Console {
  async function get(url: string) {
    const reply = await app.http.inject({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } })
    assert.equal(reply.statusCode, 200, `${url} ${reply.body}`)
    return { body: reply.json(), cursor: String(reply.headers['duoke-cursor'] ?? '') }
  }

  /** The pages of a thread that is written to meanwhile: newest first, the first one's cursor counts. */
  async function thread(id: string): Promise<Folded<readonly Message[]>> {
    const messages: Message[] = []
    let first: string | undefined
    for (let after = ''; ; ) {
      const { body, cursor } = await get(`/v1/conversations/${id}/messages?limit=7${after}`)
      first ??= cursor
      messages.push(...body.items)
      if (body.next === null) return { value: messages.toReversed(), cursor: first }
      after = `&after=${encodeURIComponent(body.next)}`
    }
  }

  async function eventsAfter(cursor: string, conversationId?: string): Promise<PublicEvent[]> {
    const events: PublicEvent[] = []
    const where = conversationId === undefined ? '' : `&conversation=${conversationId}`
    for (let after = cursor; ; ) {
      const { body } = await get(`/v1/events?limit=50&after=${encodeURIComponent(after)}${where}`)
      events.push(...body.items)
      if (body.items.length < 50) return events
      after = body.next
    }
  }

  return {
    async read(conversationIds) {
      const conversations = new Map<string, Folded<Conversation>>()
      const threads = new Map<string, Folded<readonly Message[]>>()
      const { body, cursor } = await get('/v1/conversations?limit=200')
      for (const id of conversationIds) {
        const one = await get(`/v1/conversations/${id}`)
        conversations.set(id, { value: one.body, cursor: one.cursor })
        threads.set(id, await thread(id))
      }
      return { conversations, threads, list: { value: body.items, cursor } }
    },
    async follow({ conversations, threads, list }) {
      const fold = (items: readonly Conversation[], events: readonly PublicEvent[]) =>
        items.map((one) => events.reduce(applyToConversation, one))
      const [followed, read] = [new Map(conversations), new Map(threads)]
      for (const [id, { value, cursor }] of conversations) {
        const events = await eventsAfter(cursor, id)
        followed.set(id, { value: events.reduce(applyToConversation, value), cursor })
      }
      for (const [id, { value, cursor }] of threads) {
        const events = await eventsAfter(cursor, id)
        const once = events.reduce(applyToThread, value)
        assert.deepEqual(events.reduce(applyToThread, once), once, 'an event that was seen changes nothing')
        read.set(id, { value: once, cursor })
      }
      const value = fold(list.value, await eventsAfter(list.cursor))
      return { conversations: followed, threads: read, list: { value, cursor: list.cursor } }
    },
  }
}

/**
 * Fails where what was folded differs from what is read anew. Not compared: the name, which follows from a digest that
 * only the server computes (the stream's list frames bring it), and windows that have closed since.
 */
export function assertSame(folded: Shown, fresh: Shown, nowMs: number): void {
  const comparable = (conversation: Conversation) => ({
    ...conversation,
    customer: { ...conversation.customer, name: '' },
    quota: ledgerOf(conversation.quota.windows, nowMs),
  })
  for (const [id, { value }] of folded.conversations) {
    const now = fresh.conversations.get(id)?.value
    assert.ok(now !== undefined)
    assert.deepEqual(comparable(value), comparable(now), `conversation ${id}`)
  }
  for (const [id, { value }] of folded.threads) {
    assert.deepEqual(value, fresh.threads.get(id)?.value, `the thread of ${id}`)
  }
  const listed = new Map(fresh.list.value.map((one) => [one.id, one]))
  for (const value of folded.list.value) {
    const now = listed.get(value.id)
    assert.ok(now !== undefined, `${value.id} is no longer listed`)
    assert.deepEqual(comparable(value), comparable(now), `${value.id} in the list`)
  }
}
