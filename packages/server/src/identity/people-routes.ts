import type { Response } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import type { Log } from '../events/log.ts'
import { actorOf, agentOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { insertLink } from './links.ts'
import { readAgent, readAgents, readTeams } from './organization-store.ts'
import { oneAgent } from './supervised-routes.ts'
import { scopesOfAgent } from './tokens.ts'

export type PeoplePorts = {
  readonly database: Database
  readonly reads: Reads
  readonly log: Pick<Log, 'submit'>
  /** A chosen status no longer ends with a stream that is gone already. */
  readonly presence: { chose(org: string, agentId: string): Promise<void> }
  readonly nowMs: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly publicUrl: () => string
}

type PeopleOperations = 'setPresence' | 'listTeams' | 'listAgents' | 'getAgent' | 'changeAgent' | 'createSignInLink'

export function peopleHandlers(ports: PeoplePorts): Pick<Handlers, PeopleOperations> {
  const { reads, log } = ports
  return {
    async setPresence({ caller, body, retryKey }) {
      const agentId = agentOf(caller)
      const { status, ttlMs, reason } = body
      // First, so that whoever gives the agent up at this instant is done before the choice counts.
      await ports.presence.chose(caller.org, agentId)
      const command = { type: 'agent.set-status', actor: actorOf(caller), agentId, status, cause: 'chosen' } as const
      const more = { ...(ttlMs !== undefined && { ttlMs }), ...(reason !== undefined && { reason }) }
      await submitFor(log, caller, { ...command, ...more }, { key: retryKey })
      return { body: await oneAgent(reads, caller, agentId) }
    },
    async listTeams({ caller, query }) {
      const limit = query.limit ?? defaultLimit
      const after = readKeyset(query.after)?.id ?? ''
      const teams = await reads.read(caller.org, (tx) => readTeams(tx, caller.org, after, limit + 1))
      return { body: pageOf(teams, limit, (team) => team, byId) }
    },
    async listAgents({ caller, query }) {
      const limit = query.limit ?? defaultLimit
      const after = readKeyset(query.after)?.id ?? ''
      return reads.snapshot(caller.org, async (tx) =>
        pageOf(await readAgents(tx, caller.org, after, limit + 1), limit, (agent) => agent, byId),
      )
    },
    getAgent: async ({ caller, params }) => ({ body: await oneAgent(reads, caller, params.agentId) }),
    async changeAgent({ caller, params, body, retryKey }) {
      const { agentId } = params
      const command = { type: 'agent.change', actor: actorOf(caller), agentId, fields: body } as const
      await submitFor(log, caller, command, { key: retryKey })
      return { body: await oneAgent(reads, caller, agentId) }
    },
    createSignInLink: async ({ caller, params }) => ({ body: await createLink(ports, caller, params.agentId) }),
  }
}

const byId = ({ id }: { readonly id: string }) => ({ at: 0, id })

/** A one-time link by which an agent signs in; the log tells who made it, and never the link. */
async function createLink(ports: PeoplePorts, caller: Caller, agentId: string): Promise<Response<'createSignInLink'>> {
  const { org } = caller
  const link = { org, agentId, nowMs: ports.nowMs(), publicUrl: ports.publicUrl() }
  const body = await ports.database.withOrganization(org, async (tx) => {
    const agent = await readAgent(tx, org, agentId)
    if (agent === null || agent.disabled) throw new Refused('not_found')
    // A link is the agent's whole role: nobody gives away what they do not have.
    const missing = scopesOfAgent(agent.role).find((scope) => !caller.scopes.has(scope))
    if (missing !== undefined) throw new Refused('insufficient_scope', { detail: missing })
    return insertLink(tx, link, ports.randomBytes)
  })
  await submitFor(ports.log, caller, { type: 'agent.secure', actor: actorOf(caller), agentId, change: 'link-created' })
  return body
}
