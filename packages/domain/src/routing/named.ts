import type { Actor, HandOver, RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import { present } from '../invariant.ts'
import type { OrganizationState } from '../organization/state.ts'
import { isRoutedByRule } from './candidates.ts'
import { waitedMsOf } from './queue.ts'
import { route } from './route.ts'
import { planBy, unpublished } from './rules.ts'

type Naming = NonNullable<RoutingPlan['named']> & {
  readonly agentId: string
  readonly actor: Actor
  readonly handOver?: HandOver | undefined
}

/** What is to become of a session for this agent; null: neither its rule nor the organization says, or nobody may wait for that agent. */
export function policyForNamed(
  { state }: Pick<Attempt, 'state'>,
  { plan, accountId }: ConversationState,
  agentId: string,
): RoutingPlan['named'] | null {
  const agent = state.agents.get(agentId)
  if (agent === undefined || agent.disabled || !isRoutedByRule(state, accountId)) return null
  return plan?.named ?? state.settings?.sessions.namedAgent ?? null
}

/** Routes a session for an agent whom an app names and who cannot take it now. */
export function routeToNamed(attempt: Attempt, conversationId: string, naming: Naming): void {
  const { state, context } = attempt
  const { agentId, actor, handOver, waitMs } = naming
  const conversation = present(state.conversations.get(conversationId), conversationId)
  const forMs = waitMs === null || waitMs === 0 ? 0 : waitMs + waitedMsOf(conversation, context.atMs)
  const sticky = { agentId, forMs, ...(waitMs === null && { pinned: true }) }
  const plan: RoutingPlan = { ...planOfNamed(state, conversation), sticky }
  const teamId = plan.teamId !== null && state.teams.has(plan.teamId) ? plan.teamId : null
  const causes = { cause: 'transfer', assignCause: 'transfer', queueCause: 'transfer' } as const
  route(attempt, { conversationId, teamId, actor, plan, ...causes, ...(handOver !== undefined && { handOver }) })
}

/** What the session's rule asks besides; the keys stay in alphabetical order, as in the record. */
function planOfNamed({ rules }: OrganizationState, { plan }: ConversationState): RoutingPlan {
  return { ...(plan ?? planBy(rules?.current ?? unpublished, { id: 'named', then: {} }, {})), ruleId: 'named' }
}
