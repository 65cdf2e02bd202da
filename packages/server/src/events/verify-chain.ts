import type { Transaction } from '../database/client.ts'
import { emptyChain, nextHash, personalDigest } from './chain.ts'

/** What is wrong with a log, and where it shows first. */
export type ChainFault =
  | { readonly kind: 'missing'; readonly position: number }
  /** The facts, the time, the type or an earlier link were changed. */
  | { readonly kind: 'changed'; readonly position: number }
  /** The personal part is not the one that was logged. */
  | { readonly kind: 'personal-changed'; readonly position: number }
  /** Events beyond the head, or a head whose hash is not that of its event. */
  | { readonly kind: 'head-differs'; readonly position: number }

export type ChainVerdict = {
  readonly isSound: boolean
  /** Events that were read. */
  readonly checked: number
  /** Of those, how many have lost their personal part to erasure. */
  readonly erased: number
  readonly fault: ChainFault | null
}

type LinkRow = {
  readonly position: number
  readonly type: string
  readonly v: number
  readonly at: number
  readonly actor: string
  readonly facts: string
  readonly personal: string | null
  readonly salt: Uint8Array | null
  readonly digest: Uint8Array | null
  readonly hash: Uint8Array
}

const pageSize = 1000

/**
 * Reads the log of an organization page by page and follows its hash chain to the head. Appends may go on meanwhile: what
 * lies behind the head of the beginning is not looked at. `inTransaction` gives each page a transaction of its own.
 */
export async function verifyChain(
  organizationId: string,
  inTransaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
): Promise<ChainVerdict> {
  const end = await inTransaction((tx) => readEnd(tx, organizationId))
  let previous = emptyChain
  let checked = 0
  let erased = 0
  const verdict = (fault: ChainFault | null): ChainVerdict => ({ isSound: fault === null, checked, erased, fault })
  while (checked < end.head) {
    const after = checked
    const rows = await inTransaction((tx) => readLinks(tx, organizationId, after, Math.min(pageSize, end.head - after)))
    for (const row of rows) {
      if (row.position !== checked + 1) break
      const fault = faultIn(row, previous)
      if (fault !== null) return verdict(fault)
      previous = row.hash
      checked += 1
      if (row.digest !== null && row.personal === null) erased += 1
    }
    if (checked < after + rows.length || rows.length === 0) return verdict({ kind: 'missing', position: checked + 1 })
  }
  if (!isSame(previous, end.chain) || end.hasMore) return verdict({ kind: 'head-differs', position: end.head })
  return verdict(null)
}

function faultIn(row: LinkRow, previous: Uint8Array): ChainFault | null {
  const { position, type, v: version, at: atMs, digest } = row
  const hash = nextHash(previous, { position, type, version, atMs, facts: `${row.actor}\n${row.facts}`, digest })
  if (!isSame(hash, row.hash)) return { kind: 'changed', position }
  if (row.personal === null) return null
  const isLogged = digest !== null && row.salt !== null && isSame(personalDigest(row.salt, row.personal), digest)
  return isLogged ? null : { kind: 'personal-changed', position }
}

const isSame = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right) === 0

async function readEnd(tx: Transaction, organizationId: string) {
  const { rows } = await tx.query<{ head: number; chain: Uint8Array | null; has_more: boolean }>({
    name: 'chain_end',
    text: `select head, chain, exists (select 1 from event e where e.org_id = o.org_id and e.position > o.head) as has_more
      from organization o where org_id = $1`,
    values: [organizationId],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`there is no organization ${organizationId}`)
  return { head: row.head, chain: row.chain ?? emptyChain, hasMore: row.has_more }
}

async function readLinks(tx: Transaction, organizationId: string, after: number, limit: number): Promise<LinkRow[]> {
  const { rows } = await tx.query<LinkRow>({
    name: 'chain_links',
    text: `select position, type, v, at, actor::text, facts::text, personal::text, salt, digest, hash
      from event where org_id = $1 and position > $2 order by position limit $3`,
    values: [organizationId, after, limit],
  })
  return rows
}
