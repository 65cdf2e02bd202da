import type { DecisionRecord, RoutingPlan, Strategy } from '@duoke/contract'
import { capacityOf, loadOf, type Wanted } from '../organization/load.ts'
import type { AgentState } from '../organization/state.ts'
import { type Candidate, kindsIn } from './candidates.ts'
import type { PlanNow, SkillWish } from './plan.ts'

export type Ordering = NonNullable<DecisionRecord['ordering']>
/** One number or text of each agent. */
type Figure = Exclude<keyof Candidate, 'kinds'>
type Key = { readonly figure: Figure; readonly first: 'lowest' | 'highest' }

const lowest = (figure: Figure): Key => ({ figure, first: 'lowest' })
const highest = (figure: Figure): Key => ({ figure, first: 'highest' })

/** Each ends with the id, which no two agents share: a stranger finds the same winner. */
const orderings: Record<Strategy, readonly Key[]> = {
  'least-loaded': [lowest('load'), lowest('idleSince'), lowest('agentId')],
  'longest-idle': [lowest('idleSince'), lowest('load'), lowest('agentId')],
  'round-robin': [lowest('givenAt'), lowest('agentId')],
  'most-spare': [highest('spare'), lowest('idleSince'), lowest('agentId')],
  'skill-weighted': [highest('skillLevel'), lowest('load'), lowest('idleSince'), lowest('agentId')],
}

/** The order without a published rule, where somebody declined. */
export const plainOrdering: readonly Key[] = [lowest('declines'), ...orderings['least-loaded']]

/** Whoever declined what still counts comes behind all others, but not before the customer's own agent and the right skills. */
export function orderingOf(plan: RoutingPlan, now: PlanNow, candidates: readonly Candidate[]): readonly Key[] {
  return [
    ...(plan.sticky === null ? [] : [highest('sticky')]),
    ...(now.preferred.length === 0 ? [] : [highest('preferred')]),
    ...(candidates[0]?.declines === undefined ? [] : [lowest('declines')]),
    ...orderings[plan.strategy],
  ]
}

export function compareBy(ordering: readonly Key[]): (left: Candidate, right: Candidate) => number {
  return (left, right) => {
    for (const { figure, first } of ordering) {
      const [a = 0, b = 0] = [left[figure], right[figure]]
      if (a !== b) return a < b === (first === 'lowest') ? -1 : 1
    }
    return 0
  }
}

export const hasSkill = ({ skills = {} }: AgentState, { skill, level }: SkillWish): boolean =>
  (skills[skill] ?? 0) >= level

type Asked = { readonly now: PlanNow; readonly wanted: Wanted }

/** The agent with the figures that the ordering uses, its keys in alphabetical order (record.ts says why). */
export function candidateOf(agent: AgentState, plan: RoutingPlan, { now, wanted }: Asked): Candidate {
  const { agentId, idleSince, givenAt = 0, skills = {} } = agent
  const capacity = capacityOf(agent)
  const load = loadOf(agent)
  const levels = plan.skills.reduce((sum, { skill }) => sum + (skills[skill] ?? 0), 0)
  return {
    agentId,
    capacity,
    ...(plan.strategy === 'round-robin' && { givenAt }),
    idleSince,
    ...kindsIn(agent, wanted),
    load,
    ...(now.preferred.length > 0 && { preferred: now.preferred.filter((wish) => hasSkill(agent, wish)).length }),
    ...(plan.strategy === 'skill-weighted' && { skillLevel: levels }),
    ...(plan.strategy === 'most-spare' && { spare: capacity - load }),
    ...(plan.sticky !== null && { sticky: plan.sticky.agentId === agentId ? 1 : 0 }),
  }
}

/** What decided between the first two candidates, when it was not the first figure; null when it was, or nobody competed. */
export function tieBreakBy(ordering: readonly Key[], candidates: readonly Candidate[]): string | null {
  const [first, second] = candidates
  if (first === undefined || second === undefined) return null
  const place = ordering.findIndex(({ figure }) => first[figure] !== second[figure])
  const key = ordering[place]
  if (place <= 0 || key === undefined) return null
  const equal = ordering.slice(0, place).map(({ figure }) => `${figure} ${first[figure] ?? 0}`)
  const { figure } = key
  return `Equal ${equal.join(', ')}: ${first.agentId} has the ${key.first} ${figure}, ${first[figure] ?? 0} to ${second[figure] ?? 0}`
}
