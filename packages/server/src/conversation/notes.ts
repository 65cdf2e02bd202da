import type { LoggedEvent, Mention, Note, Query } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { type EventRow, readEventRow } from '../events/rows.ts'
import { defaultLimit, type PageOf, pageOf, readKeyset } from '../http/keyset.ts'
import { customerName } from './customer-name.ts'
import { listEvents } from './event-pages.ts'
import { instant } from './queries.ts'

type Noted = Extract<LoggedEvent, { type: 'conversation.noted' }>

export function noteOf({ facts, position, atMs, actor, personal }: Noted): Note {
  const { noteId, conversationId, sessionId, mentions } = facts
  const text = personal?.text ?? null
  return { id: noteId, conversationId, sessionId, position, at: instant(atMs), by: actor, text, mentions }
}

/** Notes of a conversation, newest first. */
export const listNotes = (
  tx: Transaction,
  org: string,
  conversationId: string,
  page: { readonly limit?: number; readonly after?: string },
): Promise<PageOf<Note>> => listEvents(tx, org, { conversationId, type: 'conversation.noted' }, page, noteOf)

type MentionRow = EventRow & {
  readonly seen: boolean
  readonly customer_id: string | null
  readonly profile: string | null
}

export async function listMentions(
  tx: Transaction,
  org: string,
  agentId: string,
  query: Query<'listMentions'>,
): Promise<PageOf<Mention>> {
  const limit = query.limit ?? defaultLimit
  const { rows } = await tx.query<MentionRow>({
    name: 'mentions_page',
    text: `select e.position, e.type, e.v, e.at, e.conversation_id, e.actor::text, e.facts::text, e.personal::text,
        m.seen, u.customer_id, u.profile::text as profile
      from mention m join event e on e.org_id = m.org_id and e.position = m.position
        left join customer u on u.org_id = m.org_id and u.customer_id = (
          select c.customer_id from conversation c where c.org_id = m.org_id and c.conversation_id = m.conversation_id)
      where m.org_id = $1 and m.agent_id = $2 and ($3::bigint is null or m.position < $3)
        and ($4::boolean is null or m.seen <> $4)
      order by m.position desc limit $5`,
    values: [org, agentId, readKeyset(query.after)?.at ?? null, query.unseen ?? null, limit + 1],
  })
  return pageOf(rows, limit, mentionOf, ({ position }) => ({ at: position, id: '' }))
}

function mentionOf(row: MentionRow): Mention {
  const profile = row.profile === null ? {} : (JSON.parse(row.profile) as Record<string, unknown>) // an object, as the event declares
  const customer = row.customer_id === null ? '' : customerName(row.customer_id, profile)
  return { note: noteOf(readEventRow(row) as Noted), customerName: customer, seen: row.seen } // rows are of notes only
}

/** Whether there is anything that this would change: looking again and again is no event. */
export async function hasUnseenMentions(tx: Transaction, org: string, agentId: string, upTo: number): Promise<boolean> {
  const { rows } = await tx.query<{ found: boolean }>({
    name: 'mentions_unseen',
    text: `select exists (
      select 1 from mention where org_id = $1 and agent_id = $2 and position <= $3 and not seen) as found`,
    values: [org, agentId, upTo],
  })
  return rows[0]?.found ?? false
}
