import type { DecisionRecord } from '@duoke/contract'
import { capacityOf, countOf, fullKind, loadOf, type Wanted } from '../organization/load.ts'
import type { AgentState } from '../organization/state.ts'
import type { Exclusion, Field } from './candidates.ts'
import { declinesOf } from './declines.ts'
import { hasSkill } from './ordering.ts'
import type { SkillWish } from './plan.ts'

type Group = DecisionRecord['excluded'][number]

/** What was decided on. */
type Of = {
  readonly conversationId: string
  readonly required: readonly SkillWish[]
  readonly wanted: Wanted
}

/** Those of whom the reason itself does not say whether they were there. */
const statusUnsaid: ReadonlySet<Exclusion> = new Set(['transferring', 'not_in_team', 'missing_skill'])

/** Who was passed over and with what figures, in the canonical order of the record. */
export function excludedIn({ excluded }: Field, of: Of): Group[] {
  return [...excluded]
    .map(([reason, agents]) => groupOf(reason, agents.sort(byId), of))
    .sort((left, right) => (left.reason < right.reason ? -1 : 1))
}

const byId = (left: AgentState, right: AgentState): number => (left.agentId < right.agentId ? -1 : 1)

/** Keys in alphabetical order. */
function groupOf(reason: Exclusion, agents: readonly AgentState[], { conversationId, required, wanted }: Of): Group {
  const agentIds = agents.map(({ agentId }) => agentId)
  if (reason === 'manual_routing') return { agentIds, reason }
  const missing = reason === 'missing_skill' ? agents.map((agent) => missingOf(agent, required)) : null
  const full = reason === 'kind_full' ? agents.map((agent) => enoughOf(agent, wanted)) : null
  const declines = reason === 'declined' ? agents.map((agent) => declinesOf(agent, conversationId)) : []
  return {
    agentIds,
    capacities: agents.map(capacityOf),
    ...(full !== null && { counts: full.map(({ count }) => count), kinds: full.map(({ kind }) => kind) }),
    ...(declines.some((count) => count > 0) && { declines }),
    ...(missing !== null && { levels: missing.map(({ level }) => level) }),
    loads: agents.map(loadOf),
    reason,
    ...(missing !== null && { skills: missing.map(({ skill }) => skill) }),
    ...(statusUnsaid.has(reason) && { statuses: agents.map(({ status }) => status) }),
  }
}

function missingOf(agent: AgentState, required: readonly SkillWish[]): { skill: string; level: number } {
  const { skill = '' } = required.find((wish) => !hasSkill(agent, wish)) ?? {}
  return { skill, level: agent.skills?.[skill] ?? 0 }
}

function enoughOf(agent: AgentState, wanted: Wanted): { kind: string; count: number } {
  const kind = fullKind(agent, wanted) ?? ''
  return { kind, count: countOf(agent, kind) }
}
