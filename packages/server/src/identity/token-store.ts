import type { TokenInfo } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'

/** A token's row with what decides whether its holder may still act. The token itself is stored nowhere: only its digest. */
export type TokenRow = {
  readonly org_id: string
  readonly token_id: string
  readonly kind: TokenInfo['kind']
  readonly holder_kind: 'agent' | 'app' | 'admin'
  readonly holder_id: string | null
  readonly scopes: string[]
  readonly label: string
  readonly created_at: number
  readonly expires_at: number | null
  readonly last_used_at: number | null
  readonly ended_at: number | null
  /** The holder's configuration; null when there is no such agent or app any more. */
  readonly holder: string | null
}

const columns = `t.org_id, t.token_id, t.kind, t.holder_kind, t.holder_id, t.scopes, t.label, t.created_at, t.expires_at,
  t.last_used_at, t.ended_at, coalesce(g.config, p.config)::text as holder`
const joined = `from token t
  left join agent g on t.holder_kind = 'agent' and g.org_id = t.org_id and g.agent_id = t.holder_id
  left join app p on t.holder_kind = 'app' and p.org_id = t.org_id and p.app_id = t.holder_id`

export async function findToken(tx: Transaction, hash: Uint8Array): Promise<TokenRow | null> {
  const { rows } = await tx.query<TokenRow>({
    name: 'token_by_hash',
    text: `select ${columns} ${joined} where t.token_hash = $1`,
    values: [Buffer.from(hash)],
  })
  return rows[0] ?? null
}

export async function findTokens(tx: Transaction, org: string, tokenIds: readonly string[]): Promise<TokenRow[]> {
  const { rows } = await tx.query<TokenRow>({
    name: 'tokens_by_id',
    text: `select ${columns} ${joined} where t.org_id = $1 and t.token_id = any($2::text[])`,
    values: [org, [...tokenIds]],
  })
  return rows
}

export type NewToken = {
  readonly hash: Uint8Array
  readonly org: string
  readonly tokenId: string
  readonly kind: TokenInfo['kind']
  readonly holder: { readonly kind: TokenRow['holder_kind']; readonly id: string | null }
  readonly scopes: readonly string[]
  readonly label: string
  readonly createdMs: number
  readonly expiresMs: number | null
}

export async function insertToken(tx: Transaction, token: NewToken): Promise<void> {
  await tx.query({
    text: `insert into token (token_hash, org_id, token_id, kind, holder_kind, holder_id, scopes, label, created_at, expires_at, last_used_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::double precision / 1000),
        to_timestamp($10::double precision / 1000), to_timestamp($11::double precision / 1000))`,
    values: [
      Buffer.from(token.hash),
      token.org,
      token.tokenId,
      token.kind,
      token.holder.kind,
      token.holder.id,
      [...token.scopes],
      token.label,
      token.createdMs,
      token.expiresMs,
      token.kind === 'sign-in' ? token.createdMs : null,
    ],
  })
}

export type TokenFilter = {
  readonly kind?: TokenInfo['kind']
  readonly agentId?: string
  readonly after: { readonly at: number; readonly id: string } | null
  readonly limit: number
  readonly nowMs: number
}

/** Those that still work, newest first. */
export async function listTokenRows(tx: Transaction, org: string, filter: TokenFilter): Promise<TokenRow[]> {
  const { rows } = await tx.query<TokenRow>({
    name: 'tokens_page',
    text: `select ${columns} ${joined} where t.org_id = $1 and t.ended_at is null
        and (t.expires_at is null or t.expires_at > to_timestamp($2::double precision / 1000))
        and ($3::text is null or t.kind = $3) and ($4::text is null or (t.holder_kind = 'agent' and t.holder_id = $4))
        and ($5::double precision is null or (t.created_at, t.token_id) < (to_timestamp($5::double precision / 1000), $6))
      order by t.created_at desc, t.token_id desc limit $7`,
    values: [
      org,
      filter.nowMs,
      filter.kind ?? null,
      filter.agentId ?? null,
      filter.after?.at ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  })
  return rows
}

/** Ends tokens and answers their ids; those that had ended already are not among them. */
export async function endTokens(
  tx: Transaction,
  org: string,
  which: { readonly tokenId: string } | { readonly signInsOf: string; readonly but: string | null },
  nowMs: number,
): Promise<string[]> {
  const one = 'tokenId' in which ? which.tokenId : null
  const [agentId, but] = 'signInsOf' in which ? [which.signInsOf, which.but] : [null, null]
  const { rows } = await tx.query<{ token_id: string }>({
    text: `update token set ended_at = to_timestamp($2::double precision / 1000) where org_id = $1 and ended_at is null
        and ($3::text is null or token_id = $3)
        and ($4::text is null or (kind = 'sign-in' and holder_kind = 'agent' and holder_id = $4))
        and ($5::text is null or token_id <> $5)
      returning token_id`,
    values: [org, nowMs, one, agentId, but],
  })
  return rows.map(({ token_id }) => token_id)
}

/** A minute's accuracy is enough for people and spares a write for each request. */
export async function touchToken(tx: Transaction, org: string, tokenId: string, nowMs: number): Promise<void> {
  await tx.query({
    name: 'token_touch',
    text: `update token set last_used_at = to_timestamp($3::double precision / 1000) where org_id = $1 and token_id = $2
      and (last_used_at is null or last_used_at < to_timestamp(($3::double precision - 60000) / 1000))`,
    values: [org, tokenId, nowMs],
  })
}
