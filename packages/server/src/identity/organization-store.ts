import {
  type Agent,
  type CustomerSettings,
  defaultCustomerSettings,
  defaultSessionSettings,
  type Me,
  type SessionSettings,
} from '@duoke/contract'
import type { AgentState } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'

type AgentRow = { readonly config: string; readonly load: number }

// Rows of an earlier version do not know the load.
const agentSelect = `select g.config::text as config, coalesce((g.config ->> 'load')::int, (
    select count(*)::int from conversation c
    where c.org_id = g.org_id and c.status = 'open' and c.holder_kind = 'agent' and c.holder_id = g.agent_id
  )) as load from agent g`

export async function readAgent(tx: Transaction, org: string, agentId: string): Promise<Agent | null> {
  const { rows } = await tx.query<AgentRow>({
    name: 'agent_by_id',
    text: `${agentSelect} where g.org_id = $1 and g.agent_id = $2`,
    values: [org, agentId],
  })
  return rows[0] === undefined ? null : agentOf(rows[0])
}

export async function readAgents(tx: Transaction, org: string, after: string, limit: number): Promise<Agent[]> {
  const { rows } = await tx.query<AgentRow>({
    name: 'agents_page',
    text: `${agentSelect} where g.org_id = $1 and g.agent_id > $2 order by g.agent_id limit $3`,
    values: [org, after, limit],
  })
  return rows.map(agentOf)
}

function agentOf({ config, load }: AgentRow): Agent {
  const agent = JSON.parse(config) as Omit<AgentState, 'held' | 'offered' | 'broadcasts' | 'parked'> // written by conversation/configuration-store.ts
  const { agentId: id, nickname, role, teams, capacity, disabled, skills, shifts, status } = agent
  const { statusSinceMs, statusReason, temporaryCapacity: own } = agent
  return {
    ...{ id, nickname, role, teams, capacity, disabled, status, load },
    ...(skills !== undefined && { skills }),
    ...(shifts !== undefined && { shifts }),
    ...(statusSinceMs !== undefined && { statusSince: instant(statusSinceMs) }),
    ...(statusReason !== undefined && { statusReason }),
    ...(own !== undefined && {
      temporaryCapacity: { capacity: own.capacity, until: own.untilMs === null ? null : instant(own.untilMs) },
    }),
  }
}

const instant = (ms: number): string => new Date(ms).toISOString()

export async function readTeams(tx: Transaction, org: string, after: string, limit: number) {
  const { rows } = await tx.query<{ id: string; name: string }>({
    name: 'teams_page',
    text: `select team_id as id, config ->> 'name' as name from team
      where org_id = $1 and team_id > $2 order by team_id limit $3`,
    values: [org, after, limit],
  })
  return rows
}

type OrganizationRow = {
  readonly name: string
  readonly time_zone: string
  readonly example: boolean
  readonly sessions: string | null
  readonly customers: string | null
}

export async function readOrganization(tx: Transaction, org: string): Promise<Me['organization'] | null> {
  const { rows } = await tx.query<OrganizationRow>({
    name: 'organization_by_id',
    text: `select o.name, o.time_zone, (o.config #> '{settings,sessions}')::text as sessions,
        (o.config #> '{settings,customers}')::text as customers, exists (
        select 1 from installation i where i.key = 'example' and i.value ->> 'organization' = o.org_id) as example
      from organization o where o.org_id = $1`,
    values: [org],
  })
  const [row] = rows
  if (row === undefined) return null
  // Written by conversation/configuration-store.ts; a row of an earlier version has fewer, or none.
  const own = row.sessions === null ? {} : (JSON.parse(row.sessions) as Partial<SessionSettings>)
  const sessions = { ...defaultSessionSettings, ...own }
  const marks = row.customers === null ? {} : (JSON.parse(row.customers) as Partial<CustomerSettings>) // see above
  const customers = { ...defaultCustomerSettings, ...marks }
  return { id: org, name: row.name, timeZone: row.time_zone, example: row.example, sessions, customers }
}

/** The only organization of the installation, or null when there are several or none. */
export async function onlyOrganization(tx: Transaction): Promise<string | null> {
  const { rows } = await tx.query<{ org_id: string }>({
    name: 'organization_only',
    text: 'select org_id from organization order by org_id limit 2',
  })
  return rows.length === 1 ? (rows[0]?.org_id ?? null) : null
}

export async function appScopes(tx: Transaction, org: string, appId: string): Promise<string[] | null> {
  const { rows } = await tx.query<{ scopes: string }>({
    text: `select (config -> 'scopes')::text as scopes from app where org_id = $1 and app_id = $2`,
    values: [org, appId],
  })
  return rows[0] === undefined ? null : (JSON.parse(rows[0].scopes) as string[]) // written by configuration-store.ts
}
