import type { Database } from '../database/client.ts'
import type { FingerprintStore } from './secret-box.ts'

/** Which key the secrets of this database were sealed with; of two servers that start at once, the first one's holds. */
export function createFingerprintStore(database: Database): FingerprintStore {
  return {
    async read() {
      const { rows } = await database.withWorker((tx) =>
        tx.query<{ value: string }>({
          text: `select value #>> '{}' as value from installation where key = 'fingerprint'`,
        }),
      )
      return rows[0]?.value ?? null
    },
    async write(fingerprint) {
      await database.withWorker((tx) =>
        tx.query({
          text: `insert into installation (key, value) values ('fingerprint', to_json($1::text)) on conflict do nothing`,
          values: [fingerprint],
        }),
      )
    },
  }
}
