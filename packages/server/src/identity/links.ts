import type { Transaction } from '../database/client.ts'
import { hashOf } from './tokens.ts'

export const linkLastsMs = 30 * 60_000

export type Link = { readonly url: string; readonly expiresAt: string }

/**
 * A one-time link: whoever opens it first within half an hour is signed in as the agent. The code stands behind the `#`, which
 * browsers send to nobody, so that no log holds it; the address comes from the settings, never from a request (I-9).
 */
export async function insertLink(
  tx: Transaction,
  link: { readonly org: string; readonly agentId: string; readonly nowMs: number; readonly publicUrl: string },
  randomBytes: (count: number) => Uint8Array,
): Promise<Link> {
  const code = Buffer.from(randomBytes(32)).toString('base64url')
  const expiresMs = link.nowMs + linkLastsMs
  await tx.query({
    text: `insert into one_time_link (link_hash, org_id, agent_id, expires_at)
      values ($1, $2, $3, to_timestamp($4::double precision / 1000))`,
    values: [hashOf(code), link.org, link.agentId, expiresMs],
  })
  return { url: `${link.publicUrl}/#/welcome/${code}`, expiresAt: new Date(expiresMs).toISOString() }
}

export type OpenedLink = { readonly org: string; readonly agentId: string }

/** Uses a link up; of two who try at once, one gets it. */
export async function useLink(tx: Transaction, code: string, nowMs: number): Promise<OpenedLink | null> {
  const { rows } = await tx.query<{ org_id: string; agent_id: string }>({
    text: `update one_time_link set used_at = to_timestamp($2::double precision / 1000)
      where link_hash = $1 and used_at is null and expires_at > to_timestamp($2::double precision / 1000)
      returning org_id, agent_id`,
    values: [hashOf(code), nowMs],
  })
  const [row] = rows
  return row === undefined ? null : { org: row.org_id, agentId: row.agent_id }
}
