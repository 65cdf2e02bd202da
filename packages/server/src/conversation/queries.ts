import type { Conversation, Customer, QuotaLedger } from '@duoke/contract'
import {
  besideOf,
  type ConversationState,
  quotaAt,
  quotaLedgerAt,
  shownBlock,
  shownBroadcast,
  shownClose,
  shownLeft,
  shownOffer,
  shownParking,
} from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { defaultLimit, type Keyset, type PageOf, pageOf, readKeyset } from '../http/keyset.ts'
import { customerName } from './customer-name.ts'
import type { StoredLastMessage } from './store.ts'

export type ConversationRow = {
  readonly state: string
  readonly last_message: string | null
  readonly profile: string | null
  readonly account_name: string | null
  readonly last_at: number
  readonly waiting_since: number | null
}
export type ConversationFilter = {
  readonly status?: Conversation['status']
  readonly assignee?: string
  readonly team?: string
  readonly account?: string
  /** Ids that a search found, or that were named; undefined means all. */
  readonly found?: readonly string[]
  readonly limit?: number
  readonly after?: string
}

export const conversationSelect = `select c.state::text as state, c.last_message::text as last_message, u.profile::text as profile,
    a.config #>> '{settings,name}' as account_name, c.last_at, c.waiting_since
  from conversation c
  left join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
  left join account a on a.org_id = c.org_id and a.account_id = c.account_id`

/** One resource from its row. What depends on the time (the allowance) is computed for the moment of reading. */
export function conversationOf(row: ConversationRow, nowMs: number): Conversation {
  const state = JSON.parse(row.state) as ConversationState // written by store.ts
  const last = row.last_message === null ? null : (JSON.parse(row.last_message) as StoredLastMessage) // written by store.ts
  const { holder } = state
  return {
    id: state.id,
    status: holder.kind === 'queue' ? 'waiting' : holder.kind === 'nobody' ? 'closed' : 'open',
    holder,
    assignee: holder.kind === 'agent' ? holder.agentId : null,
    customer: {
      id: state.customerId,
      name: customerName(state.customerId, profileOf(row.profile)),
      following: state.following,
      ...marksOf(state),
    },
    account: { id: state.accountId, name: row.account_name ?? state.accountId },
    sessionId: state.sessionId,
    lastMessage:
      last === null
        ? null
        : { at: instant(last.atMs), direction: last.direction, preview: last.preview, kind: last.kind },
    unread: state.unreadPositions.length,
    waitingSince: state.waitingSinceMs === null ? null : instant(state.waitingSinceMs),
    decisionId: state.decisionId,
    offer: shownOffer(state.offer ?? null),
    parked: shownParking(state.parked ?? null),
    lastClose: shownClose(state.lastClose),
    ...shownBroadcast(state),
    ...shownLeft(state),
    ...besideOf(state),
    quota: quotaAt(state, nowMs),
    position: state.lastPosition,
  }
}

export async function listConversations(
  tx: Transaction,
  org: string,
  filter: ConversationFilter,
  nowMs: number,
): Promise<PageOf<Conversation>> {
  const isQueue = filter.status === 'waiting'
  const limit = filter.limit ?? defaultLimit
  const after = readKeyset(filter.after)
  // The minute says nothing that the moment does not; but the indexes hold only the minute (migration 013).
  const order = isQueue
    ? 'c.waiting_since, c.conversation_id'
    : 'c.active_minute desc, c.last_at desc, c.conversation_id desc'
  const beyond = isQueue
    ? '(c.waiting_since, c.conversation_id) > (to_timestamp($7::double precision / 1000), $8)'
    : `c.active_minute <= to_timestamp($7::double precision / 1000)
        and (c.last_at, c.conversation_id) < (to_timestamp($7::double precision / 1000), $8)`
  const { rows } = await tx.query<ConversationRow>({
    text: `${conversationSelect} where c.org_id = $1
      and ($2::text is null or c.status = $2)
      and ($3::text is null or (c.holder_kind = 'agent' and c.status = 'open' and c.holder_id = $3))
      and ($4::text is null or c.team_id = $4 or (c.holder_kind = 'agent' and c.holder_id in (
        select g.agent_id from agent g where g.org_id = $1 and (g.config -> 'teams')::jsonb ? $4)))
      and ($5::text is null or c.account_id = $5)
      and ($6::text[] is null or c.conversation_id = any($6))
      and ($7::double precision is null or ${beyond})
      order by ${order} limit $9`,
    values: [
      org,
      filter.status ?? null,
      filter.assignee ?? null,
      filter.team ?? null,
      filter.account ?? null,
      filter.found === undefined ? null : [...filter.found],
      after?.at ?? null,
      after?.id ?? null,
      limit + 1,
    ],
  })
  return pageOf(
    rows,
    limit,
    (row) => conversationOf(row, nowMs),
    (row): Keyset => {
      const { id } = JSON.parse(row.state) as ConversationState // written by store.ts
      return { at: isQueue ? (row.waiting_since ?? 0) : row.last_at, id }
    },
  )
}

/** The named conversations, in no order; those that do not exist are left out. */
export async function readConversations(
  tx: Transaction,
  org: string,
  ids: readonly string[],
  nowMs: number,
): Promise<Conversation[]> {
  const { rows } = await tx.query<ConversationRow>({
    name: 'conversations_by_id',
    text: `${conversationSelect} where c.org_id = $1 and c.conversation_id = any($2::text[])`,
    values: [org, [...ids]],
  })
  return rows.map((row) => conversationOf(row, nowMs))
}

type CustomerRow = {
  readonly customer_id: string
  readonly account_id: string
  readonly conversation_id: string
  readonly openid: string
  readonly profile: string | null
  readonly created_at: number
  readonly state: string | null
}

const customerSelect = `select u.customer_id, u.account_id, u.conversation_id, u.openid, u.profile::text as profile,
    u.created_at, c.state::text as state
  from customer u left join conversation c on c.org_id = u.org_id and c.conversation_id = u.conversation_id`

export async function listCustomers(
  tx: Transaction,
  org: string,
  page: { readonly limit?: number; readonly after?: string; readonly blocked?: boolean },
): Promise<PageOf<Customer>> {
  const limit = page.limit ?? defaultLimit
  const after = readKeyset(page.after)
  const { rows } = await tx.query<CustomerRow>({
    name: 'customers_page',
    text: `${customerSelect} where u.org_id = $1
      and ($2::double precision is null or (u.created_at, u.customer_id) < (to_timestamp($2::double precision / 1000), $3))
      and ($5::boolean is null or (c.state::jsonb ? 'blocked') = $5)
      order by u.created_at desc, u.customer_id desc limit $4`,
    values: [org, after?.at ?? null, after?.id ?? null, limit + 1, page.blocked ?? null],
  })
  return pageOf(rows, limit, customerOf, (row) => ({ at: row.created_at, id: row.customer_id }))
}

export async function readCustomer(tx: Transaction, org: string, customerId: string): Promise<Customer | null> {
  const { rows } = await tx.query<CustomerRow>({
    name: 'customer_by_id',
    text: `${customerSelect} where u.org_id = $1 and u.customer_id = $2`,
    values: [org, customerId],
  })
  return rows[0] === undefined ? null : customerOf(rows[0])
}

export async function readQuota(
  tx: Transaction,
  org: string,
  by: { readonly conversationId: string } | { readonly customerId: string },
  nowMs: number,
): Promise<QuotaLedger | null> {
  const [column, id] = 'conversationId' in by ? ['conversation_id', by.conversationId] : ['customer_id', by.customerId]
  const { rows } = await tx.query<{ state: string }>({
    name: `quota_by_${column}`,
    text: `select state::text as state from conversation where org_id = $1 and ${column} = $2`,
    values: [org, id],
  })
  const [row] = rows
  return row === undefined ? null : quotaLedgerAt(JSON.parse(row.state) as ConversationState, nowMs) // written by store.ts
}

function customerOf(row: CustomerRow): Customer {
  const profile = profileOf(row.profile)
  const state = row.state === null ? null : (JSON.parse(row.state) as ConversationState) // written by store.ts
  return {
    id: row.customer_id,
    name: customerName(row.customer_id, profile),
    accountId: row.account_id,
    conversationId: row.conversation_id,
    openid: row.openid,
    following: state?.following ?? false,
    ...marksOf(state),
    profile,
    createdAt: instant(row.created_at),
  }
}

function marksOf(state: ConversationState | null): Pick<Customer, 'tags' | 'ownerId' | 'blocked'> {
  return {
    tags: [...(state?.tags ?? [])],
    ownerId: state?.ownerId ?? null,
    ...(state !== null && shownBlock(state)),
  }
}

function profileOf(text: string | null): Record<string, unknown> {
  return text === null ? {} : (JSON.parse(text) as Record<string, unknown>) // an object, as the event declares
}

export function instant(ms: number): string {
  return new Date(ms).toISOString()
}
