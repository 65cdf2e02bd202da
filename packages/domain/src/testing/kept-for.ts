import type { RoutingPlan } from '@duoke/contract'
import type { OrganizationState } from '../organization/state.ts'

/** For whom it is kept after so long a wait, by docs/reference/routing.md alone; null: for nobody. */
export function keptFor(state: OrganizationState, plan: Pick<RoutingPlan, 'sticky'>, waitedMs: number): string | null {
  const { sticky } = plan
  const agent = sticky === null ? undefined : state.agents.get(sticky.agentId)
  if (sticky === null || agent === undefined || agent.disabled) return null
  if (sticky.pinned === true) return agent.agentId
  return waitedMs < sticky.forMs && agent.status === 'online' ? agent.agentId : null
}
