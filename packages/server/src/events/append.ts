import type { CommandResult } from '@duoke/domain'
import { bigintArray, bytesArray, intArray, jsonArray, textArray } from '../database/binary-arrays.ts'
import type { Statement, Transaction } from '../database/client.ts'
import type { SealedEvent, SeenCommand, Work } from './batch.ts'
import { emptyChain } from './chain.ts'

export type Head = {
  readonly head: number
  readonly chain: Uint8Array
  readonly epoch: string
  readonly databaseMs: number
}

/** Takes the organization's row lock: from here to the commit this transaction alone appends. */
export async function lockHead(tx: Transaction, organizationId: string): Promise<Head | null> {
  const { rows } = await tx.query<{ head: number; chain: Uint8Array | null; epoch: string; now: number }>({
    name: 'log_lock_head',
    text: `select head, chain, epoch, clock_timestamp() as now from organization where org_id = $1 for update`,
    values: [organizationId],
  })
  const row = rows[0]
  if (row === undefined) return null
  return { head: row.head, chain: row.chain ?? emptyChain, epoch: row.epoch, databaseMs: Math.trunc(row.now) }
}

/** Which of the commands were carried out before, by their keys. */
export async function findSeen(
  tx: Transaction,
  organizationId: string,
  works: readonly Work[],
): Promise<Map<string, { position: number; result: CommandResult }>> {
  const keys = works.flatMap((work) => (work.key === undefined ? [] : [work.key]))
  if (keys.length === 0) return new Map()
  const { rows } = await tx.query<{ key: string; position: number; result: string }>({
    name: 'log_find_seen',
    // One look for each key: a plan made while the table was empty would read all keys of the organization instead.
    text: `select s.key, s.position, s.result from unnest($2::text[]) as w(key)
      cross join lateral (
        select key, position, result::text from seen_command where org_id = $1 and key = w.key limit 1
      ) s`,
    values: [organizationId, textArray(keys)],
  })
  return new Map(
    rows.map((row) => [row.key, { position: row.position, result: JSON.parse(row.result) as CommandResult }]), // written by appendBatch
  )
}

/** One statement for the events of the batch, the head they lead to, and the keys that they answer. */
export function appendBatch(
  organizationId: string,
  batch: {
    readonly atMs: number
    readonly head: number
    readonly chain: Uint8Array
    readonly sealed: readonly SealedEvent[]
    readonly seen: readonly SeenCommand[]
  },
): readonly Statement[] {
  const { atMs, head, chain, sealed, seen } = batch
  if (sealed.length === 0 && seen.length === 0) return []
  const statement: Statement = {
    name: 'log_append',
    text: `with moved as (
        update organization set head = $3, chain = $4 where org_id = $1
      ), remembered as (
        insert into seen_command (org_id, key, position, result, at)
        select $1, u.key, u.position, u.result, clock_timestamp()
        from unnest($5::text[], $6::bigint[], $7::json[]) as u(key, position, result)
      )
      insert into event (org_id, position, type, v, at, conversation_id, actor, facts, personal, salt, digest, hash)
      select $1, u.position, u.type, u.v, to_timestamp($2::double precision / 1000), u.conversation_id,
        u.actor, u.facts, u.personal, u.salt, u.digest, u.hash
      from unnest($8::bigint[], $9::text[], $10::int[], $11::text[], $12::json[], $13::json[], $14::json[],
        $15::bytea[], $16::bytea[], $17::bytea[])
        as u(position, type, v, conversation_id, actor, facts, personal, salt, digest, hash)`,
    values: [
      organizationId,
      atMs,
      head,
      // The driver writes Buffers as bytea, other byte arrays as something else.
      Buffer.from(chain),
      textArray(seen.map((one) => one.key)),
      bigintArray(seen.map((one) => one.position)),
      jsonArray(seen.map((one) => one.result)),
      bigintArray(sealed.map((one) => one.event.position)),
      textArray(sealed.map((one) => one.event.type)),
      intArray(sealed.map((one) => one.event.version)),
      textArray(sealed.map((one) => one.conversationId)),
      jsonArray(sealed.map((one) => one.actor)),
      jsonArray(sealed.map((one) => one.facts)),
      jsonArray(sealed.map((one) => one.personal)),
      bytesArray(sealed.map((one) => one.salt)),
      bytesArray(sealed.map((one) => one.digest)),
      bytesArray(sealed.map((one) => one.hash)),
    ],
  }
  return [statement]
}
