import type { LoggedEvent, Whisper } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'
import { defaultLimit, type PageOf, pageOf, readKeyset } from '../http/keyset.ts'
import { instant } from './queries.ts'

type Whispered = Extract<LoggedEvent, { type: 'session.whispered' }>

export function whisperOf({ facts, position, atMs, actor, personal }: Whispered): Whisper {
  const { whisperId, conversationId, sessionId } = facts
  const text = personal?.text ?? null
  return { id: whisperId, conversationId, sessionId, position, at: instant(atMs), by: actor, text }
}

/** Whispers of a conversation, newest first: the log itself is their table. */
export async function listWhispers(
  tx: Transaction,
  org: string,
  conversationId: string,
  page: { readonly limit?: number; readonly after?: string },
): Promise<PageOf<Whisper>> {
  const limit = page.limit ?? defaultLimit
  const { rows } = await tx.query<EventRow>({
    name: 'whispers_page',
    text: `select ${eventColumns} from event
      where org_id = $1 and conversation_id = $2 and type = 'session.whispered' and ($3::bigint is null or position < $3)
      order by position desc limit $4`,
    values: [org, conversationId, readKeyset(page.after)?.at ?? null, limit + 1],
  })
  const whispers = rows.map((row) => whisperOf(readEventRow(row) as Whispered)) // the query asks for this type only
  return pageOf(
    whispers,
    limit,
    (whisper) => whisper,
    ({ position, id }) => ({ at: position, id }),
  )
}
