import type { Waiting } from '@duoke/contract'
import { type ConversationState, effectivePriority, expectedWait } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { readDecision } from './queries.ts'

/** The record's own row of what somebody who waits is in: written by conversation/store.ts. */
type Row = { readonly state: string }
const halfHourMs = 1_800_000

/** Waiting raises a priority as packages/domain does; those of before rules were published have none. */
const priorityOf = `coalesce((c.state #>> '{plan,priority}')::int, 0) + case
    when c.state -> 'plan' is not null and c.state #>> '{plan,ageingMs}' is null then 0
    else floor(greatest(0, $5::double precision - extract(epoch from c.waiting_since) * 1000)
      / coalesce((c.state #>> '{plan,ageingMs}')::double precision, 60000)) end`

/** Null when nobody waits there. */
export async function readWaiting(
  tx: Transaction,
  org: string,
  conversationId: string,
  nowMs: number,
): Promise<Waiting | null> {
  const { rows } = await tx.query<Row>({
    name: 'waiting_conversation',
    text: `select state::text as state from conversation where org_id = $1 and conversation_id = $2 and status = 'waiting'`,
    values: [org, conversationId],
  })
  const [row] = rows
  if (row === undefined) return null
  const conversation = JSON.parse(row.state) as ConversationState // written by conversation/store.ts
  const { holder, waitingSinceMs, plan, decisionId } = conversation
  if (holder.kind !== 'queue' || waitingSinceMs === null) return null
  const waitedMs = Math.max(0, nowMs - waitingSinceMs)
  const position = (await countAhead(tx, org, conversation, nowMs)) + 1
  const served = await countServed(tx, org, conversation, nowMs)
  return {
    conversationId,
    since: holder.since,
    waitedMs,
    teamId: holder.teamId,
    position,
    priority: plan?.priority ?? 0,
    effectivePriority: effectivePriority(plan, waitedMs),
    rulesVersion: plan?.rulesVersion ?? 0,
    ruleId: plan?.ruleId ?? 'default',
    expectedMs: expectedWait(position, served),
    decision: decisionId === null ? null : await readDecision(tx, org, decisionId),
  }
}

async function countAhead(tx: Transaction, org: string, waiting: ConversationState, nowMs: number): Promise<number> {
  const { id, accountId, holder, plan, waitingSinceMs } = waiting
  const waitedMs = Math.max(0, nowMs - (waitingSinceMs ?? nowMs))
  const { rows } = await tx.query<{ ahead: number }>({
    text: `select count(*)::int as ahead from conversation c
      where c.org_id = $1 and c.status = 'waiting' and c.account_id = $2 and c.team_id is not distinct from $3
        and c.conversation_id <> $4
        and ((${priorityOf}) > $6::int or ((${priorityOf}) = $6::int and c.waiting_since < to_timestamp($7::double precision / 1000)))`,
    values: [
      org,
      accountId,
      holder.kind === 'queue' ? holder.teamId : null,
      id,
      nowMs,
      effectivePriority(plan, waitedMs),
      waitingSinceMs,
    ],
  })
  return rows[0]?.ahead ?? 0
}

/** Of those who waited there, how many an agent took in the last half hour. */
async function countServed(
  tx: Transaction,
  org: string,
  { accountId, holder }: ConversationState,
  nowMs: number,
): Promise<number> {
  const { rows } = await tx.query<{ served: number }>({
    text: `select count(*)::int as served from (
        select type, at, conversation_id, facts from event where org_id = $1 order by position desc limit 5000) e
      join conversation c on c.org_id = $1 and c.conversation_id = e.conversation_id and c.account_id = $2
      where e.type = 'session.assigned' and e.at > to_timestamp($4::double precision / 1000)
        and e.facts #>> '{from,kind}' = 'queue' and e.facts #>> '{from,teamId}' is not distinct from $3`,
    values: [org, accountId, holder.kind === 'queue' ? holder.teamId : null, nowMs - halfHourMs],
  })
  return rows[0]?.served ?? 0
}
