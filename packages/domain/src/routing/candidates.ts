import type { DecisionRecord } from '@duoke/contract'
import { capacityOf, countOf, lackOf, loadOf, type Wanted } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'
import { declinesOf, hasRoomBeside } from './declines.ts'

/** Why an agent cannot be given a conversation. */
export type Unfitness = 'not_in_team' | 'disabled' | 'offline' | 'away' | 'full' | 'kind_full'
/** Why one was passed over. */
export type Exclusion =
  | Unfitness
  | 'transferring'
  | 'manual_routing'
  | 'declined'
  | 'missing_skill'
  | 'outside_hours'
  | 'kept_for_another'
  | 'room_kept'
export type Candidate = DecisionRecord['candidates'][number]

/** Teams of which an agent must be in one; none means that every agent may serve. */
export type ServingTeams = readonly string[]

/** Who serves a conversation: the team it was transferred to, else the account's teams, else everyone. */
export function servingTeams(state: OrganizationState, teamId: string | null, accountId: string): ServingTeams {
  return teamId === null ? (state.accounts.get(accountId)?.settings.teams ?? []) : [teamId]
}

export function isInTeam(agent: AgentState, teams: ServingTeams): boolean {
  return teams.length === 0 || agent.teams.some((team) => teams.includes(team))
}

/** The first reason, in this order, for which the agent cannot be given a conversation; null when they can. */
export function exclusionOf(agent: AgentState, teams: ServingTeams, wanted: Wanted): Unfitness | null {
  if (!isInTeam(agent, teams)) return 'not_in_team'
  if (agent.disabled) return 'disabled'
  if (agent.status !== 'online') return agent.status
  return lackOf(agent, wanted)
}

/** Of the kinds that are limited how many the agent has; left out where none is. */
export function kindsIn(agent: AgentState, { kinds }: Wanted): { kinds?: Record<string, number> } {
  return kinds.length === 0 ? {} : { kinds: Object.fromEntries(kinds.map(({ kind }) => [kind, countOf(agent, kind)])) }
}

const text = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** Fewest declines, least loaded, then longest idle, then by id: a total order, so that a stranger finds the same winner. */
export function byPreference(left: Candidate, right: Candidate): number {
  const declines = (left.declines ?? 0) - (right.declines ?? 0)
  const byTurn = text(left.idleSince, right.idleSince) || text(left.agentId, right.agentId)
  return declines || left.load - right.load || byTurn
}

export type Field = {
  /** In order of preference. */
  readonly candidates: Candidate[]
  readonly excluded: Map<Exclusion, AgentState[]>
}

/** Whether the rule gives this account's conversations; otherwise people and apps do. */
export function isRoutedByRule(state: OrganizationState, accountId: string): boolean {
  return state.accounts.get(accountId)?.settings.routing !== 'manual'
}

/** Looks at nobody: routing is manual. */
export function passOverAll(state: OrganizationState): Field {
  const agents = [...state.agents.values()]
  return { candidates: [], excluded: new Map(agents.length === 0 ? [] : [['manual_routing', agents]]) }
}

export function passOver(excluded: Field['excluded'], reason: Exclusion, agent: AgentState): void {
  const agents = excluded.get(reason)
  if (agents === undefined) excluded.set(reason, [agent])
  else agents.push(agent)
}

export type PassingOver = {
  /** Hands the conversation over, or releases it. */
  readonly giver: string | null
  /** Declined it, or did not answer. */
  readonly passedBy: readonly string[]
  readonly conversationId: string
  /** Whether the agent's room is kept for somebody who waits. */
  readonly isKept: (agent: AgentState) => boolean
}

/** Why an agent who is fit for it is passed over all the same; null: they are not. */
export function passedOver(
  agent: AgentState,
  { conversationId, passedBy, isKept }: PassingOver,
  wanted: Wanted,
): 'declined' | 'room_kept' | null {
  if (passedBy.includes(agent.agentId) || !hasRoomBeside(agent, conversationId, wanted)) return 'declined'
  return isKept(agent) ? 'room_kept' : null
}

/** The figure in its place among the keys, which are in alphabetical order (record.ts says why): of all, or of nobody where none declined. */
export function withDeclines(candidates: readonly Candidate[], declines: readonly number[]): Candidate[] {
  if (declines.every((count) => count === 0)) return [...candidates]
  return candidates.map(({ agentId, capacity, ...figures }, at) => {
    return { agentId, capacity, declines: declines[at] ?? 0, ...figures }
  })
}

/** Looks at every agent once. */
export function surveyAgents(state: OrganizationState, teams: ServingTeams, wanted: Wanted, over: PassingOver): Field {
  const candidates: Candidate[] = []
  const declines: number[] = []
  const excluded: Field['excluded'] = new Map()
  state.agents.forEach((agent) => {
    const { agentId, idleSince } = agent
    const reason =
      agentId === over.giver ? 'transferring' : (exclusionOf(agent, teams, wanted) ?? passedOver(agent, over, wanted))
    if (reason === null) {
      declines.push(declinesOf(agent, over.conversationId))
      candidates.push({
        agentId,
        capacity: capacityOf(agent),
        idleSince,
        ...kindsIn(agent, wanted),
        load: loadOf(agent),
      })
    } else {
      passOver(excluded, reason, agent)
    }
  })
  return { candidates: withDeclines(candidates, declines).sort(byPreference), excluded }
}
