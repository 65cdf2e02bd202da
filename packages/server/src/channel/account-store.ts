import type { AccountState } from '@duoke/domain'
import type { Database } from '../database/client.ts'
import type { AccountStore } from './account-directory.ts'

type Row = { org_id: string; config: string; secrets: Uint8Array | null }

/** Table account, read across organizations: account ids are unique per installation. */
export function createAccountStore(database: Database): AccountStore {
  return {
    async find(accountId) {
      const { rows } = await database.withWorker(
        (tx) =>
          tx.query<Row>({
            name: 'account_find',
            text: 'select org_id, config::text as config, secrets from account where account_id = $1',
            values: [accountId],
          }),
        { readOnly: true },
      )
      const [row] = rows
      if (row === undefined) return null
      const { settings, degraded } = JSON.parse(row.config) as AccountState // written by the log's projection
      return { organizationId: row.org_id, settings, isDegraded: degraded !== null, secrets: row.secrets }
    },
  }
}
