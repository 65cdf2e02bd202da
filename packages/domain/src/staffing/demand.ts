import type { LoggedEvent } from '@duoke/contract'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>

/** What customers asked of agents in a period. Times are epoch milliseconds. */
export type Demand = {
  /** When sessions came to agents, in their order. */
  readonly arrivals: readonly number[]
  /** Those that are over or went elsewhere, and how long agents spent on them and on those that are not over. */
  readonly service: { readonly sessions: number; readonly totalMs: number }
  /** How many left while they waited, and how long all waited together. */
  readonly patience: { readonly left: number; readonly totalMs: number }
  /** Of those that came: whose first wait is decided, who was served within `withinMs`, and who never was. */
  readonly history: { readonly decided: number; readonly inTime: number; readonly unserved: number }
}

type Session = {
  readonly teamId: string | null
  readonly cameMs: number
  /** Its place in the arrivals; null where it is of a team that nobody asked for. */
  readonly arrival: number | null
  waitsSinceMs: number | null
  busySinceMs: number | null
  isServed: boolean
}

/** Why a rule ends a session that more agents would have served. */
const forLackOfAgents: ReadonlySet<string> = new Set(['queue_full', 'waited_too_long'])

/**
 * Reads the events of sessions in a period. A session comes when it is first queued for agents or given to one, whether it began
 * with a bot or not; what came before the period is left out altogether. With a team, a session comes when it begins to be
 * that team's, also by a transfer, and goes when it is another's.
 */
export class DemandMeter {
  private readonly sessions = new Map<string, Session>()
  private readonly wrapUps = new Map<string, number>()
  private readonly arrivals: (number | null)[] = []
  private readonly service = { sessions: 0, totalMs: 0 }
  private readonly patience = { left: 0, totalMs: 0 }
  private readonly history = { decided: 0, inTime: 0, unserved: 0 }
  private readonly only: string | undefined
  private readonly withinMs: number
  private closed: { readonly sessionId: string; readonly isServed: boolean } | null = null

  /** `teamId` left out: of all. */
  constructor({ teamId, withinMs }: { readonly teamId?: string | undefined; readonly withinMs: number }) {
    this.only = teamId
    this.withinMs = withinMs
  }

  take(event: LoggedEvent): void {
    switch (event.type) {
      case 'session.queued':
        this.queue(event)
        return
      case 'session.assigned':
        this.assign(event)
        return
      case 'session.parked':
      case 'session.resumed':
        this.pause(event)
        return
      case 'session.closed':
        this.close(event)
        return
      case 'session.wrap-up-began': {
        const { sessionId, takesCapacity } = event.facts
        const isOurs = this.closed?.sessionId === sessionId && this.closed.isServed
        if (isOurs && takesCapacity) this.wrapUps.set(sessionId, event.atMs)
        return
      }
      case 'session.disposed':
        this.endWrapUp(event.facts.sessionId, event.atMs)
        return
      default:
        return
    }
  }

  finish(toMs: number): Demand {
    for (const session of this.sessions.values()) {
      this.endWait(session, toMs)
      this.endService(session, toMs)
      if (session.arrival === null || session.isServed || toMs - session.cameMs <= this.withinMs) continue
      this.history.decided++
    }
    this.sessions.clear()
    for (const sessionId of [...this.wrapUps.keys()]) this.endWrapUp(sessionId, toMs)
    const arrivals = this.arrivals.filter((atMs) => atMs !== null)
    return { arrivals, service: this.service, patience: this.patience, history: this.history }
  }

  private queue({ atMs, facts }: Of<'session.queued'>): void {
    const { sessionId, from, teamId } = facts
    const session = this.sessionIn(sessionId, from, teamId, atMs)
    if (session === null) return
    this.endService(session, atMs)
    session.waitsSinceMs ??= atMs
  }

  private assign({ atMs, facts }: Of<'session.assigned'>): void {
    const { sessionId, from, to, plan } = facts
    if (to.kind === 'app') {
      const known = this.sessions.get(sessionId)
      if (known === undefined) return
      this.endWait(known, atMs)
      this.endService(known, atMs)
      return
    }
    const session = this.sessionIn(sessionId, from, plan?.teamId, atMs)
    if (session === null) return
    this.endWait(session, atMs)
    session.busySinceMs ??= atMs
    if (session.isServed) return
    session.isServed = true
    if (session.arrival === null) return
    this.history.decided++
    if (atMs - session.cameMs <= this.withinMs) this.history.inTime++
  }

  private pause(event: Of<'session.parked' | 'session.resumed'>): void {
    const session = this.sessions.get(event.facts.sessionId)
    if (session === undefined) return
    if (event.type === 'session.parked') this.endService(session, event.atMs)
    else session.busySinceMs ??= event.atMs
  }

  private close({ atMs, facts }: Of<'session.closed'>): void {
    const { sessionId, cause, from, reason = '' } = facts
    const session = this.sessions.get(sessionId)
    this.closed = null
    if (session === undefined) return
    this.sessions.delete(sessionId)
    const isOurs = session.arrival !== null
    const isByRule = cause === 'refused'
    if (isByRule && !forLackOfAgents.has(reason) && session.arrival !== null && !session.isServed) {
      // No number of agents would have served it.
      this.arrivals[session.arrival] = null
      return
    }
    this.leave(session, atMs)
    if (!isOurs) return
    if (from.kind === 'queue' && !isByRule) this.patience.left++
    if (!session.isServed) {
      this.history.decided++
      this.history.unserved++
    }
    this.closed = { sessionId, isServed: session.isServed }
  }

  /** Null of a session that came before the period. */
  private sessionIn(
    sessionId: string,
    from: Of<'session.queued'>['facts']['from'],
    teamId: string | null | undefined,
    atMs: number,
  ): Session | null {
    const known = this.sessions.get(sessionId)
    const isNew = known === undefined && (from.kind === 'nobody' || from.kind === 'app')
    if (known === undefined && !isNew) return null
    const team = teamId === undefined ? (known?.teamId ?? null) : teamId
    if (known !== undefined && (this.only === undefined || known.teamId === team)) return known
    if (known !== undefined) this.leave(known, atMs)
    const isOurs = this.only === undefined || team === this.only
    const arrival = isOurs ? this.arrivals.push(atMs) - 1 : null
    const session = { teamId: team, cameMs: atMs, arrival, waitsSinceMs: null, busySinceMs: null, isServed: false }
    this.sessions.set(sessionId, session)
    return session
  }

  /** No agent has it any more, or those of another team have. */
  private leave(session: Session, atMs: number): void {
    this.endWait(session, atMs)
    this.endService(session, atMs)
    if (session.arrival !== null && session.isServed) this.service.sessions++
  }

  private endWait(session: Session, atMs: number): void {
    const { waitsSinceMs, arrival } = session
    session.waitsSinceMs = null
    if (waitsSinceMs !== null && arrival !== null) this.patience.totalMs += atMs - waitsSinceMs
  }

  private endService(session: Session, atMs: number): void {
    const { busySinceMs, arrival } = session
    session.busySinceMs = null
    if (busySinceMs !== null && arrival !== null) this.service.totalMs += atMs - busySinceMs
  }

  private endWrapUp(sessionId: string, atMs: number): void {
    const sinceMs = this.wrapUps.get(sessionId)
    if (sinceMs === undefined) return
    this.wrapUps.delete(sessionId)
    this.service.totalMs += atMs - sinceMs
  }
}
