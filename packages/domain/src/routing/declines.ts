import type { NewEvent } from '@duoke/contract'
import { lackOf, type Wanted } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'

type Moved = Extract<NewEvent, { type: 'session.queued' | 'session.assigned' }>

/**
 * What counts against the agent as if it had been taken: each session that was declined or left unanswered, until whoever took it
 * serves it no more. The session which is being decided does not: it is its own place.
 */
const countedOf = ({ declined = [] }: AgentState, conversationId: string) =>
  declined.filter((one) => one.conversationId !== conversationId)

export const declinesOf = (agent: AgentState, conversationId: string): number => countedOf(agent, conversationId).length

/** Whether the agent has room for it beside what counts as taken. */
export function hasRoomBeside(agent: AgentState, conversationId: string, wanted: Wanted): boolean {
  if (agent.declined === undefined) return true
  const counted = countedOf(agent, conversationId)
  const loads = Object.fromEntries(counted.map(({ conversationId: id, ...takes }) => [id, takes]))
  const held = [...agent.held, ...counted.map(({ conversationId: id }) => id)]
  return lackOf({ ...agent, held, loads: { ...agent.loads, ...loads } }, wanted) === null
}

/** Against whom the session counts. */
export function declinersOf(state: OrganizationState, conversationId: string): string[] {
  const decliners: string[] = []
  // Nobody declines what was never offered, and then nobody is looked at.
  if ((state.conversations.get(conversationId)?.offerRound ?? 0) === 0) return decliners
  state.agents.forEach(({ agentId, declined }) => {
    if (declined?.some((one) => one.conversationId === conversationId) === true) decliners.push(agentId)
  })
  return decliners
}

/** The event, telling whose places it frees: those of agents who had declined the session. */
export function tellWhomItFrees(state: OrganizationState, event: NewEvent): NewEvent {
  const freed = freedBy(state, event)
  if (freed.length === 0) return event
  const countsNoMoreFor = { countsNoMoreFor: freed }
  switch (event.type) {
    case 'session.queued':
      return { ...event, facts: { ...event.facts, ...countsNoMoreFor } }
    case 'session.assigned':
      return { ...event, facts: { ...event.facts, ...countsNoMoreFor } }
    case 'session.closed':
      return { ...event, facts: { ...event.facts, ...countsNoMoreFor } }
    case 'session.parked':
      return { ...event, facts: { ...event.facts, ...countsNoMoreFor } }
    default:
      return event
  }
}

function freedBy(state: OrganizationState, event: NewEvent): string[] {
  switch (event.type) {
    case 'session.closed':
    case 'session.parked':
      return declinersOf(state, event.facts.conversationId)
    case 'session.queued':
    case 'session.assigned': {
      const { conversationId, from } = event.facts
      const decliners = declinersOf(state, conversationId)
      // Whoever took it serves it no more; or nobody is left who could have taken it.
      if (from.kind === 'agent' || from.kind === 'app' || isPassedByAll(state, event)) return decliners
      const to = event.type === 'session.assigned' && event.facts.to.kind === 'agent' ? event.facts.to.agentId : null
      return decliners.filter((agentId) => agentId === to)
    }
    default:
      return []
  }
}

/** Two or more who are there passed, and nobody is left: none of them gains on another, and one session must not stop the queue. */
function isPassedByAll(state: OrganizationState, { type, facts: { conversationId, decision } }: Moved): boolean {
  if (type !== 'session.queued' || decision === null || decision.candidates > 0) return false
  const { declined = 0, full = 0, kind_full: enough = 0, room_kept: kept = 0 } = decision.excluded
  const { passedBy = [] } = state.conversations.get(conversationId) ?? {}
  // Who has no room beside what they declined is told as `declined` too, and may have it later.
  const passed = passedBy.filter((agentId) => state.agents.get(agentId)?.status === 'online').length
  return declined > 1 && declined <= passed && full + enough + kept === 0
}
