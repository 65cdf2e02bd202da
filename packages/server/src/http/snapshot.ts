import type { Database, Transaction } from '../database/client.ts'
import type { Cursors } from '../events/cursor.ts'
import { Refused } from './refused.ts'

/** Reads of one organization. A snapshot and its cursor come from the same transaction, so that nothing is between them. */
export type Reads = {
  read<T>(org: string, work: (tx: Transaction) => Promise<T>): Promise<T>
  snapshot<T>(org: string, work: (tx: Transaction) => Promise<T>): Promise<{ body: T; cursor: string }>
}

export function createReads(database: Database, cursors: Cursors): Reads {
  const options = { pool: 'read', readOnly: true, isolation: 'repeatable read' } as const
  return {
    read: (org, work) => database.withOrganization(org, work, options),
    snapshot: (org, work) =>
      database.withOrganization(
        org,
        async (tx) => {
          // The first statement takes the snapshot in which all others read.
          const { head, epoch } = await headOf(tx, org)
          return { body: await work(tx), cursor: cursors.encode(epoch, head) }
        },
        options,
      ),
  }
}

export async function headOf(tx: Transaction, org: string): Promise<{ head: number; epoch: string }> {
  const { rows } = await tx.query<{ head: number; epoch: string }>({
    name: 'organization_head',
    text: 'select head, epoch from organization where org_id = $1',
    values: [org],
  })
  const [row] = rows
  if (row === undefined) throw new Refused('not_found')
  return row
}
