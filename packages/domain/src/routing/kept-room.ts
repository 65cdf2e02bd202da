import type { RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import { capacityOf, loadOf, wantedBy } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'
import { isRoutedByRule } from './candidates.ts'
import { mayServe } from './may-serve.ts'
import { ageingOf } from './plan.ts'
import { headOf } from './queue.ts'

/** How somebody stands among those who wait; who comes now comes after them all. */
type Standing = { readonly sinceMs: number; readonly position: number; readonly priority: number }

/** Somebody who waits and takes more than one place of an agent. */
export type Keeper = Standing & {
  readonly conversationId: string
  readonly ageingMs: number | null
  /** Whether the agent could serve them, if only there were more room. */
  readonly keeps: (agent: AgentState) => boolean
}

/**
 * Those for whom room is kept: who takes more than one place would otherwise wait for ever, while those who take one are given each
 * place as it becomes free. Of each line the first is enough, as all of it take the same.
 */
export function keepersOf(attempt: Pick<Attempt, 'state' | 'context'>): readonly Keeper[] {
  const { state, context } = attempt
  const keepers: Keeper[] = []
  for (const conversation of heavyHeads(state)) {
    const { plan, id: conversationId } = conversation
    const wanted = wantedBy(state, conversation)
    const isFit = mayServe(attempt, conversation, { ...wanted, weight: 0 })
    keepers.push({
      conversationId,
      ...standingOf(conversation, plan, context.atMs),
      ageingMs: plan === undefined ? ageingOf(undefined) : plan.ageingMs,
      keeps(agent) {
        const capacity = capacityOf(agent)
        if (wanted.weight > capacity || loadOf(agent) + wanted.weight <= capacity) return false
        return !conversation.passedBy.includes(agent.agentId) && isFit(agent)
      },
    })
  }
  return keepers
}

function heavyHeads(state: OrganizationState): ConversationState[] {
  const heads: ConversationState[] = []
  for (const line of state.lines.values()) {
    const conversation = state.conversations.get(headOf(line)?.conversationId ?? '')
    if (conversation?.takes === undefined || conversation.takes.weight === 1) continue
    if (isRoutedByRule(state, line.accountId)) heads.push(conversation)
  }
  return heads
}

/** Whether for anybody room may be kept. */
export const isRoomKept = (state: OrganizationState): boolean => heavyHeads(state).length > 0

function standingOf(
  { holder, lineSinceMs, waitingSinceMs, holderPosition }: ConversationState,
  plan: RoutingPlan | undefined,
  atMs: number,
): Standing {
  const priority = plan?.priority ?? 0
  if (holder.kind !== 'queue') return { sinceMs: atMs, position: Number.POSITIVE_INFINITY, priority }
  return { sinceMs: lineSinceMs ?? waitingSinceMs ?? atMs, position: holderPosition, priority }
}

/** By what bounds starvation: the other came later than the difference in priority times the ageing. */
function standsBefore(keeper: Keeper, other: Standing): boolean {
  const isEarlier =
    keeper.sinceMs < other.sinceMs || (keeper.sinceMs === other.sinceMs && keeper.position < other.position)
  const ahead = keeper.priority - other.priority
  if (keeper.ageingMs === null) return ahead === 0 ? isEarlier : ahead > 0
  const leadMs = other.sinceMs - keeper.sinceMs + ahead * keeper.ageingMs
  return leadMs === 0 ? isEarlier : leadMs > 0
}

const never = (): boolean => false

/** Whether an agent's room is kept from this conversation, for somebody who stands before it. */
export function keptFrom(
  attempt: Pick<Attempt, 'state' | 'context'>,
  conversation: ConversationState,
  plan: RoutingPlan | undefined,
  keepers = keepersOf(attempt),
): (agent: AgentState) => boolean {
  if (keepers.length === 0) return never
  const own = standingOf(conversation, plan, attempt.context.atMs)
  const before = keepers.filter((keeper) => keeper.conversationId !== conversation.id && standsBefore(keeper, own))
  return before.length === 0 ? never : (agent) => before.some(({ keeps }) => keeps(agent))
}
