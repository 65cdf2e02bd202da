import type { FairnessOfAgent, FairnessReport, LoggedEvent } from '@duoke/contract'
import type { ConversationState } from '../conversation/state.ts'
import { evolve } from '../evolve.ts'
import { loadTold, plainLoad, type Wanted, wantedFor } from '../organization/load.ts'
import type { OrganizationState } from '../organization/state.ts'
import { percentile } from '../preview/service.ts'
import { exclusionOf, type ServingTeams, servingTeams } from '../routing/candidates.ts'
import { planNow } from '../routing/plan.ts'
import { waitedMsOf, waitsLonger } from '../routing/queue.ts'
import { giniOf } from './gini.ts'

type Assigned = Extract<LoggedEvent, { type: 'session.assigned' }>
type Watched = Pick<FairnessOfAgent, 'given' | 'entitled' | 'direct' | 'onlineMs' | 'declined' | 'unanswered'> & {
  /** Null while not online. */
  onlineSinceMs: number | null
}

const hourMs = 3_600_000

/** Reads the events of a period, and tells how evenly the rules gave sessions and in which turn customers were served. */
export class FairnessMeter {
  private readonly state: OrganizationState
  private readonly agents = new Map<string, Watched>()
  private readonly waits: number[] = []
  /** By session: how often somebody who came later was served before. */
  private readonly overtaken = new Map<string, number>()
  /** Who was asked about what one of them has just taken. */
  private readonly grabbed = new Map<string, readonly string[]>()
  private events = 0

  /** `state` is that of before the period; it is changed in place. */
  constructor(state: OrganizationState, fromMs: number) {
    this.state = state
    state.agents.forEach(({ agentId }) => {
      this.attend(agentId, fromMs)
    })
  }

  take(event: LoggedEvent): void {
    this.events++
    if (event.type === 'session.broadcast-ended' && event.facts.outcome === 'accepted') {
      this.grabbed.set(event.facts.conversationId, event.facts.agentIds)
    }
    if (event.type === 'session.broadcast-left' && event.facts.outcome === 'declined') {
      this.of(event.facts.agentId).declined++
    }
    if (event.type === 'session.assigned') this.assign(event)
    else if (event.type === 'session.offer-ended') {
      const { agentId, outcome } = event.facts
      if (outcome === 'declined') this.of(agentId).declined++
      else if (outcome === 'timed-out') this.of(agentId).unanswered++
    }
    evolve(this.state, event)
    switch (event.type) {
      case 'agent.status-changed':
      case 'agent.configured':
      case 'agent.removed':
        this.attend(event.facts.agentId, event.atMs)
    }
  }

  finish(fromMs: number, toMs: number): FairnessReport {
    const agents = [...this.agents]
      .map(([agentId, watched]) => shown(agentId, watched, toMs))
      .filter(({ given, entitled, direct, onlineMs, declined, unanswered }) =>
        [given, entitled, direct, onlineMs, declined, unanswered].some((figure) => figure > 0),
      )
      .sort((left, right) => (left.agentId < right.agentId ? -1 : 1))
    const waits = this.waits.sort((left, right) => left - right)
    const median = percentile(waits, 0.5)
    let longest = waits.at(-1) ?? null
    for (const conversation of this.state.conversations.values()) {
      if (conversation.holder.kind === 'queue') longest = Math.max(longest ?? 0, waitedMsOf(conversation, toMs))
    }
    const overtaken = [...this.overtaken.values()]
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      events: this.events,
      given: agents.reduce((sum, { given }) => sum + given, 0),
      gini: giniOf(agents.flatMap(({ perHour }) => (perHour === null ? [] : [perHour]))),
      waitMs: { median, longest, longestToMedian: median === null || longest === null ? null : longest / median },
      overtakings: {
        total: overtaken.reduce((sum, times) => sum + times, 0),
        most: overtaken.reduce((most, times) => Math.max(most, times), 0),
      },
      agents,
    }
  }

  private assign({ facts, atMs }: Assigned): void {
    const { to, decision, conversationId } = facts
    const conversation = this.state.conversations.get(conversationId)
    if (to.kind !== 'agent' || conversation === undefined) return
    const asked = this.grabbed.get(conversationId)
    this.grabbed.delete(conversationId)
    const isByRules = decision !== null && decision.candidates > 0 && facts.cause !== 'transfer'
    if (asked !== undefined && facts.cause === 'accept') {
      this.of(to.agentId).given++
      this.share(asked)
    } else if (!isByRules) this.of(to.agentId).direct++
    else {
      this.of(to.agentId).given++
      this.entitle(facts, to.agentId, this.teamsFor(conversation, facts, atMs))
    }
    const waitedMs = waitedMsOf(conversation, atMs)
    // The queue also holds for an instant whom nobody lets wait.
    if (waitedMs > 0) this.waits.push(waitedMs)
    if (conversation.holder.kind === 'queue') this.countOvertaken(conversation)
  }

  private teamsFor(conversation: ConversationState, facts: Assigned['facts'], atMs: number): ServingTeams {
    const { holder, accountId } = conversation
    const plan = facts.plan ?? conversation.plan
    if (plan !== undefined) return planNow(this.state, plan, accountId, waitedMsOf(conversation, atMs)).teams
    return servingTeams(this.state, holder.kind === 'queue' ? holder.teamId : null, accountId)
  }

  /** Whoever got it could take it; whom it was taken from could not. */
  private entitle(facts: Assigned['facts'], winner: string, teams: ServingTeams): void {
    const { from } = facts
    const wanted: Wanted = wantedFor(this.state, loadTold(facts) ?? plainLoad)
    const giver = from.kind === 'agent' ? from.agentId : null
    const able = [winner]
    this.state.agents.forEach((agent) => {
      const { agentId } = agent
      if (agentId !== winner && agentId !== giver && exclusionOf(agent, teams, wanted) === null) able.push(agentId)
    })
    this.share(able)
  }

  private share(able: readonly string[]): void {
    for (const agentId of able) this.of(agentId).entitled += 1 / able.length
  }

  private countOvertaken(served: ConversationState): void {
    const { holder, accountId, lineSinceMs, waitingSinceMs, holderPosition } = served
    if (holder.kind !== 'queue') return
    const own = { conversationId: served.id, sinceMs: lineSinceMs ?? waitingSinceMs ?? 0, position: holderPosition }
    for (const line of this.state.lines.values()) {
      if (line.accountId !== accountId || line.teamId !== holder.teamId) continue
      for (const entry of line.entries) {
        if (!waitsLonger(entry, own)) break
        const other = this.state.conversations.get(entry.conversationId)
        if (other === undefined || other.sessionId === null || priorityOf(other) < priorityOf(served)) continue
        this.overtaken.set(other.sessionId, (this.overtaken.get(other.sessionId) ?? 0) + 1)
      }
    }
  }

  private attend(agentId: string, atMs: number): void {
    const watched = this.of(agentId)
    pass(watched, atMs)
    const agent = this.state.agents.get(agentId)
    watched.onlineSinceMs = agent?.status === 'online' && !agent.disabled ? atMs : null
  }

  private of(agentId: string): Watched {
    const known = this.agents.get(agentId)
    if (known !== undefined) return known
    const figures = { given: 0, entitled: 0, direct: 0, onlineMs: 0, declined: 0, unanswered: 0 }
    const watched = { ...figures, onlineSinceMs: null }
    this.agents.set(agentId, watched)
    return watched
  }
}

const priorityOf = ({ plan }: ConversationState): number => plan?.priority ?? 0

function pass(watched: Watched, atMs: number): void {
  if (watched.onlineSinceMs !== null) watched.onlineMs += Math.max(0, atMs - watched.onlineSinceMs)
}

function shown(agentId: string, watched: Watched, toMs: number): FairnessOfAgent {
  pass(watched, toMs)
  const { given, entitled, direct, onlineMs, declined, unanswered } = watched
  const deviation = entitled === 0 ? null : given / entitled - 1
  const perHour = onlineMs === 0 ? null : (given * hourMs) / onlineMs
  return { agentId, given, entitled, deviation, direct, onlineMs, perHour, declined, unanswered }
}
