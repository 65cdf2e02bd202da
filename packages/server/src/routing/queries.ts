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

function outcomeFor({ winner, candidates, excluded }: DecisionRecord, agentId: string): DecisionEntry['agent'] {
  const place = candidates.findIndex((candidate) => candidate.agentId === agentId)
  if (winner.kind === 'agent' && winner.agentId === agentId) return { outcome: 'won', place: 1, reason: null }
  if (place >= 0) return { outcome: 'behind', place: place + 1, reason: null }
  const reason = excluded.find(({ agentIds }) => agentIds.includes(agentId))?.reason ?? null
  return { outcome: reason === null ? 'unknown' : 'excluded', place: null, reason }
}
