import { createHash } from 'node:crypto'
import { allScopes, type Role, type Scope, scopesOfRole, type TokenInfo } from '@duoke/contract'
import type { AgentState, AppState } from '@duoke/domain'
import type { Database, Transaction } from '../database/client.ts'
import type { Caller, FindCaller, TokenHolder } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import { findToken, findTokens, insertToken, type TokenRow, touchToken } from './token-store.ts'

export const signInIdleMs = 12 * 3_600_000
export const signInLastsMs = 30 * 24 * 3_600_000
/** A token that was ended on another server works here for this long at most. */
const rememberedForMs = 3000
const mostRemembered = 20_000

export type Tokens = {
  readonly find: FindCaller
  /** Of these tokens of an organization, those that still work: for streams, which present theirs only once. */
  stillValid(org: string, tokenIds: readonly string[]): Promise<Map<string, ReadonlySet<Scope>>>
  issue(tx: Transaction, request: TokenRequest): Promise<{ token: string; tokenId: string; expiresMs: number | null }>
  /** After the transaction that ended them: this server forgets them at once. */
  forget(org: string, tokenIds: readonly string[]): void
  onEnded(listener: (org: string, tokenIds: readonly string[]) => void): () => void
}

export type TokenRequest = {
  readonly org: string
  readonly kind: TokenInfo['kind']
  readonly holder: TokenHolder
  readonly scopes: readonly string[]
  readonly label: string
  readonly lastsMs: number | null
}

export type TokenPorts = {
  readonly database: Database
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly drawId: (kind: 'token') => string
  readonly onError: (error: unknown) => void
}

type Remembered = { readonly caller: Promise<Caller | null>; readonly readMs: number; tokenId: string | null }

export function createTokens(ports: TokenPorts): Tokens {
  const { database, nowMs } = ports
  const remembered = new Map<string, Remembered>()
  const listeners = new Set<(org: string, tokenIds: readonly string[]) => void>()

  async function read(hash: Uint8Array, entry: { tokenId: string | null }): Promise<Caller | null> {
    const row = await database.withWorker((tx) => findToken(tx, hash), { readOnly: true })
    if (row === null || !works(row, nowMs())) return null
    entry.tokenId = row.token_id
    // Not waited for: a request need not be slower because somebody wants to know when it was.
    void database
      .withOrganization(row.org_id, (tx) => touchToken(tx, row.org_id, row.token_id, nowMs()))
      .catch(ports.onError)
    return callerOf(row)
  }

  return {
    find(token) {
      const hash = hashOf(token)
      const key = hash.toString('base64')
      const known = remembered.get(key)
      if (known !== undefined && nowMs() - known.readMs < rememberedForMs) return known.caller
      const found: { tokenId: string | null } = { tokenId: null }
      const caller = read(hash, found)
      const entry: Remembered = {
        caller,
        readMs: nowMs(),
        get tokenId() {
          return found.tokenId
        },
      }
      remembered.delete(key)
      remembered.set(key, entry)
      if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? '')
      // A failure is nobody's answer: the next request asks again.
      caller.catch(() => remembered.delete(key))
      return caller
    },
    async stillValid(org, tokenIds) {
      const rows = await database.withOrganization(org, (tx) => findTokens(tx, org, tokenIds), { readOnly: true })
      const now = nowMs()
      return new Map(rows.filter((row) => works(row, now)).map((row) => [row.token_id, callerOf(row).scopes]))
    },
    async issue(tx, { org, kind, holder, scopes, label, lastsMs }) {
      const token = `dk_${Buffer.from(ports.randomBytes(32)).toString('base64url')}`
      const tokenId = ports.drawId('token')
      const createdMs = nowMs()
      const expiresMs = lastsMs === null ? null : createdMs + lastsMs
      const id = holder.kind === 'agent' ? holder.agentId : holder.kind === 'app' ? holder.appId : null
      const row = { hash: hashOf(token), org, tokenId, kind, scopes, label, createdMs, expiresMs }
      await insertToken(tx, { ...row, holder: { kind: holder.kind, id } })
      return { token, tokenId, expiresMs }
    },
    forget(org, tokenIds) {
      const ended = new Set(tokenIds)
      for (const [key, { tokenId }] of remembered) if (tokenId !== null && ended.has(tokenId)) remembered.delete(key)
      for (const listener of listeners) listener(org, tokenIds)
    },
    onEnded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function works(row: TokenRow, nowMs: number): boolean {
  if (row.ended_at !== null || (row.expires_at !== null && row.expires_at <= nowMs)) return false
  if (row.kind === 'sign-in' && (row.last_used_at ?? row.created_at) + signInIdleMs <= nowMs) return false
  return row.holder_kind === 'admin' || (row.holder !== null && !agentOf(row)?.disabled)
}

function callerOf(row: TokenRow): Caller {
  const allowed = new Set<string>(allowedScopes(row))
  return {
    org: row.org_id,
    tokenId: row.token_id,
    tokenKind: row.kind,
    holder: holderOf(row),
    // Somebody who signed in may do what the role may today; a token for programs keeps to what it was made for.
    scopes: new Set(
      allScopes.filter((scope) => allowed.has(scope) && (row.kind === 'sign-in' || row.scopes.includes(scope))),
    ),
  }
}

/** What the holder may do today: a token never does more, even when it was made in better days. */
function allowedScopes(row: TokenRow): readonly string[] {
  switch (row.holder_kind) {
    case 'admin':
      return allScopes
    case 'agent':
      return scopesOfAgent(agentOf(row)?.role)
    case 'app':
      return appOf(row)?.scopes ?? []
    default:
      return row.holder_kind satisfies never
  }
}

export function scopesOfAgent(role: Role | undefined): readonly Scope[] {
  return role === undefined ? [] : scopesOfRole[role]
}

function holderOf(row: TokenRow): TokenHolder {
  if (row.holder_kind === 'admin' || row.holder_id === null) return { kind: 'admin' }
  return row.holder_kind === 'agent' ? { kind: 'agent', agentId: row.holder_id } : { kind: 'app', appId: row.holder_id }
}

type StoredAgent = Pick<AgentState, 'role' | 'disabled'>

// Both are written by conversation/configuration-store.ts from the folded state.
const agentOf = (row: TokenRow) =>
  row.holder_kind === 'agent' && row.holder !== null ? (JSON.parse(row.holder) as StoredAgent) : undefined // as above
const appOf = (row: TokenRow) =>
  row.holder_kind === 'app' && row.holder !== null ? (JSON.parse(row.holder) as AppState) : undefined // as above

export function infoOf(row: TokenRow, current: string | null): TokenInfo {
  const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    id: row.token_id,
    kind: row.kind,
    holder: { kind: row.holder_kind, id: row.holder_id },
    label: row.label,
    scopes: row.scopes,
    createdAt: new Date(row.created_at).toISOString(),
    expiresAt: instant(row.expires_at),
    lastUsedAt: instant(row.last_used_at),
    current: row.token_id === current,
  }
}

/** Which scopes a new token gets: what is asked for, within what its holder may do and what the giver has. */
export function grantedScopes(request: {
  readonly wanted: readonly string[] | undefined
  readonly holder: readonly string[]
  /** Null is the operator at the machine itself, who may grant everything. */
  readonly giver: ReadonlySet<string> | null
}): string[] {
  const { wanted, holder, giver } = request
  const scopes = [...new Set(wanted ?? holder)]
  const unknown = scopes.find((scope) => !allScopes.some((known) => known === scope))
  if (unknown !== undefined)
    throw new Refused('invalid_request', { detail: `There is no scope ${unknown.slice(0, 80)}.` })
  const beyond = scopes.find((scope) => !holder.includes(scope))
  if (beyond !== undefined) throw new Refused('invalid_request', { detail: `The holder may not have ${beyond}.` })
  const missing = giver === null ? undefined : scopes.find((scope) => !giver.has(scope))
  if (missing !== undefined) throw new Refused('insufficient_scope', { detail: missing })
  return scopes
}
