import type { Database } from '../database/client.ts'
import { Refused } from '../http/refused.ts'

const windowMs = 15 * 60_000
/** Failures within the window after which the next attempt has to wait, by what they have in common. */
const most = { pair: 8, account: 40, address: 60 } as const

/**
 * Limits on guessing, shared by all servers. Counted for names that do not exist as well, so that a refusal tells nothing.
 * The pair of account and address is strict; the account alone is lenient, so that a stranger cannot lock somebody out.
 */
export type SignInLimits = {
  /** Counts an attempt before it is looked at, so that a hundred at once are a hundred. @throws too_many_requests */
  begin(account: string, address: string): Promise<void>
  /** The attempt was right: the pair starts anew, and this attempt counts nowhere. */
  succeeded(account: string, address: string): Promise<void>
}

export function createSignInLimits(ports: { database: Database; nowMs: () => number }): SignInLimits {
  const { database, nowMs } = ports
  const keysOf = (account: string, address: string) => ({
    pair: `pair:${account}:${address}`,
    account: `account:${account}`,
    address: `address:${address}`,
  })
  return {
    async begin(account, address) {
      const keys = keysOf(account, address)
      const waitMs = await database.withWorker(async (tx) => {
        const since = nowMs() - windowMs
        // Of a hundred guesses at once, each must see those before it.
        await tx.query({ text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [keys.pair] })
        await tx.query({
          name: 'sign_in_attempted',
          text: `insert into sign_in_attempt (key, at) select unnest($1::text[]), to_timestamp($2::double precision / 1000)`,
          values: [Object.values(keys), nowMs()],
        })
        const { rows } = await tx.query<{ key: string; count: number; oldest: number }>({
          name: 'sign_in_attempts',
          text: `select key, count(*)::int as count, min(at) as oldest from sign_in_attempt
            where key = any($1::text[]) and at > to_timestamp($2::double precision / 1000) group by key`,
          values: [Object.values(keys), since],
        })
        const over = rows.filter(({ key, count }) => count > limitOf(keys, key))
        return Math.max(0, ...over.map(({ oldest }) => oldest + windowMs - nowMs()))
      })
      if (waitMs > 0) throw new Refused('too_many_requests', { retryAfterSeconds: waitMs / 1000 })
    },
    async succeeded(account, address) {
      const keys = keysOf(account, address)
      await database.withWorker(async (tx) => {
        await tx.query({ text: 'delete from sign_in_attempt where key = $1', values: [keys.pair] })
        await tx.query({
          text: `delete from sign_in_attempt where ctid = any(array(
            select distinct on (key) ctid from sign_in_attempt where key = any($1::text[]) order by key, at desc))`,
          values: [[keys.account, keys.address]],
        })
        await tx.query({
          text: `delete from sign_in_attempt where at < to_timestamp($1::double precision / 1000)`,
          values: [nowMs() - 4 * windowMs],
        })
      })
    },
  }
}

function limitOf(keys: Record<keyof typeof most, string>, key: string): number {
  if (key === keys.pair) return most.pair
  return key === keys.account ? most.account : most.address
}
