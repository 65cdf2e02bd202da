import { allScopes, type TokenInfo } from '@duoke/contract'
import type { Database, Transaction } from '../database/client.ts'
import type { TokenHolder } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import { appScopes, readAgent } from './organization-store.ts'
import { grantedScopes, scopesOfAgent, type Tokens } from './tokens.ts'

export type Grant = {
  readonly org: string
  readonly holder:
    | { readonly kind: 'agent'; readonly id: string }
    | { readonly kind: 'app'; readonly id: string }
    | { readonly kind: 'admin' }
  readonly scopes?: readonly string[]
  readonly lastsMs: number | null
  readonly label: string
  /** What the giver has; null is the operator at the machine itself (`duoke token create`), who may grant everything. */
  readonly giver: ReadonlySet<string> | null
}

/** Creates a token for programs. It is given back once; afterwards only its digest is known. */
export async function createTokenFor(
  ports: { readonly database: Database; readonly tokens: Tokens; readonly nowMs: () => number },
  grant: Grant,
): Promise<{ token: string; info: TokenInfo }> {
  const { org, label, lastsMs } = grant
  return ports.database.withOrganization(org, async (tx) => {
    const { holder, allowed } = await holderOf(tx, grant)
    const scopes = grantedScopes({ wanted: grant.scopes, holder: allowed, giver: grant.giver })
    const made = await ports.tokens.issue(tx, { org, kind: 'api', holder, scopes, label, lastsMs })
    return {
      token: made.token,
      info: {
        id: made.tokenId,
        kind: 'api',
        holder: { kind: grant.holder.kind, id: 'id' in grant.holder ? grant.holder.id : null },
        label,
        scopes,
        createdAt: new Date(ports.nowMs()).toISOString(),
        expiresAt: made.expiresMs === null ? null : new Date(made.expiresMs).toISOString(),
        lastUsedAt: null,
        current: false,
      },
    }
  })
}

async function holderOf(
  tx: Transaction,
  { org, holder }: Grant,
): Promise<{ holder: TokenHolder; allowed: readonly string[] }> {
  switch (holder.kind) {
    case 'agent': {
      const agent = await readAgent(tx, org, holder.id)
      if (agent === null || agent.disabled)
        throw new Refused('not_found', { detail: `There is no agent ${holder.id}.` })
      return { holder: { kind: 'agent', agentId: holder.id }, allowed: scopesOfAgent(agent.role) }
    }
    case 'app': {
      const scopes = await appScopes(tx, org, holder.id)
      if (scopes === null) throw new Refused('not_found', { detail: `There is no app ${holder.id}.` })
      return { holder: { kind: 'app', appId: holder.id }, allowed: scopes }
    }
    case 'admin':
      return { holder: { kind: 'admin' }, allowed: allScopes }
    default:
      return holder satisfies never
  }
}
