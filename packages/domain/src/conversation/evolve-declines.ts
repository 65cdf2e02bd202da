import type { LoggedEvent } from '@duoke/contract'
import { instantOf } from '../instant.ts'
import { plainLoad } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>

/** From here on it counts as if it had been given to the agent now. */
export function count(agent: AgentState, { facts, position, atMs }: Of<'session.offer-ended'>): void {
  const { conversationId } = facts
  const takes = agent.loads?.[conversationId] ?? plainLoad
  agent.declined = [...(agent.declined ?? []), { conversationId, ...takes }]
  agent.givenAt = position
  agent.idleSince = instantOf(atMs)
}

export function countNoMore(agent: AgentState, conversationId: string): void {
  if (agent.declined === undefined) return
  const declined = agent.declined.filter((one) => one.conversationId !== conversationId)
  delete agent.declined
  if (declined.length > 0) agent.declined = declined
}

/** As if it had left them now. */
export function evolveDeclines(
  state: OrganizationState,
  { facts, atMs }: Of<'session.queued' | 'session.assigned' | 'session.closed' | 'session.parked'>,
): void {
  for (const agentId of facts.countsNoMoreFor ?? []) {
    const agent = state.agents.edit(agentId)
    if (agent?.declined?.some(({ conversationId }) => conversationId === facts.conversationId) !== true) continue
    countNoMore(agent, facts.conversationId)
    agent.idleSince = instantOf(atMs)
  }
}
