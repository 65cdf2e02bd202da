import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../database/client.ts'
import { Refused } from './refused.ts'

/** An answer as it can be given again. */
export type StoredAnswer = { readonly status: number; readonly body: string | null }

/**
 * Idempotency-Key: the first request with a key is carried out, a later one with the same body gets the same answer, with
 * another body 422, and while the first is running 409 with Retry-After (F68). The key itself also goes into the log, so
 * that a retry after a crash in the middle is carried out once.
 */
export type Idempotency = {
  run(
    request: KeyedRequest,
    perform: () => Promise<StoredAnswer>,
  ): Promise<StoredAnswer & { readonly repeated: boolean }>
}
export type KeyedRequest = { readonly org: string; readonly key: string; readonly digest: string }

/** Seals what an answer contains (a new token is in one) with the key that lies outside the database. */
export type Sealing = { seal(org: string, text: string): string; open(org: string, sealed: string): string }

type Ledger = { readonly digest: string; readonly startedMs: number; readonly answer: string | null }

/** After this long a request that never ended is taken to have died with its server. */
const abandonedAfterMs = 30_000

export function createIdempotency(ports: { database: Database; sealing: Sealing; nowMs: () => number }): Idempotency {
  const { database, sealing, nowMs } = ports

  async function begin({ org, key, digest }: KeyedRequest): Promise<StoredAnswer | null> {
    return database.withOrganization(org, async (tx) => {
      const fresh: Ledger = { digest, startedMs: nowMs(), answer: null }
      const inserted = await tx.query({
        text: `insert into seen_command (org_id, key, position, result, at) values ($1, $2, 0, $3::json, clock_timestamp())
          on conflict (org_id, key) do nothing returning key`,
        values: [org, key, JSON.stringify(fresh)],
      })
      if (inserted.rows.length > 0) return null
      const { rows } = await tx.query<{ result: string }>({
        text: 'select result::text as result from seen_command where org_id = $1 and key = $2 for update',
        values: [org, key],
      })
      const known = rows[0] === undefined ? fresh : (JSON.parse(rows[0].result) as Ledger) // written below and above
      if (known.digest !== digest) throw new Refused('idempotency_mismatch')
      if (known.answer !== null) return JSON.parse(sealing.open(org, known.answer)) as StoredAnswer // sealed below
      if (known.startedMs > nowMs() - abandonedAfterMs)
        throw new Refused('idempotency_running', { retryAfterSeconds: 1 })
      await write(org, key, fresh, tx)
      return null
    })
  }

  async function write(org: string, key: string, ledger: Ledger, tx: Transaction) {
    await tx.query({
      text: 'update seen_command set result = $3::json where org_id = $1 and key = $2',
      values: [org, key, JSON.stringify(ledger)],
    })
  }

  return {
    async run(request, perform) {
      const before = await begin(request)
      if (before !== null) return { ...before, repeated: true }
      const { org, key, digest } = request
      try {
        const answer = await perform()
        const sealed = sealing.seal(org, JSON.stringify(answer))
        await database.withOrganization(org, (tx) =>
          write(org, key, { digest, startedMs: nowMs(), answer: sealed }, tx),
        )
        return { ...answer, repeated: false }
      } catch (thrown) {
        // Nothing was done, or the log remembers it: the same key may be tried again.
        await database.withOrganization(org, (tx) =>
          tx.query({ text: 'delete from seen_command where org_id = $1 and key = $2', values: [org, key] }),
        )
        throw thrown
      }
    },
  }
}

export function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\n')
  return hash.digest('base64url')
}
