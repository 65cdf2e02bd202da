import type { RoutingPlan } from '@duoke/contract'
import type { OrganizationState } from '../organization/state.ts'
import { type ServingTeams, servingTeams } from './candidates.ts'

export type SkillWish = RoutingPlan['skills'][number]

/** What the plan asks after so long a wait: it only ever lets more agents serve, so that who waited longer can be served first. */
export type PlanNow = {
  readonly teams: ServingTeams
  readonly required: readonly SkillWish[]
  readonly preferred: readonly SkillWish[]
  /** Nobody else may serve while this agent is there. */
  readonly keptFor: RoutingPlan['sticky']
}

export const isPinned = ({ pinned = false }: NonNullable<RoutingPlan['sticky']>): boolean => pinned

export function planNow(state: OrganizationState, plan: RoutingPlan, accountId: string, waitedMs: number): PlanNow {
  const isRelaxed = ({ relaxAfterMs }: SkillWish) => relaxAfterMs !== null && relaxAfterMs <= waitedMs
  const required = plan.skills.filter((wish) => wish.required && !isRelaxed(wish))
  const { sticky } = plan
  return {
    teams: teamsNow(state, plan, accountId, waitedMs),
    required,
    preferred: plan.skills.filter((wish) => !required.includes(wish)),
    keptFor: sticky !== null && (isPinned(sticky) || waitedMs < sticky.forMs) ? sticky : null,
  }
}

/** No teams means that everyone serves, and then nobody overflows. */
function teamsNow(state: OrganizationState, plan: RoutingPlan, accountId: string, waitedMs: number): ServingTeams {
  const teamId = plan.teamId !== null && state.teams.has(plan.teamId) ? plan.teamId : null
  const first = servingTeams(state, teamId, accountId)
  if (first.length === 0 || plan.overflow.length === 0) return first
  const more = plan.overflow.filter(({ afterMs, teamId: team }) => afterMs <= waitedMs && state.teams.has(team))
  return [...new Set([...first, ...more.map(({ teamId: team }) => team)])]
}

/** After which waits, in milliseconds, the plan asks for something else; in no order. */
export function stepsOf({ skills, overflow, sticky }: RoutingPlan): number[] {
  const steps = [
    ...skills.map(({ required, relaxAfterMs }) => (required ? relaxAfterMs : null)),
    ...overflow.map(({ afterMs }) => afterMs),
    sticky?.forMs ?? null,
  ]
  return steps.filter((step) => step !== null)
}

/** When the plan next changes by waiting, in milliseconds of waiting; null when it does no more. */
export function nextStepMs(plan: RoutingPlan, waitedMs: number): number | null {
  const { maxWaitMs, overflowApp, messageBox } = plan
  const ends = [maxWaitMs, overflowApp?.afterMs ?? null, messageBox?.afterMs ?? null].filter((end) => end !== null)
  const steps = [...stepsOf(plan), ...ends].filter((step) => step > waitedMs)
  return steps.length === 0 ? null : Math.min(...steps)
}

/** Those of equal plans wait in one line: whoever waits longer in it is asked for first, and can be served whenever the next can. */
export function lineMarkOf(plan: RoutingPlan | undefined): string {
  if (plan === undefined) return ''
  const { sticky, ...rest } = plan
  return JSON.stringify(sticky === null || (sticky.forMs === 0 && !isPinned(sticky)) ? rest : plan)
}

const defaultAgeingMs = 60_000

export function ageingOf(ageingMs: number | null | undefined): number | null {
  return ageingMs === undefined ? defaultAgeingMs : ageingMs
}

/** Waiting raises it: nobody is overtaken by who came later than the difference in priority times the ageing. */
export function effectivePriority(plan: RoutingPlan | undefined, waitedMs: number): number {
  const ageingMs = plan === undefined ? defaultAgeingMs : plan.ageingMs
  return (plan?.priority ?? 0) + (ageingMs === null ? 0 : Math.floor(Math.max(0, waitedMs) / ageingMs))
}
