import type { Facts, LoggedEvent, PreviewedAgent, PreviewedService } from '@duoke/contract'
import { agentsIn } from '../conversation/evolve-broadcast.ts'
import { loadOf } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'

export type ServiceBounds = {
  /** Served within this counts as in time. */
  readonly withinMs: number
  /** Whoever waits for longer starves. */
  readonly starvationMs: number
}

type Watched = {
  given: number
  declined: number
  peak: number
  /** Since `sinceMs`; sums of milliseconds until then. */
  load: number
  isOnline: boolean
  sinceMs: number
  onlineMs: number
  loadMs: number
  busyMs: number
}

/** What customers and agents had of a stretch of events, whether they happened or were simulated. */
export class ServiceMeter {
  private readonly waits: number[] = []
  private readonly agents = new Map<string, Watched>()
  private readonly bounds: ServiceBounds
  private sessions = 0
  private abandoned = 0
  private refused = 0
  private left = 0
  private leftAfterWait = 0
  /** Messages left that are taken: nobody waited for it. */
  private readonly taken = new Set<string>()

  constructor(bounds: ServiceBounds, start: OrganizationState, fromMs: number) {
    this.bounds = bounds
    start.agents.forEach((agent) => {
      this.watch(agent, fromMs)
    })
  }

  /** `state` is that of after the event. */
  take(event: LoggedEvent, state: OrganizationState): void {
    switch (event.type) {
      case 'session.opened':
        this.sessions++
        return
      case 'session.queued':
        this.look(state, event.facts.from, event.atMs)
        return
      case 'session.assigned': {
        const { from, to, conversationId } = event.facts
        const isTaken = this.taken.delete(conversationId)
        this.look(state, from, event.atMs)
        if (to.kind !== 'agent') return
        this.look(state, to, event.atMs).given++
        // Who is handed on by an agent or app did not wait.
        if (from.kind === 'queue') this.waits.push(Math.max(0, event.atMs - Date.parse(from.since)))
        else if (from.kind === 'nobody' && !isTaken) this.waits.push(0)
        return
      }
      case 'session.closed':
        this.look(state, event.facts.from, event.atMs)
        if (event.facts.cause === 'refused') this.refused++
        else if (event.facts.cause === 'message-left') this.leave(event.facts.from, event.atMs)
        else if (event.facts.from.kind === 'queue') this.abandoned++
        return
      case 'message-box.taken':
        this.taken.add(event.facts.conversationId)
        return
      case 'session.offer-ended':
        if (event.facts.outcome === 'declined' || event.facts.outcome === 'timed-out') {
          this.look(state, { kind: 'agent', agentId: event.facts.agentId }, event.atMs).declined++
        }
        return
      case 'session.broadcast':
      case 'session.broadcast-joined':
      case 'session.broadcast-left':
      case 'session.broadcast-ended':
        for (const agentId of agentsIn(event)) {
          const watched = this.look(state, { kind: 'agent', agentId }, event.atMs)
          if (event.type === 'session.broadcast-left' && event.facts.outcome === 'declined') watched.declined++
        }
        return
      case 'session.parked':
      case 'session.resumed':
      case 'session.offered':
      case 'agent.configured':
      case 'agent.status-changed':
        this.look(state, { kind: 'agent', agentId: event.facts.agentId }, event.atMs)
        return
      default:
        return
    }
  }

  finish(state: OrganizationState, toMs: number): PreviewedService {
    const { waits, sessions, abandoned, refused, left, leftAfterWait, bounds } = this
    const sorted = [...waits].sort((left, right) => left - right)
    const stillWaiting: number[] = []
    for (const { holder } of state.conversations.values()) {
      if (holder.kind === 'queue') stillWaiting.push(Math.max(0, toMs - Date.parse(holder.since)))
    }
    const inTime = sorted.filter((wait) => wait <= bounds.withinMs).length
    const unserved = abandoned + leftAfterWait
    const wanted = sorted.length + unserved + stillWaiting.filter((wait) => wait > bounds.withinMs).length
    const all = [...sorted, ...stillWaiting]
    return {
      sessions,
      served: sorted.length,
      abandoned,
      refused,
      left,
      waiting: stillWaiting.length,
      waitMs: {
        p50: percentile(sorted, 0.5),
        p90: percentile(sorted, 0.9),
        p95: percentile(sorted, 0.95),
        longest: all.length === 0 ? null : all.reduce((longest, wait) => Math.max(longest, wait), 0),
      },
      serviceLevel: wanted === 0 ? null : inTime / wanted,
      starved: all.filter((wait) => wait > bounds.starvationMs).length,
      agents: [...this.agents]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([id, one]) => shown(id, one, toMs)),
    }
  }

  private leave(from: Facts<'session.closed'>['from'], atMs: number): void {
    this.left++
    if (from.kind === 'queue' && Date.parse(from.since) < atMs) this.leftAfterWait++
  }

  private look(
    state: OrganizationState,
    who: { readonly kind: string; readonly agentId?: string },
    atMs: number,
  ): Watched {
    const agentId = who.agentId ?? ''
    const agent = state.agents.get(agentId)
    const known = this.agents.get(agentId)
    if (known === undefined) return agent === undefined ? nobody() : this.watch(agent, atMs)
    pass(known, atMs)
    known.load = agent === undefined ? 0 : loadOf(agent)
    known.isOnline = agent?.status === 'online'
    known.peak = Math.max(known.peak, known.load)
    return known
  }

  private watch(agent: AgentState, sinceMs: number): Watched {
    const load = loadOf(agent)
    const watched = { ...nobody(), load, peak: load, isOnline: agent.status === 'online', sinceMs }
    this.agents.set(agent.agentId, watched)
    return watched
  }
}

const nobody = (): Watched => ({
  ...{ given: 0, declined: 0, peak: 0, load: 0, isOnline: false },
  ...{ sinceMs: 0, onlineMs: 0, loadMs: 0, busyMs: 0 },
})

function pass(watched: Watched, atMs: number): void {
  const forMs = Math.max(0, atMs - watched.sinceMs)
  watched.sinceMs = atMs
  watched.loadMs += watched.load * forMs
  if (watched.isOnline) watched.onlineMs += forMs
  if (watched.load > 0) watched.busyMs += forMs
}

function shown(agentId: string, watched: Watched, toMs: number): PreviewedAgent {
  pass(watched, toMs)
  const { given, declined, peak, onlineMs, loadMs, busyMs } = watched
  const meanLoad = onlineMs === 0 ? null : loadMs / Math.max(onlineMs, busyMs)
  return { agentId, given, declined, peak, onlineMs, busyMs, meanLoad }
}

/** The smallest value that so large a share does not exceed (nearest rank); null of nothing. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
