import type { Agent, PublicEvent } from '@duoke/contract'

/** What the log says about agents, folded into what was last read of them. Loads are read anew; they follow from too much. */
export function applyToAgents(agents: ReadonlyMap<string, Agent>, event: PublicEvent): ReadonlyMap<string, Agent> {
  switch (event.type) {
    case 'agent.status-changed':
      return withStatus(agents, event)
    case 'agent.capacity-changed':
      return withCapacity(agents, event)
    case 'agent.configured': {
      const { agentId, role, teams, capacity, disabled, skills } = event.facts
      const nickname = event.personal?.nickname ?? agents.get(agentId)?.nickname ?? agentId
      const before = agents.get(agentId) ?? { status: 'offline' as const, load: 0 }
      const configured = { nickname, role, teams, capacity, disabled, skills }
      return new Map(agents).set(agentId, { ...before, id: agentId, ...configured })
    }
    case 'agent.removed': {
      const rest = new Map(agents)
      rest.delete(event.facts.agentId)
      return rest
    }
    default:
      return agents
  }
}

type Of<T extends PublicEvent['type']> = Extract<PublicEvent, { type: T }>

function withStatus(agents: ReadonlyMap<string, Agent>, { facts, at }: Of<'agent.status-changed'>) {
  const { agentId, status, reason } = facts
  const agent = agents.get(agentId)
  if (agent === undefined) return agents
  const { statusReason: _before, ...rest } = agent
  const since = agent.status === status ? agent.statusSince : at
  const told = {
    ...(since !== undefined && { statusSince: since }),
    ...(reason !== undefined && { statusReason: reason }),
  }
  return new Map(agents).set(agentId, { ...rest, status, ...told })
}

function withCapacity(agents: ReadonlyMap<string, Agent>, { facts }: Of<'agent.capacity-changed'>) {
  const { agentId, capacity, until } = facts
  const agent = agents.get(agentId)
  if (agent === undefined) return agents
  const { temporaryCapacity: _before, ...rest } = agent
  return new Map(agents).set(agentId, { ...rest, ...(capacity !== null && { temporaryCapacity: { capacity, until } }) })
}
