import type { Agent, PublicEvent } from '@duoke/contract'

/** What the log says about agents, folded into what was last read of them. Loads are read anew; they follow from too much. */
export function applyToAgents(agents: ReadonlyMap<string, Agent>, event: PublicEvent): ReadonlyMap<string, Agent> {
  switch (event.type) {
    case 'agent.status-changed':
      return changed(agents, event.facts.agentId, { status: event.facts.status })
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

function changed(agents: ReadonlyMap<string, Agent>, id: string, change: Partial<Agent>): ReadonlyMap<string, Agent> {
  const agent = agents.get(id)
  return agent === undefined ? agents : new Map(agents).set(id, { ...agent, ...change })
}
