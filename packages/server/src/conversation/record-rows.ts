import type { LoggedEvent } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { type EventRow, readEventRow } from '../events/rows.ts'

export type RecordedType =
  | 'message.received'
  | 'message.submitted'
  | 'message.recalled'
  | 'session.opened'
  | 'session.queued'
  | 'session.assigned'
  | 'session.idle-warned'
  | 'session.closed'
  | 'session.offered'
  | 'session.offer-ended'
  | 'session.broadcast'
  | 'session.broadcast-joined'
  | 'session.broadcast-left'
  | 'session.broadcast-ended'
  | 'session.parked'
  | 'session.resumed'
  | 'session.wrap-up-began'
  | 'session.disposed'
export type RecordedEvent = Extract<LoggedEvent, { type: RecordedType }>

/** Which lines of the record: positions between two, of one conversation or of all. */
export type RecordSelection = {
  /** Behind this position. */
  readonly after: number
  /** Before this position. */
  readonly before: number
  readonly conversationId?: string | undefined
  readonly accountId?: string | undefined
  readonly types: readonly RecordedType[]
  /** A condition on the event `e`, written by us. */
  readonly also?: string
  readonly limit: number
}

/** An event of the record with what is known around it: whose it is, who held then, and what became of it later. */
export type RecordRow = {
  readonly event: RecordedEvent
  readonly conversationId: string
  readonly accountId: string
  readonly customerId: string
  /** Null when the customer was erased. */
  readonly openid: string | null
  readonly holding: Extract<LoggedEvent, { type: HoldingType }> | null
  readonly settled: Extract<LoggedEvent, { type: 'delivery.settled' }> | null
  readonly recalledAtMs: number | null
}
type HoldingType = 'session.assigned' | 'session.queued' | 'session.closed'

type Row = EventRow & {
  readonly account_id: string
  readonly customer_id: string
  readonly openid: string | null
  readonly holding_type: string | null
  readonly holding_at: number | null
  readonly holding_facts: string | null
  readonly settled_facts: string | null
  readonly recalled_at: number | null
}

/**
 * Compared as a pair, only the index of conversations serves: while a table is not analyzed, the planner would else walk
 * the whole log for one conversation.
 */
const ofConversation = 'e.conversation_id = $7 and (e.conversation_id, e.position) > ($7, $2)'

/** The lines of the record that were selected, oldest first, all read in one statement. */
export async function readRecordRows(
  tx: Transaction,
  org: string,
  selection: RecordSelection,
): Promise<readonly RecordRow[]> {
  const { rows } = await tx.query<Row>({
    text: `select e.position, e.type, e.v, e.at, e.conversation_id, e.actor::text, e.facts::text, e.personal::text,
        c.account_id, c.customer_id, u.openid,
        h.type as holding_type, h.at as holding_at, h.facts as holding_facts, s.facts as settled_facts, r.at as recalled_at
      from (select e.* ${selected(selection)}) e
      join conversation c on c.org_id = e.org_id and c.conversation_id = e.conversation_id
      left join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
      left join lateral (
        select b.type, b.at, b.facts::text from event b
        where e.type like 'message.%'
          and b.org_id = $1 and b.conversation_id = e.conversation_id and b.position < e.position
          and b.type in ('session.assigned', 'session.queued', 'session.closed')
        order by b.position desc limit 1
      ) h on true
      left join lateral (
        select d.facts::text from event d
        where e.type = 'message.submitted' and d.org_id = $1 and d.conversation_id = e.conversation_id and d.position > e.position
          and d.type = 'delivery.settled' and d.facts ->> 'messageId' = e.facts ->> 'messageId'
        order by d.position limit 1
      ) s on true
      left join lateral (
        select d.at from event d
        where e.type in ('message.received', 'message.submitted') and d.org_id = $1 and d.conversation_id = e.conversation_id and d.position > e.position
          and d.type = 'message.recalled' and d.facts ->> 'messageId' = e.facts ->> 'messageId'
        order by d.position limit 1
      ) r on true
      order by e.position`,
    values: valuesOf(org, selection),
  })
  return rows.map(rowOf)
}

/** How many lines of the selection there are, at most its limit, and where the last of these stands: nothing else is read. */
export async function countRecordRows(
  tx: Transaction,
  org: string,
  selection: RecordSelection,
): Promise<{ readonly count: number; readonly last: number | null }> {
  const { rows } = await tx.query<{ count: number; last: number | null }>({
    text: `select count(*)::int as count, max(position) as last from (select e.position ${selected(selection)}) lines`,
    values: valuesOf(org, selection),
  })
  return rows[0] ?? { count: 0, last: null }
}

function selected({ conversationId, also = 'true' }: RecordSelection): string {
  return `from event e
        where e.org_id = $1 and ${conversationId === undefined ? 'e.position > $2' : ofConversation}
          and e.position < $3 and e.type = any($4::text[])
          and ($5::text is null or exists (
            select from conversation a
            where a.org_id = $1 and a.conversation_id = e.conversation_id and a.account_id = $5))
          and ${also}
        order by e.position limit $6`
}

function valuesOf(org: string, selection: RecordSelection): unknown[] {
  const { after, before, conversationId, accountId, types, limit } = selection
  return [
    ...[org, after, before, [...types], accountId ?? null, limit],
    ...(conversationId === undefined ? [] : [conversationId]),
  ]
}

function rowOf(row: Row): RecordRow {
  const event = readEventRow(row) as RecordedEvent // the statement selects these types only
  const holding =
    row.holding_facts === null
      ? null
      : ({ type: row.holding_type, atMs: row.holding_at, facts: JSON.parse(row.holding_facts) } as RecordRow['holding']) // stored from an event of that type
  const settled =
    row.settled_facts === null
      ? null
      : ({ type: 'delivery.settled', facts: JSON.parse(row.settled_facts) } as RecordRow['settled']) // as above
  return {
    event,
    conversationId: event.facts.conversationId,
    accountId: row.account_id,
    customerId: row.customer_id,
    openid: row.openid,
    holding,
    settled,
    recalledAtMs: row.recalled_at,
  }
}

/**
 * The first position logged at this moment or later. Positions have no gaps and times never go back within an
 * organization, so twenty looks by key find it in a million events, and no index on the time has to be kept.
 */
export async function positionAt(tx: Transaction, org: string, atMs: number): Promise<number> {
  const { rows } = await tx.query<{ position: number }>({
    name: 'record_position_at',
    text: `with recursive seek(low, high) as (
        select 1::bigint, head + 1 from organization where org_id = $1
        union all
        select case when e.at < m.moment then m.middle + 1 else s.low end, case when e.at < m.moment then s.high else m.middle end
        from seek s
        cross join lateral (select (s.low + s.high) / 2 as middle, to_timestamp($2::double precision / 1000) as moment) m
        cross join lateral (select at from event where org_id = $1 and position = m.middle limit 1) e
        where s.low < s.high
      )
      select low as position from seek where low >= high limit 1`,
    values: [org, atMs],
  })
  return rows[0]?.position ?? 1
}
