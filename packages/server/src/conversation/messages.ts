import type { Content, Delivery, LoggedEvent, Message } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'
import { defaultLimit, type PageOf, pageOf, readKeyset } from '../http/keyset.ts'
import { instant } from './queries.ts'

type MessageEvent = Extract<LoggedEvent, { type: 'message.received' | 'message.submitted' }>

export type MessagesPage = {
  readonly limit?: number
  readonly after?: string
  /** Position at which to begin. */
  readonly from?: number
  readonly order?: 'newest' | 'oldest'
}

/** Messages of a conversation, each folded from its event and what became of it later. */
export async function listMessages(
  tx: Transaction,
  org: string,
  conversationId: string,
  page: MessagesPage,
): Promise<PageOf<Message>> {
  const limit = page.limit ?? defaultLimit
  const isForward = page.order === 'oldest'
  const { rows } = await tx.query<EventRow>({
    name: isForward ? 'messages_page_forward' : 'messages_page',
    text: `select ${eventColumns} from event
      where org_id = $1 and conversation_id = $2 and type in ('message.received', 'message.submitted')
        and ($3::bigint is null or position ${isForward ? '>' : '<'} $3)
      order by position ${isForward ? 'asc' : 'desc'} limit $4`,
    values: [org, conversationId, beginningOf(page), limit + 1],
  })
  const { items, next } = pageOf(rows, limit, readMessageEvent, (row) => ({ at: row.position, id: '' }))
  return { items: await fold(tx, org, conversationId, items), next }
}

/** The position behind which a page begins, in its order; null: at the end. */
function beginningOf({ after, from, order }: MessagesPage): number | null {
  const last = readKeyset(after)
  if (last !== null) return last.at
  if (from === undefined) return null
  return order === 'oldest' ? from - 1 : from + 1
}

export async function readMessage(
  tx: Transaction,
  org: string,
  conversationId: string,
  messageId: string,
): Promise<Message | null> {
  const { rows } = await tx.query<EventRow>({
    name: 'message_by_id',
    text: `select ${eventColumns} from event
      where org_id = $1 and conversation_id = $2 and type in ('message.received', 'message.submitted')
        and facts ->> 'messageId' = $3`,
    values: [org, conversationId, messageId],
  })
  const [message] = await fold(tx, org, conversationId, rows.map(readMessageEvent))
  return message ?? null
}

/** A message as it is at its own event, before anything became of it. */
export function messageOf(event: MessageEvent): Message {
  const { facts, position, atMs, actor } = event
  const content: Content | null = event.personal?.content ?? null
  const { messageId: id, conversationId, sessionId } = facts
  const core = { id, conversationId, sessionId, position, at: instant(atMs), sender: actor, content }
  if (event.type === 'message.received') return { ...core, direction: 'in' }
  const { via, clientId } = event.facts
  // The phone never says whether a passive reply arrived.
  const delivery: Delivery = { state: via === 'passive-reply' ? 'unknown' : 'queued' }
  return { ...core, direction: 'out', via, ...(clientId !== undefined && { clientId }), delivery }
}

function readMessageEvent(row: EventRow): MessageEvent {
  const event = readEventRow(row)
  if (event.type === 'message.received' || event.type === 'message.submitted') return event
  throw new Error(`event ${event.position} is no message`)
}

async function fold(tx: Transaction, org: string, conversationId: string, events: MessageEvent[]): Promise<Message[]> {
  const messages = new Map(events.map((event) => [event.facts.messageId, messageOf(event)]))
  const first = Math.min(...events.map(({ position }) => position))
  if (events.length === 0) return []
  const { rows } = await tx.query<EventRow>({
    name: 'messages_outcomes',
    text: `select ${eventColumns} from event
      where org_id = $1 and conversation_id = $2 and position > $3 and type in ('delivery.settled', 'message.recalled')
        and facts ->> 'messageId' = any($4::text[])
      order by position`,
    values: [org, conversationId, first, [...messages.keys()]],
  })
  for (const row of rows) {
    const event = readEventRow(row)
    if (event.type === 'delivery.settled') settle(messages, event)
    if (event.type === 'message.recalled') recall(messages, event.facts.messageId)
  }
  await showSending(tx, org, messages)
  return [...messages.values()]
}

function settle(messages: Map<string, Message>, event: Extract<LoggedEvent, { type: 'delivery.settled' }>): void {
  const { messageId, outcome, code, reason } = event.facts
  const message = messages.get(messageId)
  if (message === undefined) return
  message.delivery = { state: outcome, ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) }
}

function recall(messages: Map<string, Message>, messageId: string): void {
  const message = messages.get(messageId)
  if (message !== undefined) message.recalled = true
}

/** What the log has not settled is in the outbox: waiting there, or claimed by the one who sends it. */
async function showSending(tx: Transaction, org: string, messages: Map<string, Message>): Promise<void> {
  const queued = [...messages.values()].filter(({ delivery }) => delivery?.state === 'queued').map(({ id }) => id)
  if (queued.length === 0) return
  const { rows } = await tx.query<{ message_id: string }>({
    name: 'messages_sending',
    text: `select message_id from outbox where org_id = $1 and message_id = any($2::text[]) and status <> 'queued'`,
    values: [org, queued],
  })
  for (const { message_id } of rows) {
    const message = messages.get(message_id)
    if (message !== undefined) message.delivery = { state: 'sending' }
  }
}
