import type { LoggedEvent } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'
import { defaultLimit, type PageOf, pageOf, readKeyset } from '../http/keyset.ts'

type Which<T extends LoggedEvent['type']> = { readonly conversationId: string; readonly type: T }
type Shown = { readonly id: string; readonly position: number }

/** Events of one type in a conversation as what they are shown as, newest first: the log itself is their table. */
export async function listEvents<T extends LoggedEvent['type'], Item extends Shown>(
  tx: Transaction,
  org: string,
  { conversationId, type }: Which<T>,
  page: { readonly limit?: number; readonly after?: string },
  shownAs: (event: Extract<LoggedEvent, { type: T }>) => Item,
): Promise<PageOf<Item>> {
  const limit = page.limit ?? defaultLimit
  const { rows } = await tx.query<EventRow>({
    name: `page of ${type}`,
    // The type is in the text and no parameter: a plan for any type could not use the index of one.
    text: `select ${eventColumns} from event
      where org_id = $1 and conversation_id = $2 and type = '${type}' and ($3::bigint is null or position < $3)
      order by position desc limit $4`,
    values: [org, conversationId, readKeyset(page.after)?.at ?? null, limit + 1],
  })
  // The query asks for this type only.
  const items = rows.map((row) => shownAs(readEventRow(row) as Extract<LoggedEvent, { type: T }>))
  return pageOf(
    items,
    limit,
    (item) => item,
    ({ position, id }) => ({ at: position, id }),
  )
}
