import type { Conversation } from '@duoke/contract'
import type { ConversationState } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { defaultLimit, type Keyset, type PageOf, pageOf, readKeyset } from '../http/keyset.ts'
import { type ConversationRow, conversationOf, conversationSelect } from './queries.ts'

export type LeftFilter = {
  readonly team?: string
  readonly account?: string
  readonly limit?: number
  readonly after?: string
}

/** Conversations in which a message is left and open, the oldest first. */
export async function listMessagesLeft(
  tx: Transaction,
  org: string,
  filter: LeftFilter,
  nowMs: number,
): Promise<PageOf<Conversation>> {
  const limit = filter.limit ?? defaultLimit
  const after = readKeyset(filter.after)
  const { rows } = await tx.query<ConversationRow>({
    name: 'messages_left',
    text: `${conversationSelect} where c.org_id = $1 and c.left_at is not null
      and ($2::text is null or c.left_for = $2)
      and ($3::text is null or c.account_id = $3)
      and ($4::double precision is null or (c.left_at, c.conversation_id) > (to_timestamp($4::double precision / 1000), $5))
      order by c.left_at, c.conversation_id limit $6`,
    values: [org, filter.team ?? null, filter.account ?? null, after?.at ?? null, after?.id ?? null, limit + 1],
  })
  return pageOf(
    rows,
    limit,
    (row) => conversationOf(row, nowMs),
    (row): Keyset => {
      const { id, left } = JSON.parse(row.state) as ConversationState // written by store.ts
      return { at: left?.sinceMs ?? 0, id }
    },
  )
}
