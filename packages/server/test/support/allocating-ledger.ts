// What an allocating app knows: who waits, and every agent's teams, capacity, load and idleness, folded from events.
import type { Json } from './app.ts'

export type Waiting = { readonly conversationId: string; readonly since: string; readonly teamId: string | null }
export type Pick = { readonly conversationId: string; readonly agentId: string }

type KnownAgent = { teams: string[]; capacity: number; load: number; idleSince: string; isOnline: boolean }

export class AllocatingLedger {
  readonly agents = new Map<string, KnownAgent>()
  readonly openids = new Map<string, string>()
  private accountTeams: string[] = []
  private line: Waiting[] = []
  private readonly breaksTies: boolean

  constructor(breaksTies: boolean) {
    this.breaksTies = breaksTies
  }

  /** First come first; those of one instant in the order of the log. */
  waiting(): Waiting[] {
    return this.line.toSorted((one, other) => Date.parse(one.since) - Date.parse(other.since))
  }

  fold({ type, at, facts, personal }: Json): void {
    if (type === 'account.configured') this.accountTeams = facts.teams
    if (type === 'agent.configured') {
      const before = this.agents.get(facts.agentId) ?? { load: 0, idleSince: at, isOnline: false }
      this.agents.set(facts.agentId, { ...before, teams: facts.teams, capacity: facts.capacity })
    }
    if (type === 'agent.status-changed') this.changeStatus(facts.agentId, facts.status === 'online', at)
    if (type === 'conversation.started') this.openids.set(facts.conversationId, personal.openid)
    if (type === 'session.queued' || type === 'session.assigned' || type === 'session.closed')
      this.move(type, at, facts)
  }

  /** The longest wait that somebody can end, and who by the rule; undefined when nobody can. */
  pick(): Pick | undefined {
    for (const { conversationId, teamId } of this.waiting()) {
      const teams = teamId === null ? this.accountTeams : [teamId]
      const [best] = [...this.agents]
        .filter(([, agent]) => agent.isOnline && agent.load < agent.capacity)
        .filter(([, agent]) => teams.length === 0 || agent.teams.some((team) => teams.includes(team)))
        .sort(([id, one], [otherId, other]) => this.byRule(one, other) || (id < otherId ? -1 : 1))
      if (best !== undefined) return { conversationId, agentId: best[0] }
    }
    return undefined
  }

  private byRule(one: KnownAgent, other: KnownAgent): number {
    return one.load - other.load || (this.breaksTies ? Date.parse(one.idleSince) - Date.parse(other.idleSince) : 0)
  }

  private changeStatus(agentId: string, isOnline: boolean, at: string): void {
    const agent = this.agents.get(agentId)
    if (agent === undefined) return
    if (isOnline && !agent.isOnline) agent.idleSince = at
    agent.isOnline = isOnline
  }

  private move(type: string, at: string, { conversationId, from, to, waitingSince, teamId }: Json): void {
    this.line = this.line.filter((one) => one.conversationId !== conversationId)
    if (type === 'session.queued') this.line.push({ conversationId, since: waitingSince, teamId })
    if (from.kind === 'agent') this.count(from.agentId, -1, at)
    if (type === 'session.assigned' && to.kind === 'agent') this.count(to.agentId, 1, at)
  }

  private count(agentId: string, change: number, at: string): void {
    const agent = this.agents.get(agentId)
    if (agent === undefined) return
    agent.load += change
    agent.idleSince = at
  }
}
