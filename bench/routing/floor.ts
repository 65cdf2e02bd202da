// The least that a program must do to choose the same: plain arrays, looked through from the front. No log, no events, no ids, no
// record of why, no teams, hours, priorities, offers or limits; a skill is looked up where the rules are asked one after the other.
import { type OrganizationState, waitingInOrder } from '@duoke/domain'

type FloorAgent = {
  readonly agentId: string
  readonly capacity: number
  readonly skills: ReadonlySet<string>
  /** Openids, oldest hold first. */
  readonly held: string[]
  idleSinceMs: number
}
type Waiting = { readonly openid: string; readonly skill: string }

export type Floor = {
  /** Who is given the customer; '' where the customer waits. */
  arrives(openid: string, skill: string, nowMs: number): string
  /** The agent closes what was held longest. Answers whose it was, and who is served next; '' for nobody. */
  closes(agentId: string, nowMs: number, openid?: string): { readonly closed: string; readonly next: string }
}

/** Begins with what Duoke holds at this moment. */
export function createFloor(state: OrganizationState, openidOf: (conversationId: string) => string): Floor {
  const agents: FloorAgent[] = [...state.agents.values()].map(({ agentId, capacity, skills, held, idleSince }) => ({
    agentId,
    capacity,
    skills: new Set(Object.keys(skills ?? {})),
    held: held.map(openidOf),
    idleSinceMs: Date.parse(idleSince),
  }))
  const byId = new Map(agents.map((agent) => [agent.agentId, agent]))
  const waiting: Waiting[] = waitingInOrder(state).map(({ conversationId }) => ({
    openid: openidOf(conversationId),
    skill: state.conversations.get(conversationId)?.plan?.skills[0]?.skill ?? '',
  }))

  function give(agent: FloorAgent, openid: string, nowMs: number): void {
    agent.held.push(openid)
    agent.idleSinceMs = nowMs
  }

  return {
    arrives(openid, skill, nowMs) {
      let best: FloorAgent | undefined
      for (const agent of agents) {
        if (agent.held.length >= agent.capacity || !agent.skills.has(skill)) continue
        if (best === undefined || comesBefore(agent, best)) best = agent
      }
      if (best === undefined) waiting.push({ openid, skill })
      else give(best, openid, nowMs)
      return best?.agentId ?? ''
    },
    closes(agentId, nowMs, openid) {
      const agent = byId.get(agentId)
      if (agent === undefined) throw new Error(`There is no ${agentId}.`)
      const place = openid === undefined ? 0 : agent.held.indexOf(openid)
      const [closed = ''] = agent.held.splice(place, 1)
      agent.idleSinceMs = nowMs
      const at = waiting.findIndex(({ skill }) => agent.skills.has(skill))
      const [next] = at === -1 ? [] : waiting.splice(at, 1)
      if (next !== undefined) give(agent, next.openid, nowMs)
      return { closed, next: next?.openid ?? '' }
    },
  }
}

function comesBefore(left: FloorAgent, right: FloorAgent): boolean {
  if (left.held.length !== right.held.length) return left.held.length < right.held.length
  if (left.idleSinceMs !== right.idleSinceMs) return left.idleSinceMs < right.idleSinceMs
  return left.agentId < right.agentId
}
