import type { DecisionEntry, DecisionRecord } from '@duoke/contract'
import type { StoredDecision } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { type PageOf, pageOf, readKeyset } from '../http/keyset.ts'

type DecisionRow = { readonly position: number; readonly record: string }

/** The whole record of a decision, with the position of the event that names it. */
export async function readDecision(tx: Transaction, org: string, decisionId: string): Promise<DecisionRecord | null> {
  const { rows } = await tx.query<DecisionRow>({
    name: 'decision_by_id',
    text: 'select position, record::text as record from decision where org_id = $1 and decision_id = $2',
    values: [org, decisionId],
  })
  const [row] = rows
  return row === undefined ? null : recordIn(row)
}

/** Written by conversation/store.ts from the decision itself. */
function recordIn({ record, position }: DecisionRow): DecisionRecord {
  return { ...(JSON.parse(record) as StoredDecision), position } // see above
}

export type DecisionFilter = {
  readonly agent?: string
  readonly customer?: string
  readonly conversation?: string
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly limit: number
  readonly after?: string
}

/** Newest first. */
export async function listDecisions(
  tx: Transaction,
  org: string,
  filter: DecisionFilter,
): Promise<PageOf<DecisionEntry>> {
  const { agent, customer, conversation, fromMs, toMs, limit } = filter
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const { rows } = await tx.query<DecisionRow>({
    text: `select d.position, d.record::text as record from decision d
      where d.org_id = $1
        and ($2::text is null or d.conversation_id = $2)
        and ($3::text is null or d.conversation_id in (
          select u.conversation_id from customer u where u.org_id = $1 and u.customer_id = $3))
        and ($4::text is null or d.record ->> 'at' >= $4) and ($5::text is null or d.record ->> 'at' < $5)
        and ($6::bigint is null or d.position < $6)
      order by d.position desc limit $7`,
    values: [
      org,
      conversation ?? null,
      customer ?? null,
      instant(fromMs),
      instant(toMs),
      readKeyset(filter.after)?.at ?? null,
      limit + 1,
    ],
  })
  return pageOf(
    rows,
    limit,
    (row) => entryOf(recordIn(row), agent),
    ({ position }) => ({ at: position, id: 'decision' }),
  )
}

function entryOf(record: DecisionRecord, agent: string | undefined): DecisionEntry {
  const { id, position, at, conversationId, sessionId, cause, winner, tieBreak } = record
  const { rulesVersion = 0, ruleId = 'default' } = record
  const cited = { rulesVersion, ruleId, winner, tieBreak }
  const of = agent === undefined ? null : outcomeFor(record, agent)
  return { id, position, at, conversationId, sessionId, cause, ...cited, agent: of }
}

function outcomeFor({ winner, candidates, excluded, plan }: DecisionRecord, agentId: string): DecisionEntry['agent'] {
  const place = candidates.findIndex((candidate) => candidate.agentId === agentId)
  const figures = { ...noFigures, ...figuresOf(candidates[place]) }
  if (winner.kind === 'agent' && winner.agentId === agentId) return { outcome: 'won', ...figures, place: 1 }
  const isAsked = place >= 0 && winner.kind === 'queue' && plan?.broadcast !== undefined
  if (isAsked) return { outcome: 'asked', ...figures, place: place + 1 }
  if (place >= 0) return { outcome: 'behind', ...figures, place: place + 1 }
  const group = excluded.find(({ agentIds }) => agentIds.includes(agentId))
  if (group === undefined) return { outcome: 'unknown', ...noFigures }
  const at = group.agentIds.indexOf(agentId)
  return {
    ...{ outcome: 'excluded', place: null, reason: group.reason },
    load: group.loads?.[at] ?? null,
    capacity: group.capacities?.[at] ?? null,
    status: group.statuses?.[at] ?? statusOf(group.reason),
    skill: group.skills?.[at] ?? null,
    level: group.levels?.[at] ?? null,
  }
}

type Outcome = NonNullable<DecisionEntry['agent']>
const noFigures: Omit<Outcome, 'outcome'> = {
  ...{ place: null, reason: null, load: null, capacity: null, status: null, skill: null, level: null },
}

/** Whoever could be chosen was online. */
function figuresOf(candidate: DecisionRecord['candidates'][number] | undefined): Partial<Outcome> {
  return candidate === undefined ? {} : { load: candidate.load, capacity: candidate.capacity, status: 'online' }
}

/** Records of before figures were kept say no more than the reason does. */
function statusOf(reason: string): Outcome['status'] {
  if (reason === 'offline' || reason === 'disabled') return 'offline'
  if (reason === 'away') return 'away'
  return ['full', 'kind_full', 'outside_hours', 'kept_for_another', 'declined', 'room_kept'].includes(reason)
    ? 'online'
    : null
}
