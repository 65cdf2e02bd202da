import type { Actor, Content, DrawnIdKind, LoggedEvent } from '@duoke/contract'
import type { AskedAnswer, Command, TransferTarget } from '../commands.ts'
import { holds } from '../conversation/holder.ts'
import { evolve } from '../evolve.ts'
import { msOf } from '../instant.ts'
import { layerOver, type OrganizationState } from '../organization/state.ts'
import type { Said } from './asked-before.ts'
import { type Asking, askedNow, readAsking } from './asking.ts'
import { actOf, commandFrom, seize } from './commands-from.ts'
import { ConfigurationRun } from './configuration-run.ts'
import { isPaused } from './open-timers.ts'
import type { History, Input, RoutedAt, Script } from './script.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
type Opened = Of<'session.opened'>
type Session = Script &
  Asking & {
    holdsSinceMs: number | null
    closed: Of<'session.closed'> | null
  }

/**
 * Takes from the log what came from outside: customers, agents, changes of the configuration, and for each session what its
 * holders did with it. What routing decided is left out: the simulation decides it anew.
 */
export class HistoryReader {
  private readonly state: OrganizationState
  private readonly fromMs: number
  private readonly inputs: Input[] = []
  private readonly sessions = new Map<string, Session>()
  private readonly handlingMs: number[] = []
  private readonly configuration = new ConfigurationRun()
  /** What was written in answers of a moment ago, for the choice that they come with. */
  private readonly answers = new Map<string, Content>()
  /** By message: what was said before the period and is chosen for in it. */
  private readonly saidBefore: ReadonlyMap<string, Content>
  private readonly routedAt = new Map<string, RoutedAt>()
  private readonly pauseEndsMs = new Map<string, number>()
  private readonly paused: Set<string>
  private opened: Opened | null = null
  private events = 0

  constructor(start: OrganizationState, fromMs: number, askedBefore: readonly Said[] = []) {
    this.saidBefore = new Map(
      askedBefore.flatMap(({ facts, personal }) => (personal ? [[facts.messageId, personal.content]] : [])),
    )
    this.state = layerOver(start)
    this.fromMs = fromMs
    this.paused = new Set(Array.from(start.conversations.values()).flatMap((one) => (isPaused(one) ? one.id : [])))
    for (const { sessionId, holder, offer, broadcast } of start.conversations.values()) {
      if (sessionId === null) continue
      for (const agentId of askedNow({ offer, broadcast })) this.sessionOf(sessionId).asked.set(agentId, fromMs)
      if (holder.kind === 'queue' || holder.kind === 'nobody') continue
      const session = this.sessionOf(sessionId)
      session.holds.push([])
      session.holdsSinceMs = fromMs
    }
  }

  take(event: LoggedEvent): void {
    this.events++
    const done = this.configuration.take(event, this.state)
    if (done !== null) this.input(done, done.command)
    if (event.actor.kind === 'rule' && 'conversationId' in event.facts) {
      const key = routedKey(event.facts.conversationId, event.atMs)
      const { first } = this.routedAt.get(key) ?? { first: event.position }
      this.routedAt.set(key, { first, last: event.position })
    }
    this.endPause(event)
    this.read(event)
    evolve(this.state, event)
    if (event.type === 'session.opened') this.opened = event
    // What follows the choice is no part of it, not even in the same millisecond.
    else if (event.type === 'reply.arbitrated') this.opened = null
  }

  finish(toMs: number): History {
    const done = this.configuration.end(this.state)
    if (done !== null) this.input(done, done.command)
    for (const { asked, responses } of this.sessions.values()) {
      const unanswered = { outcome: 'withdrawn', position: Number.MAX_SAFE_INTEGER, reason: null } as const
      for (const [agentId, atMs] of asked) responses.push({ ...unanswered, agentId, afterMs: toMs - atMs })
    }
    const { fromMs, inputs, sessions: scripts, routedAt, pauseEndsMs, events } = this
    const handlingMs = this.handlingMs.sort((left, right) => left - right)
    return { fromMs, toMs, inputs, scripts, routedAt, pauseEndsMs, handlingMs, events }
  }

  /** Whatever comes first: a new round, or another end after which nobody waits for one. */
  private endPause(event: LoggedEvent): void {
    if (this.paused.size === 0 || !('conversationId' in event.facts)) return
    const { conversationId } = event.facts
    if (!this.paused.has(conversationId)) return
    const isAsked = event.type === 'session.offered' || event.type === 'session.broadcast'
    const isNewRound = isAsked || (event.type === 'session.queued' && event.facts.round !== undefined)
    if (!isNewRound && !passages.has(event.type)) return
    this.paused.delete(conversationId)
    if (isNewRound) this.pauseEndsMs.set(conversationId, event.atMs)
  }

  private read(event: LoggedEvent): void {
    switch (event.type) {
      case 'message.received':
        this.message(event)
        return
      case 'message.submitted':
        if (event.personal !== undefined && event.facts.via === 'passive-reply') {
          this.answers.clear()
          this.answers.set(event.facts.messageId, event.personal.content)
        }
        return
      case 'reply.arbitrated':
        this.arbitration(event)
        return
      case 'session.queued':
      case 'session.assigned':
      case 'session.closed':
        this.passage(event)
        return
      case 'session.parked':
      case 'session.resumed':
        this.parking(event)
        return
      case 'session.offered':
      case 'session.offer-ended':
      case 'session.broadcast':
      case 'session.broadcast-joined':
      case 'session.broadcast-left':
      case 'session.broadcast-ended':
        readAsking(this.sessionOf(event.facts.sessionId), event, this.fromMs)
        return
      case 'session.disposed':
        this.disposition(event)
        return
      default: {
        const command = commandFrom(event)
        if (command !== null) this.input(event, command)
      }
    }
  }

  private sessionOf(sessionId: string): Session {
    const known = this.sessions.get(sessionId)
    if (known !== undefined) return known
    const session: Session = {
      holds: [],
      waits: [],
      responses: [],
      after: [],
      holdsSinceMs: null,
      closed: null,
      asked: new Map(),
      isGrabbed: false,
    }
    this.sessions.set(sessionId, session)
    return session
  }

  private input(
    { atMs, position }: { readonly atMs: number; readonly position: number },
    command: Command,
    drawn: Input['drawn'] = {},
    within: string | null = null,
  ): void {
    this.inputs.push({ atMs, position, command, drawn, within })
  }

  private openedIn(conversationId: string): Opened | null {
    return this.opened?.facts.conversationId === conversationId ? this.opened : null
  }

  private message(event: Of<'message.received'>): void {
    const { conversationId, messageId, kind, opens, sentAt, sessionId, mediaIds } = event.facts
    const conversation = this.state.conversations.get(conversationId)
    if (conversation === undefined) return
    const { accountId, customerId } = conversation
    const openid = this.state.addressOf.get(conversationId)?.split('\n')[1] ?? `erased ${conversationId}`
    const opened = this.openedIn(conversationId)
    const begins = opened !== null && opened.facts.sessionId === sessionId && opened.position === event.position - 1
    const drawn: Partial<Record<DrawnIdKind, string>> = {
      conversation: conversationId,
      customer: customerId,
      message: messageId,
      ...(begins && sessionId !== null && { session: sessionId }),
    }
    const content: Content =
      event.personal?.content ?? (kind === 'action' ? { type: 'action', action: '' } : { type: 'text', text: '' })
    const act = actOf(kind, opens, content)
    const told = mediaIds === undefined ? {} : { mediaIds }
    const command: Command = {
      type: 'customer.act',
      accountId,
      openid,
      act,
      kind,
      content,
      sentAtMs: msOf(sentAt),
      ...told,
    }
    this.input(event, command, drawn, begins ? null : sessionId)
  }

  private arbitration({ atMs, position, facts }: Of<'reply.arbitrated'>): void {
    const { conversationId, messageId, inTime } = facts
    const opened = this.openedIn(conversationId)
    const drawn = opened?.facts.messageId === messageId ? { session: opened.facts.sessionId } : {}
    if (!inTime) {
      const timer = { kind: 'arbitrate', conversationId, messageId } as const
      this.input({ atMs, position }, { type: 'timer.fire', timer }, drawn)
      return
    }
    const answers = facts.answers.map(({ appId, outcome, became, messageId: sent, reason }): AskedAnswer => {
      if (outcome === 'reply') return { appId, outcome, content: this.answers.get(sent ?? '') ?? unknownWords }
      if (outcome !== 'transfer') return { appId, outcome, ...(reason !== undefined && { reason }) }
      const toAgentId = became === 'transferred' ? this.takeBack(conversationId, atMs) : undefined
      return { appId, outcome, ...(toAgentId !== undefined && { toAgentId }) }
    })
    const message = this.inputs.findLast(({ drawn: { message: id } }) => id === messageId)
    const saidBefore = this.saidBefore.get(messageId) ?? unknownWords
    const content = message?.command.type === 'customer.act' ? message.command.content : saidBefore
    this.input({ atMs, position }, { type: 'reply.arbitrate', conversationId, messageId, content, answers }, drawn)
  }

  /** The transfer was part of the choice and no act of its own; answers the agent it went to. */
  private takeBack(conversationId: string, atMs: number): string | undefined {
    const sessionId = this.state.conversations.get(conversationId)?.sessionId
    if (sessionId == null) return undefined
    const { holds: before, waits } = this.sessionOf(sessionId)
    for (const acts of [waits, ...before]) {
      const place = acts.findIndex(({ command: { type }, atMs: at }) => at === atMs && passing.has(type))
      const [act] = place < 0 ? [] : acts.splice(place, 1)
      if (act?.command.type === 'session.open') return act.command.agentId
      if (act?.command.type === 'session.transfer' && 'agentId' in act.command.to) return act.command.to.agentId
    }
    return undefined
  }

  private passage(event: Of<'session.queued' | 'session.assigned' | 'session.closed'>): void {
    const { conversationId, sessionId, from } = event.facts
    const session = this.sessionOf(sessionId)
    const command = session.isGrabbed ? null : this.commandOf(event)
    session.isGrabbed = false
    if (command !== null && from.kind === 'nobody' && this.openedIn(conversationId)?.facts.messageId === undefined) {
      this.input(event, command, { session: sessionId })
    } else if (command !== null) this.act(session, event, command)
    if (event.type === 'session.closed' && session.holdsSinceMs !== null && from.kind === 'agent') {
      this.handlingMs.push(event.atMs - session.holdsSinceMs)
    }
    session.holdsSinceMs = null
    if (event.type === 'session.closed') session.closed = event
    if (event.type !== 'session.assigned') return
    session.holds.push([])
    session.holdsSinceMs = event.atMs
  }

  private act(session: Session, event: LoggedEvent, command: Command): void {
    const { atMs, position, actor } = event
    const isHeld = session.holdsSinceMs !== null
    const conversationId = 'conversationId' in event.facts ? event.facts.conversationId : ''
    const holder = this.state.conversations.get(conversationId)?.holder
    const isHolders = holder !== undefined && holds(holder, actor)
    const offsetMs = atMs - (session.holdsSinceMs ?? atMs)
    const acts = isHeld ? (session.holds.at(-1) ?? session.waits) : session.waits
    acts.push({ atMs, position, offsetMs, command, isHolders })
  }

  /** What somebody did that led to the event; null when routing or something else that is taken already did. */
  private commandOf(event: Of<'session.queued' | 'session.assigned' | 'session.closed'>): Command | null {
    const { actor } = event
    const { conversationId, cause, from } = event.facts
    switch (cause) {
      case 'accept':
        // What nobody holds is a message left.
        if (from.kind === 'nobody') return { type: 'message-box.take', actor, conversationId }
        return isDirect(event.facts.decision) ? { type: 'session.accept', actor, conversationId } : null
      case 'reopen':
        return isDirect(event.facts.decision) ? { type: 'session.reopen', actor, conversationId } : null
      case 'transfer':
      case 'take-over':
        return this.transferOf(event)
      case 'released':
        return { type: 'session.release', actor, conversationId }
      case 'routing':
        return actor.kind === 'rule' || from.kind === 'queue' || from.kind === 'nobody'
          ? null
          : { type: 'session.release', actor, conversationId }
      case 'agent':
      case 'app':
      case 'idle':
      case 'system':
      case 'window':
        return {
          type: 'session.close',
          actor,
          conversationId,
          ...(event.type === 'session.closed' && event.facts.reason !== undefined && { reason: event.facts.reason }),
        }
      default:
        return null
    }
  }

  private transferOf(event: Of<'session.queued' | 'session.assigned' | 'session.closed'>): Command | null {
    if (event.type === 'session.closed') return null
    const { actor } = event
    const { conversationId, from, decision, plan } = event.facts
    if (plan?.ruleId === 'named' && plan.sticky !== null) {
      return { type: 'session.open', actor, conversationId, agentId: plan.sticky.agentId }
    }
    if (event.type === 'session.assigned' && (isDirect(decision) || plan === undefined)) {
      const { to } = event.facts
      if (to.kind === 'agent' && this.isSeized(event, to.agentId)) return seize(event, to.agentId)
      const isOfChoice = this.openedIn(conversationId)?.facts.messageId !== undefined
      const isTransfer = from.kind === 'agent' || event.facts.cause === 'take-over' || isOfChoice
      if (to.kind !== 'agent' || isTransfer) return this.transfer(actor, conversationId, to)
      return { type: 'session.open', actor, conversationId, agentId: to.agentId }
    }
    const before = this.state.conversations.get(conversationId)?.plan?.teamId ?? null
    const waitsFor = event.type === 'session.queued' && event.facts.teamId !== before ? event.facts.teamId : null
    const teamId = plan?.ruleId === 'transfer' ? plan.teamId : waitsFor
    return this.transfer(actor, conversationId, teamId === null ? { queue: true } : { teamId })
  }

  /** Given by force: beyond the capacity, with the room that was kept for the agent anyway, or taken from the queue. */
  private isSeized({ facts, actor, position }: Of<'session.assigned'>, toAgentId: string): boolean {
    const { sessionId, from, cause, overCapacity } = facts
    const { responses } = this.sessionOf(sessionId)
    // Whoever was asked is so no longer since the event before.
    const isKept = responses.some((one) => one.agentId === toAgentId && one.position === position - 1)
    const isTaken = cause === 'take-over' && from.kind === 'queue'
    return overCapacity === true || isTaken || (isKept && actor.kind === 'agent')
  }

  private transfer(actor: Actor, conversationId: string, to: TransferTarget): Command {
    return { type: 'session.transfer', actor, conversationId, to }
  }

  private parking(event: Of<'session.parked' | 'session.resumed'>): void {
    const { actor } = event
    const { conversationId, sessionId } = event.facts
    const session = this.sessionOf(sessionId)
    if (event.type === 'session.resumed') {
      if (event.facts.cause !== 'agent') return
      this.act(session, event, { type: 'session.resume', actor, conversationId })
      return
    }
    const { until } = event.facts
    const untilMs = until === null ? {} : { untilMs: msOf(until) }
    this.act(session, event, { type: 'session.park', actor, conversationId, ...untilMs })
  }

  /** Said with the close, or in the time after it; what ends for another reason ends by itself. */
  private disposition(event: Of<'session.disposed'>): void {
    const { conversationId, sessionId, disposition: code, cause } = event.facts
    if (cause !== 'given') return
    const session = this.sessionOf(sessionId)
    const { closed } = session
    if (closed !== null && code !== null && closed.position === event.position - 1) {
      const acts = [...session.waits, ...session.holds.flat()]
      const close = acts.find(({ position }) => position === closed.position)
      if (close?.command.type === 'session.close') Object.assign(close.command, { disposition: { code } })
      return
    }
    const { atMs, position, actor } = event
    const command: Command = { type: 'session.dispose', actor, conversationId, sessionId, disposition: { code } }
    session.after.push({
      atMs,
      position,
      offsetMs: atMs - (closed?.atMs ?? atMs),
      command,
      isHolders: actor.kind === 'agent',
    })
  }
}

/** Nobody was looked at: who acted had decided. */
const isDirect = (decision: Of<'session.assigned'>['facts']['decision']): boolean =>
  decision === null || decision.candidates === 0

export const routedKey = (conversationId: string, atMs: number): string => `${conversationId} ${atMs}`

const passages: ReadonlySet<LoggedEvent['type']> = new Set(['session.queued', 'session.assigned', 'session.closed'])
const passing: ReadonlySet<Command['type']> = new Set(['session.transfer', 'session.open'])
const unknownWords: Content = { type: 'text', text: '…' }
