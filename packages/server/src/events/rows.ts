import type { Actor, LoggedEvent } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'

/** A row of table `event` as the client reads it: timestamps are epoch milliseconds, `json` columns are text. */
export type EventRow = {
  readonly position: number
  readonly type: string
  readonly v: number
  readonly at: number
  readonly conversation_id: string | null
  readonly actor: string
  readonly facts: string
  readonly personal: string | null
}

export const eventColumns = 'position, type, v, at, conversation_id, actor::text, facts::text, personal::text'

/** The stored text was written from a typed event, so its shape is that of its type and version: hence each `as` below. */
export function readEventRow(row: EventRow): LoggedEvent {
  return {
    type: row.type,
    version: row.v,
    position: row.position,
    atMs: row.at,
    actor: JSON.parse(row.actor) as Actor, // see above
    facts: JSON.parse(row.facts),
    ...(row.personal === null ? {} : { personal: JSON.parse(row.personal) }),
  } as LoggedEvent // see above
}

export function conversationIdOf(event: { readonly facts: object }): string | null {
  const { facts } = event
  return 'conversationId' in facts && typeof facts.conversationId === 'string' ? facts.conversationId : null
}

/** At most `limit` events behind `after`, in order. */
export async function readEvents(
  tx: Transaction,
  organizationId: string,
  after: number,
  limit: number,
): Promise<LoggedEvent[]> {
  const { rows } = await tx.query<EventRow>({
    name: 'events_behind',
    text: `select ${eventColumns} from event where org_id = $1 and position > $2 order by position limit $3`,
    values: [organizationId, after, limit],
  })
  return rows.map(readEventRow)
}
