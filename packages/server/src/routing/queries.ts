import type { DecisionRecord } from '@duoke/contract'
import type { StoredDecision } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'

/** The whole record of a decision, with the position of the event that names it. */
export async function readDecision(tx: Transaction, org: string, decisionId: string): Promise<DecisionRecord | null> {
  const { rows } = await tx.query<{ position: number; record: string }>({
    name: 'decision_by_id',
    text: 'select position, record::text as record from decision where org_id = $1 and decision_id = $2',
    values: [org, decisionId],
  })
  const [row] = rows
  // Written by conversation/store.ts from the decision itself.
  return row === undefined ? null : { ...(JSON.parse(row.record) as StoredDecision), position: row.position }
}
