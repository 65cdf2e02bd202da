import type { Facts } from '@duoke/contract'
import type { Database, Transaction } from '../database/client.ts'
import type { Log } from '../events/log.ts'
import { actorOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { readCredential, writeTotp } from './credentials.ts'
import { readAgent } from './organization-store.ts'
import type { SecretBox } from './secret-box.ts'
import { endTokens, listTokenRows } from './token-store.ts'
import { infoOf, scopesOfAgent, type Tokens } from './tokens.ts'

export type AgentSignInPorts = {
  readonly database: Database
  readonly reads: Reads
  readonly log: Pick<Log, 'submit'>
  readonly box: SecretBox
  readonly tokens: Pick<Tokens, 'forget'>
  readonly nowMs: () => number
}
type Operations = 'listAgentSignIns' | 'endAgentSignIn' | 'endAgentSignIns' | 'removeAgentTotp'

/** What an administrator sees and ends of the sign-ins of others: a phone that was lost, codes that nobody has any more. */
export function agentSignInHandlers(ports: AgentSignInPorts): Pick<Handlers, Operations> {
  const { database, reads, box, nowMs } = ports
  const end = async (caller: Caller, agentId: string, tokenId: string | null) => {
    const { org } = caller
    const ended = await database.withOrganization(org, async (tx) => {
      await requireReach(tx, caller, agentId)
      if (tokenId === null) return endTokens(tx, org, { signInsOf: agentId, but: null }, nowMs())
      const filter = { kind: 'sign-in', agentId, after: null, limit: 1000, nowMs: nowMs() } as const
      const rows = await listTokenRows(tx, org, filter)
      return rows.some(({ token_id }) => token_id === tokenId) ? endTokens(tx, org, { tokenId }, nowMs()) : []
    })
    if (tokenId !== null && ended.length === 0) throw new Refused('not_found')
    ports.tokens.forget(org, ended)
    if (ended.length > 0) await tell(ports, caller, agentId, 'sign-in-ended')
  }
  return {
    async listAgentSignIns({ caller, params: { agentId }, query }) {
      const limit = query.limit ?? defaultLimit
      const filter = { kind: 'sign-in', agentId, after: readKeyset(query.after), nowMs: nowMs() } as const
      const { rows, totp } = await reads.read(caller.org, async (tx) => {
        await requireReach(tx, caller, agentId)
        const { totp } = await readCredential(tx, box, caller.org, agentId)
        return {
          rows: await listTokenRows(tx, caller.org, { ...filter, limit: limit + 1 }),
          totp: totp?.isConfirmed ?? false,
        }
      })
      const shown = pageOf(
        rows,
        limit,
        (row) => infoOf(row, caller.tokenId),
        (row) => ({ at: row.created_at, id: row.token_id }),
      )
      return { body: { ...shown, totp } }
    },
    async endAgentSignIn({ caller, params }) {
      await end(caller, params.agentId, params.tokenId)
      return {}
    },
    async endAgentSignIns({ caller, params }) {
      await end(caller, params.agentId, null)
      return {}
    },
    async removeAgentTotp({ caller, params: { agentId } }) {
      const { org } = caller
      const isChanged = await database.withOrganization(org, async (tx) => {
        await requireReach(tx, caller, agentId)
        const { totp } = await readCredential(tx, box, org, agentId)
        if (totp === null) return false
        await writeTotp(tx, box, org, agentId, null)
        return true
      })
      if (isChanged) await tell(ports, caller, agentId, 'totp-removed')
      return {}
    },
  }
}

/** Whose role may more than the caller is out of reach: who resets their second factor could become them. */
async function requireReach(tx: Transaction, caller: Caller, agentId: string): Promise<void> {
  const agent = await readAgent(tx, caller.org, agentId)
  if (agent === null) throw new Refused('not_found')
  const missing = scopesOfAgent(agent.role).find((scope) => !caller.scopes.has(scope))
  if (missing !== undefined) throw new Refused('insufficient_scope', { detail: missing })
}

/** The log says that somebody's way of signing in changed, and who did it. */
async function tell(
  { log }: AgentSignInPorts,
  caller: Caller,
  agentId: string,
  change: Facts<'agent.secured'>['change'],
): Promise<void> {
  await submitFor(log, caller, { type: 'agent.secure', actor: actorOf(caller), agentId, change })
}
