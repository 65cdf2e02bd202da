import type { LoggedEvent } from '@duoke/contract'
import type { Database, Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'

export type EventFilter = {
  readonly after: number
  readonly types: readonly string[]
  readonly conversationId: string | null
  readonly limit: number
}

/** One page of the log behind a position, of the types and the conversation asked for. */
export async function readEventPage(tx: Transaction, org: string, filter: EventFilter): Promise<LoggedEvent[]> {
  const { rows } = await tx.query<EventRow>({
    name: 'events_page',
    text: `select ${eventColumns} from event where org_id = $1 and position > $2 and type = any($3::text[])
      and ($4::text is null or conversation_id = $4) order by position limit $5`,
    values: [org, filter.after, [...filter.types], filter.conversationId, filter.limit],
  })
  return rows.map(readEventRow)
}

const movesAtOnce = 2000

/** Everything that gave a conversation to somebody, or took it away, between two positions. */
export async function movesBetween(
  org: string,
  after: number,
  upTo: number,
  database: Database,
): Promise<LoggedEvent[]> {
  const moves: LoggedEvent[] = []
  for (let from = after; ; ) {
    const { rows } = await database.withOrganization(
      org,
      (tx) =>
        tx.query<EventRow>({
          name: 'stream_moves',
          text: `select ${eventColumns} from event where org_id = $1 and position > $2 and position <= $3
            and type in ('session.assigned', 'session.queued', 'session.closed') order by position limit $4`,
          values: [org, from, upTo, movesAtOnce],
        }),
      { readOnly: true },
    )
    moves.push(...rows.map(readEventRow))
    const last = rows.at(-1)
    if (last === undefined || rows.length < movesAtOnce) return moves
    from = last.position
  }
}
