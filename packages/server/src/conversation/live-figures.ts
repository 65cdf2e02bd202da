import type { LiveFigures } from '@duoke/contract'
import { type AgentState, capacityOf } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { instant } from './queries.ts'

type WaitingRow = { readonly team_id: string | null; readonly waiting: number; readonly since: number }
type HeldRow = {
  readonly agent_id: string
  readonly open: number
  readonly parked: number
  readonly unanswered: number
  readonly hands: number
}
type AgentRow = { readonly agent_id: string; readonly config: string; readonly load: number | null }

/**
 * How it stands at this moment, from the rows that follow the log: whoever waits by the index of those who wait, what is held
 * by that of what is open. Nothing that is closed is read.
 */
export async function readLive(tx: Transaction, org: string, nowMs: number): Promise<LiveFigures> {
  const waiting = await tx.query<WaitingRow>({
    name: 'live_waiting',
    text: `select team_id, count(*)::int as waiting, min(waiting_since) as since from conversation
      where org_id = $1 and status = 'waiting' group by team_id order by team_id nulls first`,
    values: [org],
  })
  const held = await tx.query<HeldRow>({
    name: 'live_held',
    text: `select holder_id as agent_id,
        count(*) filter (where coalesce(state ->> 'parked', '') = '')::int as open,
        count(*) filter (where coalesce(state ->> 'parked', '') <> '')::int as parked,
        count(*) filter (where unread > 0)::int as unanswered,
        count(*) filter (where state ->> 'hand' is not null)::int as hands
      from conversation where org_id = $1 and status = 'open' and holder_kind = 'agent' group by holder_id`,
    values: [org],
  })
  const agents = await tx.query<AgentRow>({
    name: 'live_agents',
    text: `select agent_id, config::text as config, (config ->> 'load')::int as load from agent
      where org_id = $1 order by agent_id`,
    values: [org],
  })
  const byAgent = new Map(held.rows.map((row) => [row.agent_id, row]))
  const all = waiting.rows.map(({ since }) => since)
  return {
    at: instant(nowMs),
    waiting: waiting.rows.reduce((sum, row) => sum + row.waiting, 0),
    longestSince: all.length === 0 ? null : instant(Math.min(...all)),
    queues: waiting.rows.map((row) => ({
      teamId: row.team_id,
      waiting: row.waiting,
      longestSince: instant(row.since),
    })),
    agents: agents.rows.map((row) => agentFigures(row, byAgent.get(row.agent_id))),
  }
}

function agentFigures({ config, load }: AgentRow, held: HeldRow | undefined): LiveFigures['agents'][number] {
  const agent = JSON.parse(config) as AgentState // written by configuration-store.ts
  const { agentId, status, statusSinceMs, statusReason } = agent
  const { open = 0, parked = 0, unanswered = 0, hands = 0 } = held ?? {}
  return {
    agentId,
    status,
    statusSince: statusSinceMs === undefined ? null : instant(statusSinceMs),
    statusReason: statusReason ?? null,
    capacity: capacityOf(agent),
    load: load ?? open,
    ...{ open, parked, unanswered, hands },
  }
}
