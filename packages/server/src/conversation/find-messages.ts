import type { Message, Query } from '@duoke/contract'
import { hasAllWords, searchWords } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { type EventRow, readEventRow } from '../events/rows.ts'
import { defaultLimit, type PageOf, readKeyset, writeKeyset } from '../http/keyset.ts'
import { messageOf } from './messages.ts'
import { keysOfWords, searchedText } from './search.ts'

/** How many messages are looked at together, and how often in one page: the rest is for the next one. */
const lookedAtTogether = 500
const mostLooks = 4

/** Messages with all words of a text, newest first: of one conversation, or of the organization. */
export async function searchMessages(
  tx: Transaction,
  org: string,
  query: Query<'searchMessages'>,
): Promise<PageOf<Message>> {
  const words = searchWords(query.text)
  const limit = query.limit ?? defaultLimit
  let below = readKeyset(query.after)?.at ?? Number.MAX_SAFE_INTEGER
  const found: Message[] = []
  let isEnd = words.length === 0
  for (let look = 0; look < mostLooks && !isEnd && found.length < limit; look += 1) {
    const candidates =
      query.conversation === undefined
        ? await candidatesOfAll(tx, org, words, below)
        : await candidatesIn(tx, org, query.conversation, below)
    isEnd = candidates.length < lookedAtTogether
    const matching: Message[] = []
    for (const message of candidates) {
      if (message.content !== null && hasAllWords(searchedText(message.content), words)) matching.push(message)
    }
    const shown = (await withoutRecalled(tx, org, matching)).slice(0, limit - found.length)
    found.push(...shown)
    const isFull = found.length === limit
    // What was looked at behind the last one that has its place on this page is looked at again for the next.
    below = (isFull ? found : candidates).at(-1)?.position ?? below
    if (isFull) isEnd = false
  }
  return { items: found, next: isEnd ? null : writeKeyset({ at: below, id: '' }) }
}

/** Without the raw push, which is most of a row. */
const columns = `position, type, v, at, conversation_id, actor::text, facts::text,
  case when personal is null then null else json_build_object('content', personal -> 'content')::text end as personal`

/** Every message of the conversation: there a single character is found too, and what was said a moment ago. */
async function candidatesIn(tx: Transaction, org: string, conversationId: string, below: number): Promise<Message[]> {
  const { rows } = await tx.query<EventRow>({
    name: 'search_in_conversation',
    text: `select ${columns} from event
      where org_id = $1 and conversation_id = $2 and type in ('message.received', 'message.submitted') and position < $3
      order by position desc limit $4`,
    values: [org, conversationId, below, lookedAtTogether],
  })
  return rows.map(shownMessage)
}

async function candidatesOfAll(
  tx: Transaction,
  org: string,
  words: readonly string[],
  below: number,
): Promise<Message[]> {
  const { rows } = await tx.query<EventRow>({
    name: 'search_everywhere',
    text: `select ${columns} from event
      where org_id = $1 and position = any(array(select found_position from search_messages($2::bigint[], $3, $4)))
      order by position desc`,
    values: [org, keysOfWords(org, words), below, lookedAtTogether],
  })
  return rows.map(shownMessage)
}

function shownMessage(row: EventRow): Message {
  const event = readEventRow(row)
  if (event.type !== 'message.received' && event.type !== 'message.submitted') {
    throw new Error(`event ${event.position} is no message`)
  }
  const { delivery: _delivery, ...message } = messageOf(event)
  return message
}

/** What was taken back is not to be read any more. */
async function withoutRecalled(tx: Transaction, org: string, messages: readonly Message[]): Promise<Message[]> {
  if (messages.length === 0) return []
  const { rows } = await tx.query<{ id: string }>({
    name: 'search_recalled',
    text: `select u.id from unnest($2::text[], $3::text[], $4::bigint[]) as u(conversation_id, id, position)
      where exists (select 1 from event e where e.org_id = $1 and e.conversation_id = u.conversation_id
        and e.position > u.position and e.type = 'message.recalled' and e.facts ->> 'messageId' = u.id)`,
    values: [
      org,
      messages.map(({ conversationId }) => conversationId),
      messages.map(({ id }) => id),
      messages.map(({ position }) => position),
    ],
  })
  const recalled = new Set(rows.map(({ id }) => id))
  return messages.filter(({ id }) => !recalled.has(id))
}
