import type { Agent } from '@duoke/contract'
import type { Database, Transaction } from '../../database/client.ts'
import { readAgent, readAgents } from '../../identity/organization-store.ts'
import type { Caller } from './call.ts'
import { servesAccount } from './kf-account.ts'

/** An agent with what only WeChat's interface knows of one: the work number, the picture, whom an app invited. */
export type NumberedAgent = Agent & {
  readonly number: number
  readonly picture: string | null
  readonly invitation: { readonly wx: string; readonly atMs: number } | null
  /** Somebody can sign in as this agent, or has. */
  readonly isBound: boolean
}

export type AgentNumbers = {
  /** The agents who serve the caller's account, by id. */
  list(caller: Caller): Promise<readonly NumberedAgent[]>
  /** There is an agent of this id who was deleted. */
  isDisabled(caller: Caller, agentId: string): Promise<boolean>
  invite(caller: Caller, agentId: string, wx: string, atMs: number): Promise<void>
  setPicture(caller: Caller, agentId: string, mediaId: string): Promise<void>
}

/** WeChat's first work number is 1001 (protocol reference, section 5.3). */
const firstNumber = 1001
const pageSize = 500

type Row = {
  agent_id: string
  number: number
  invited_wx: string | null
  invited_at: number | null
  picture: string | null
  is_bound: boolean
}

/** Table agent_number: a number is drawn when an agent is first listed, and stays. */
export function createAgentNumbers(database: Database): AgentNumbers {
  return {
    list({ organizationId, account }) {
      return database.withOrganization(organizationId, async (tx) => {
        const agents = (await everyAgent(tx, organizationId)).filter((agent) => servesAccount(agent, account.settings))
        const known = await numbersOf(tx, organizationId)
        const missing = agents.filter(({ id }) => !known.has(id)).map(({ id }) => id)
        if (missing.length > 0) await draw(tx, organizationId, missing)
        const numbers = missing.length === 0 ? known : await numbersOf(tx, organizationId)
        return agents.map((agent) => numbered(agent, numbers.get(agent.id)))
      })
    },
    isDisabled: ({ organizationId }, agentId) =>
      database.withOrganization(organizationId, async (tx) => {
        const agent = await readAgent(tx, organizationId, agentId)
        return agent?.disabled === true
      }),
    async invite({ organizationId }, agentId, wx, atMs) {
      await database.withOrganization(organizationId, (tx) =>
        tx.query({
          name: 'agent_number_invite',
          text: `update agent_number set invited_wx = $3, invited_at = to_timestamp($4::double precision / 1000)
            where org_id = $1 and agent_id = $2`,
          values: [organizationId, agentId, wx, atMs],
        }),
      )
    },
    async setPicture({ organizationId }, agentId, mediaId) {
      await database.withOrganization(organizationId, (tx) =>
        tx.query({
          name: 'agent_number_picture',
          text: 'update agent_number set picture = $3 where org_id = $1 and agent_id = $2',
          values: [organizationId, agentId, mediaId],
        }),
      )
    },
  }
}

async function everyAgent(tx: Transaction, org: string): Promise<Agent[]> {
  const all: Agent[] = []
  for (;;) {
    const page = await readAgents(tx, org, all.at(-1)?.id ?? '', pageSize)
    all.push(...page)
    if (page.length < pageSize) return all
  }
}

async function numbersOf(tx: Transaction, org: string): Promise<Map<string, Row>> {
  const { rows } = await tx.query<Row>({
    name: 'agent_numbers',
    text: `select n.agent_id, n.number, n.invited_wx, n.invited_at, n.picture, exists (
        select 1 from credential c where c.org_id = n.org_id and c.agent_id = n.agent_id and c.password_hash is not null
      ) as is_bound from agent_number n where n.org_id = $1`,
    values: [org],
  })
  return new Map(rows.map((row) => [row.agent_id, row]))
}

/** Two who draw at once: the second waits for the organization's numbers and goes on behind them. */
async function draw(tx: Transaction, org: string, agentIds: readonly string[]): Promise<void> {
  await tx.query({ text: `select pg_advisory_xact_lock(hashtext('agent_number'), hashtext($1))`, values: [org] })
  await tx.query({
    name: 'agent_number_draw',
    text: `insert into agent_number (org_id, agent_id, number)
      select $1, u.id, highest.number + row_number() over (order by u.id)
      from unnest($2::text[]) as u(id),
        (select coalesce(max(number), $3 - 1) as number from agent_number where org_id = $1) as highest
      where not exists (select 1 from agent_number n where n.org_id = $1 and n.agent_id = u.id)`,
    values: [org, [...agentIds], firstNumber],
  })
}

function numbered(agent: Agent, row: Row | undefined): NumberedAgent {
  const invitation =
    row?.invited_wx != null && row.invited_at !== null ? { wx: row.invited_wx, atMs: row.invited_at } : null
  const isBound = agent.status !== 'offline' || row?.is_bound === true
  return { ...agent, number: row?.number ?? 0, picture: row?.picture ?? null, invitation, isBound }
}
