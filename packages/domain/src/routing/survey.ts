import type { RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { Wanted } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'
import {
  type Candidate,
  type Exclusion,
  exclusionOf,
  type Field,
  isInTeam,
  type PassingOver,
  passedOver,
  passOver,
  type ServingTeams,
  withDeclines,
} from './candidates.ts'
import { declinesOf } from './declines.ts'
import { isTeamOpen } from './opening.ts'
import { candidateOf, compareBy, hasSkill, orderingOf } from './ordering.ts'
import { isPinned, type PlanNow, planNow } from './plan.ts'

/** Who may serve by a plan at one moment: made once for all agents. */
export type Bar = {
  readonly now: PlanNow
  /** Of the serving teams those within their hours. */
  readonly open: ServingTeams
  readonly keptFor: string | null
  readonly wanted: Wanted
}

export function barOf(
  { state, context }: Pick<Attempt, 'state' | 'context'>,
  plan: RoutingPlan,
  accountId: string,
  waitedMs: number,
  wanted: Wanted,
): Bar {
  const now = planNow(state, plan, accountId, waitedMs)
  const open = now.teams.filter((teamId) => isTeamOpen(state, teamId, context))
  return { now, open, keptFor: keeperIn(state, now.keptFor), wanted }
}

/** It is kept for somebody who is there or, where it is pinned, may come. */
function keeperIn(state: OrganizationState, keptFor: RoutingPlan['sticky']): string | null {
  const agent = keptFor === null ? undefined : state.agents.get(keptFor.agentId)
  if (keptFor === null || agent === undefined || agent.disabled) return null
  return isPinned(keptFor) || agent.status === 'online' ? keptFor.agentId : null
}

/** The first reason, in this order, for which the agent cannot be given the conversation; null when they can. */
export function exclusionBy(agent: AgentState, { now, open, keptFor, wanted }: Bar): Exclusion | null {
  if (!isInTeam(agent, now.teams)) return 'not_in_team'
  if (now.required.some((wish) => !hasSkill(agent, wish))) return 'missing_skill'
  const unfit = exclusionOf(agent, [], wanted)
  if (unfit !== null) return unfit
  if (now.teams.length > 0 && (open.length === 0 || !isInTeam(agent, open))) return 'outside_hours'
  return keptFor === null || keptFor === agent.agentId ? null : 'kept_for_another'
}

/** Looks at every agent once. */
export function surveyByPlan(state: OrganizationState, plan: RoutingPlan, bar: Bar, over: PassingOver): Field {
  const candidates: Candidate[] = []
  const declines: number[] = []
  const excluded: Field['excluded'] = new Map()
  state.agents.forEach((agent) => {
    const isGiver = agent.agentId === over.giver
    const reason = isGiver ? 'transferring' : (exclusionBy(agent, bar) ?? passedOver(agent, over, bar.wanted))
    if (reason === null) {
      declines.push(declinesOf(agent, over.conversationId))
      candidates.push(candidateOf(agent, plan, bar))
    } else passOver(excluded, reason, agent)
  })
  const told = withDeclines(candidates, declines)
  return { candidates: told.sort(compareBy(orderingOf(plan, bar.now, told))), excluded }
}
