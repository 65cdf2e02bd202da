import type { LoadSettings } from '@duoke/contract'
import type { ConversationState } from '../conversation/state.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'

type Taken = { readonly weight: number; readonly kinds: readonly string[] }
const one: Taken = { weight: 1, kinds: [] }

/** The agent as if what they declined had been taken; but for what is asked of them, which is its own place. */
export function asIfTaken(agent: AgentState, { id }: Pick<ConversationState, 'id'>): AgentState {
  const { declined = [], held, loads = {} } = agent
  const others = declined.filter(({ conversationId }) => conversationId !== id)
  const taken = Object.fromEntries(
    others.map(({ conversationId, weight, kinds }) => [conversationId, { weight, kinds }]),
  )
  return { ...agent, held: [...held, ...Object.keys(taken)], loads: { ...loads, ...taken } }
}

function takenBy({ held, offered, broadcasts, loads = {}, wrapUps }: AgentState): Taken[] {
  const wrapped = wrapUps.filter(({ takesCapacity }) => takesCapacity).map(({ takes }) => takes ?? one)
  return [...[...held, ...offered, ...broadcasts].map((id) => loads[id] ?? one), ...wrapped]
}

/** How much more an agent could be given, by docs/reference/routing.md alone. */
export function spareOf(agent: AgentState): number {
  const capacity = agent.temporaryCapacity?.capacity ?? agent.capacity
  return capacity - takenBy(agent).reduce((sum, { weight }) => sum + weight, 0)
}

export const weightOf = ({ takes = one }: ConversationState): number => takes.weight

/** Whether the agent has not enough yet of any kind that the customer is of. */
export function isKindFree(state: OrganizationState, agent: AgentState, { takes = one }: ConversationState): boolean {
  const { customerKinds }: LoadSettings = state.settings?.load ?? {}
  return takes.kinds.every((kind) => {
    const count = takenBy(agent).filter(({ kinds }) => kinds.includes(kind)).length
    return count < (customerKinds?.[kind]?.most ?? Number.POSITIVE_INFINITY)
  })
}

/** The agent as before this was given or offered. */
export function without(agent: AgentState, conversationId: string): AgentState {
  const others = (ids: readonly string[]) => ids.filter((id) => id !== conversationId)
  return { ...agent, held: others(agent.held), offered: others(agent.offered), broadcasts: others(agent.broadcasts) }
}

/** Whether the agent could serve who waits once there is room: it is not more than the whole capacity, nor one too many of a kind. */
export function couldTake(state: OrganizationState, agent: AgentState, waiting: ConversationState): boolean {
  const capacity = agent.temporaryCapacity?.capacity ?? agent.capacity
  return weightOf(waiting) <= capacity && isKindFree(state, agent, waiting)
}

type Serves = (waiting: ConversationState) => boolean

/**
 * Whether the agent's room is kept for somebody who stands before this one: who takes more than there is, but no more than the whole
 * capacity, and whom the agent could serve but for that. `all` is everybody who waits, `serves` who of them suits the agent.
 */
export function isKeptFrom(
  state: OrganizationState,
  agent: AgentState,
  asked: ConversationState,
  all: readonly ConversationState[],
  serves: Serves,
): boolean {
  const spare = spareOf(agent)
  const capacity = agent.temporaryCapacity?.capacity ?? agent.capacity
  const sinceOf = ({ lineSinceMs, waitingSinceMs }: ConversationState) => lineSinceMs ?? waitingSinceMs ?? 0
  return all.some((other) => {
    const weight = weightOf(other)
    if (other.id === asked.id || weight === 1 || weight <= spare || weight > capacity || spare < 0) return false
    if (!serves(other) || !isKindFree(state, agent, other)) return false
    const ageingMs = other.plan === undefined ? 60_000 : other.plan.ageingMs
    const ahead = (other.plan?.priority ?? 0) - (asked.plan?.priority ?? 0)
    const earlierMs = sinceOf(asked) - sinceOf(other)
    const isEarlier = earlierMs > 0 || (earlierMs === 0 && other.holderPosition < asked.holderPosition)
    if (ageingMs === null) return ahead === 0 ? isEarlier : ahead > 0
    const leadMs = earlierMs + ahead * ageingMs
    return leadMs > 0 || (leadMs === 0 && isEarlier)
  })
}
