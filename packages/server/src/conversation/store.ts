import type { LoggedEvent } from '@duoke/contract'
import { type ConversationState, isOpenLeft, previewOf, statusOf } from '@duoke/domain'
import { bigintArray, doubleArray, intArray, jsonArray, textArray } from '../database/binary-arrays.ts'
import type { Statement } from '../database/client.ts'
import type { AppliedBatch, Projection } from '../events/batch.ts'

/** What the list shows of a conversation's newest message. */
export type StoredLastMessage = {
  readonly atMs: number
  readonly direction: 'in' | 'out'
  readonly preview: string
  readonly kind: string
}

/** Conversation rows: one per conversation touched, as the batch left it. */
export const writeConversations: Projection = (batch) => {
  const touched = new Map<string, StoredLastMessage | null>()
  for (const { event, conversationId } of batch.sealed) {
    if (conversationId === null) continue
    touched.set(conversationId, lastMessageOf(event) ?? touched.get(conversationId) ?? null)
  }
  const rows = [...touched].flatMap(([id, lastMessage]) => {
    const conversation = batch.state.conversations.get(id)
    return conversation === undefined ? [] : [{ conversation, lastMessage }]
  })
  if (rows.length === 0) return []
  const statement: Statement = {
    name: 'store_conversations',
    text: `insert into conversation (org_id, conversation_id, account_id, customer_id, status, holder_kind, holder_id, team_id,
        waiting_since, last_at, last_position, unread, last_message, state, left_at, left_for)
      select $1, u.id, u.account_id, u.customer_id, u.status, u.holder_kind, u.holder_id, u.team_id,
        to_timestamp(u.waiting_since / 1000), to_timestamp(u.last_at / 1000), u.last_position, u.unread, u.last_message, u.state,
        to_timestamp(u.left_at / 1000), u.left_for
      from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::double precision[], $10::double precision[], $11::bigint[], $12::int[], $13::json[], $14::json[], $15::double precision[], $16::text[])
        as u(id, account_id, customer_id, status, holder_kind, holder_id, team_id, waiting_since, last_at, last_position, unread, last_message, state, left_at, left_for)
      on conflict (org_id, conversation_id) do update set
        status = excluded.status, holder_kind = excluded.holder_kind, holder_id = excluded.holder_id, team_id = excluded.team_id,
        waiting_since = excluded.waiting_since, last_at = excluded.last_at, last_position = excluded.last_position,
        unread = excluded.unread, last_message = coalesce(excluded.last_message, conversation.last_message), state = excluded.state,
        left_at = excluded.left_at, left_for = excluded.left_for`,
    values: [
      batch.organizationId,
      textArray(rows.map(({ conversation }) => conversation.id)),
      textArray(rows.map(({ conversation }) => conversation.accountId)),
      textArray(rows.map(({ conversation }) => conversation.customerId)),
      textArray(rows.map(({ conversation }) => statusOf(conversation.holder))),
      textArray(rows.map(({ conversation }) => conversation.holder.kind)),
      textArray(rows.map(({ conversation }) => holderIdOf(conversation))),
      textArray(
        rows.map(({ conversation }) => (conversation.holder.kind === 'queue' ? conversation.holder.teamId : null)),
      ),
      doubleArray(rows.map(({ conversation }) => conversation.waitingSinceMs)),
      doubleArray(rows.map(({ conversation }) => lastAtMsOf(conversation))),
      bigintArray(rows.map(({ conversation }) => conversation.lastPosition)),
      intArray(rows.map(({ conversation }) => conversation.unreadPositions.length)),
      jsonArray(rows.map(({ lastMessage }) => (lastMessage === null ? null : JSON.stringify(lastMessage)))),
      jsonArray(rows.map(({ conversation }) => JSON.stringify(conversation))),
      doubleArray(rows.map(({ conversation }) => openLeftOf(conversation)?.sinceMs ?? null)),
      textArray(rows.map(({ conversation }) => openLeftOf(conversation)?.plan.teamId ?? null)),
    ],
  }
  return [statement]
}

const openLeftOf = (conversation: ConversationState) => (isOpenLeft(conversation) ? conversation.left : undefined)

function holderIdOf({ holder }: ConversationState): string | null {
  if (holder.kind === 'agent') return holder.agentId
  return holder.kind === 'app' ? holder.appId : null
}

function lastAtMsOf(conversation: ConversationState): number {
  return Math.max(conversation.lastCustomerAtMs ?? 0, conversation.lastAgentAtMs ?? 0, conversation.startedAtMs)
}

export function lastMessageOf(event: LoggedEvent): StoredLastMessage | undefined {
  if (event.type !== 'message.received' && event.type !== 'message.submitted') return undefined
  return {
    atMs: event.atMs,
    direction: event.type === 'message.received' ? 'in' : 'out',
    preview: event.personal === undefined ? '' : previewOf(event.personal.content),
    kind: event.facts.kind,
  }
}

/** Customer rows: the address is personal and lives here, not in the facts. */
export const writeCustomers: Projection = (batch) => {
  const started = batch.sealed.flatMap(({ event }) =>
    event.type === 'conversation.started' && event.personal !== undefined
      ? [{ ...event.facts, openid: event.personal.openid, atMs: event.atMs }]
      : [],
  )
  const profiles = new Map<string, string>()
  for (const { event } of batch.sealed) {
    if (event.type !== 'customer.changed' || event.personal === undefined) continue
    profiles.set(event.facts.customerId, JSON.stringify(event.personal.profile))
  }
  const statements: Statement[] = []
  if (started.length > 0) {
    statements.push({
      name: 'store_customers',
      text: `insert into customer (org_id, customer_id, account_id, openid, conversation_id, profile, created_at)
        select $1, u.customer_id, u.account_id, u.openid, u.conversation_id, '{}'::json, to_timestamp(u.at / 1000)
        from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::double precision[])
          as u(customer_id, account_id, openid, conversation_id, at)`,
      values: [
        batch.organizationId,
        textArray(started.map((one) => one.customerId)),
        textArray(started.map((one) => one.accountId)),
        textArray(started.map((one) => one.openid)),
        textArray(started.map((one) => one.conversationId)),
        doubleArray(started.map((one) => one.atMs)),
      ],
    })
  }
  if (profiles.size === 0) return statements
  statements.push({
    name: 'store_customer_profiles',
    text: `update customer c set profile = u.profile::json
      from unnest($2::text[], $3::text[]) as u(customer_id, profile)
      where c.org_id = $1 and c.customer_id = u.customer_id`,
    values: [batch.organizationId, [...profiles.keys()], [...profiles.values()]],
  })
  return statements
}

export const writeDecisions: Projection = (batch) => {
  if (batch.decisions.length === 0) return []
  const statement: Statement = {
    name: 'store_decisions',
    text: `insert into decision (org_id, decision_id, position, conversation_id, record)
      select $1, u.id, u.position, u.conversation_id, u.record
      from unnest($2::text[], $3::bigint[], $4::text[], $5::json[]) as u(id, position, conversation_id, record)`,
    values: [
      batch.organizationId,
      textArray(batch.decisions.map(({ record }) => record.id)),
      bigintArray(batch.decisions.map(({ position }) => position)),
      textArray(batch.decisions.map(({ record }) => record.conversationId)),
      jsonArray(batch.decisions.map(({ record }) => JSON.stringify(record))),
    ],
  }
  return [statement]
}

/** The last change of a key in the batch is the one that holds. */
export const writeTimers: Projection = (batch) => {
  const changes = new Map<string, AppliedBatch['timers'][number]>()
  for (const timer of batch.timers) changes.set('set' in timer.change ? timer.change.set : timer.change.clear, timer)
  const set: { key: string; dueMs: number; position: number; command: string }[] = []
  const cleared: string[] = []
  for (const [key, { change, position }] of changes) {
    if ('set' in change) set.push({ key, dueMs: change.dueMs, position, command: JSON.stringify(change.command) })
    else cleared.push(key)
  }
  const statements: Statement[] = []
  if (set.length > 0) statements.push(setTimers(batch.organizationId, set))
  if (cleared.length > 0) {
    statements.push({
      name: 'store_clear_timers',
      text: 'delete from timer where org_id = $1 and key = any($2::text[])',
      values: [batch.organizationId, cleared],
    })
  }
  return statements
}

function setTimers(
  organizationId: string,
  timers: readonly { key: string; dueMs: number; position: number; command: string }[],
): Statement {
  return {
    name: 'store_set_timers',
    text: `insert into timer (org_id, key, due, position, command)
      select $1, u.key, to_timestamp(u.due / 1000), u.position, u.command
      from unnest($2::text[], $3::double precision[], $4::bigint[], $5::json[]) as u(key, due, position, command)
      on conflict (org_id, key) do update set due = excluded.due, position = excluded.position, command = excluded.command`,
    values: [
      organizationId,
      textArray(timers.map((one) => one.key)),
      doubleArray(timers.map((one) => one.dueMs)),
      bigintArray(timers.map((one) => one.position)),
      jsonArray(timers.map((one) => one.command)),
    ],
  }
}

/** Answers that leave through the channel; what is settled needs no row, the log has it. */
export const writeOutbox: Projection = (batch) => {
  const settled = batch.sealed.flatMap(({ event }) =>
    event.type === 'delivery.settled' ? [event.facts.messageId] : [],
  )
  const queued = batch.sealed.flatMap(({ event }) =>
    event.type === 'message.submitted' && event.facts.via === 'customer-message'
      ? [{ event, accountId: batch.state.conversations.get(event.facts.conversationId)?.accountId ?? '' }]
      : [],
  )
  const statements: Statement[] = []
  if (settled.length > 0) {
    statements.push({
      name: 'store_outbox_settled',
      text: 'delete from outbox where org_id = $1 and message_id = any($2::text[])',
      values: [batch.organizationId, settled],
    })
  }
  if (queued.length === 0) return statements
  statements.push({
    name: 'store_outbox_queued',
    text: `insert into outbox (org_id, message_id, conversation_id, account_id, position, status, payload, attempts, not_before, expires_at)
      select $1, u.message_id, u.conversation_id, u.account_id, u.position, 'queued', u.payload::json, 0, to_timestamp($2::double precision / 1000), u.expires_at::timestamptz
      from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[]) as u(message_id, conversation_id, account_id, position, payload, expires_at)`,
    values: [
      batch.organizationId,
      batch.atMs,
      queued.map(({ event }) => event.facts.messageId),
      queued.map(({ event }) => event.facts.conversationId),
      queued.map(({ accountId }) => accountId),
      queued.map(({ event }) => event.position),
      queued.map(({ event }) => JSON.stringify({ ...event.personal, actor: event.actor })),
      queued.map(({ event }) => event.facts.expiresAt),
    ],
  })
  return statements
}
