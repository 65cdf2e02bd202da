import type { Actor, LoggedEvent, RulesDocument } from '@duoke/contract'
import type { DecisionContext } from '../attempt.ts'
import type { Command, TimerChange } from '../commands.ts'
import { setTimer, timerKey } from '../conversation/idle-timer.ts'
import { timersOf } from '../conversation/timers.ts'
import { decide } from '../decide.ts'
import { evolve } from '../evolve.ts'
import { addressKey, layerOver, type OrganizationState, setAddress } from '../organization/state.ts'
import type { Random } from '../random.ts'
import { servingTeams } from '../routing/candidates.ts'
import { offerTimeOf } from '../routing/offer.ts'
import { Agenda } from './agenda.ts'
import { Answers } from './answers.ts'
import { askedNow } from './asking.ts'
import { isPaused, openTimers } from './open-timers.ts'
import { routedKey } from './read-history.ts'
import type { Act, History, Input, Response, Script } from './script.ts'

export type Simulated = {
  /** Sessions that began while an earlier one of the same customer was still open, and became part of it. */
  merged: number
  /** Sessions, or parts of one, whose length had to be drawn because they were served otherwise. */
  drawn: number
  /** What somebody did in the log and could not do here. */
  refused: number
}

type SimulationOptions = Pick<DecisionContext, 'digest' | 'holidays'> & {
  /** In force from the first moment instead of what was published; left out: the rules of then. */
  readonly rules?: RulesDocument
  readonly random: Random
  readonly onEvent: (event: LoggedEvent, state: OrganizationState) => void
}

type Happening =
  | { readonly kind: 'input'; readonly input: Input }
  | { readonly kind: 'act'; readonly act: Act; readonly sessionId: string; readonly hold: number | null }
  | {
      readonly kind: 'response'
      readonly response: Response
      readonly conversationId: string
      readonly offered: number
    }
  | Timed
  | { readonly kind: 'end'; readonly sessionId: string; readonly hold: number }

type Timed = { readonly kind: 'timer'; readonly key: string; readonly command: Command }

type Session = {
  readonly conversationId: string
  readonly script: Script | null
  /** What was done while it waited is entered, whichever wait it was in. */
  isWaitEntered: boolean
  /** How many holds began, those of before the period included. */
  hold: number
  /** Up to which hold of the script the acts are entered: a refused transfer lets the holder go on with the next one's. */
  scripted: number
}

/** Whether silence sets the timer: beside others only if it is known to have ended it, and for who joins it is set. */
type Silence = 'always' | 'known' | 'never'
type Asked = { readonly sessionId: string; readonly conversationId: string }

/** Where the log does not say otherwise, timers come before what happens in the same millisecond. */
const timerRank = -1

/**
 * The same customers, agents and lengths of service, routed anew by the domain's own `decide` and `evolve`. The same history,
 * rules and seed give the same events. A generator, so that the caller can pause: it yields after each thing that happens.
 */
export class Simulation {
  readonly state: OrganizationState
  readonly told: Simulated = { merged: 0, drawn: 0, refused: 0 }
  private readonly history: History
  private readonly options: SimulationOptions
  private readonly agenda = new Agenda<Happening>()
  /** By key the one that was set last: it alone rings. */
  private readonly timers = new Map<string, Timed>()
  private readonly sessions = new Map<string, Session>()
  private readonly answers: Answers
  /** Timers of passive replies whose choice is in the log. */
  private readonly chosen: ReadonlySet<string>
  private readonly overdue = new Map<string, number>()
  private drawnIds = 0
  private hasBegun = false
  private nowMs: number

  constructor(start: OrganizationState, history: History, options: SimulationOptions) {
    this.state = layerOver(start)
    this.history = history
    this.options = options
    this.nowMs = history.fromMs
    this.chosen = new Set(history.inputs.flatMap(({ command }) => choiceIn(command)))
    this.answers = new Answers(history, options.random)
  }

  *run(): Generator<number> {
    this.begin()
    this.hasBegun = true
    for (
      let next = this.agenda.next();
      next !== undefined && next.atMs <= this.history.toMs;
      next = this.agenda.next()
    ) {
      this.nowMs = Math.max(this.nowMs, next.atMs)
      this.happen(next.what)
      yield this.nowMs
    }
  }

  private begin(): void {
    const { state, history } = this
    const { rules } = this.options
    for (const input of history.inputs) this.enter(input)
    for (const conversation of state.conversations.values()) {
      const { id, sessionId, holder, offer, broadcast } = conversation
      if (sessionId === null) continue
      const session = this.sessionOf(sessionId, id)
      if (holder.kind === 'agent' || holder.kind === 'app') this.enterHold(sessionId, session)
      const offered = offer?.position ?? broadcast?.position ?? 0
      for (const agentId of askedNow(conversation)) {
        this.enterResponse({ sessionId, conversationId: id }, agentId, offered, offer === null ? 'known' : 'always')
      }
      this.enterWaits(sessionId, session)
    }
    if (rules !== undefined) {
      const rulesVersion = (state.rules?.newest ?? 0) + 1
      const current = { rulesVersion, document: rules, effectiveAtMs: history.fromMs }
      Object.assign(state, {
        rules: { current, scheduled: [], newest: rulesVersion },
        ruleVersion: state.ruleVersion + 1,
      })
    }
    for (const change of openTimers(state)) this.keep(change)
    this.enterPauses()
    if (state.rules !== null) this.decide({ type: 'timer.fire', timer: { kind: 'hours' } })
    for (const { id: conversationId, holder, plan } of [...state.conversations.values()]) {
      if (holder.kind !== 'queue' || plan === undefined) continue
      this.decide({ type: 'timer.fire', timer: { kind: 'waiting', conversationId } })
    }
  }

  /** The state does not say when a pause ends: as in the log, or after as long as one lasts. */
  private enterPauses(): void {
    const { state, history } = this
    for (const conversation of state.conversations.values()) {
      if (!isPaused(conversation)) continue
      const { id: conversationId, holder, accountId, plan } = conversation
      const teams = servingTeams(state, holder.kind === 'queue' ? holder.teamId : null, accountId)
      const latestMs = history.fromMs + (plan?.broadcast?.offerMs ?? offerTimeOf(state, teams) ?? 0)
      this.keep(setTimer({ kind: 'offer', conversationId }, history.pauseEndsMs.get(conversationId) ?? latestMs))
    }
  }

  private enter(input: Input): void {
    // The candidate holds from the first moment to the last.
    if (input.command.type.startsWith('rules.') && this.options.rules !== undefined) return
    this.agenda.add(input.atMs, input.position, { kind: 'input', input })
  }

  private happen(what: Happening): void {
    switch (what.kind) {
      case 'input':
        this.input(what.input)
        return
      case 'timer':
        if (this.timers.get(what.key) !== what) return
        this.timers.delete(what.key)
        this.decide(what.command)
        return
      case 'act':
        this.act(what)
        return
      case 'response':
        this.respond(what)
        return
      case 'end':
        this.close(what.sessionId, what.hold)
        return
    }
  }

  private input({ command, drawn, within }: Input): void {
    const { state } = this
    if (command.type !== 'customer.act') {
      this.decide(command, drawn)
      return
    }
    const { conversation: conversationId } = drawn
    const known = conversationId === undefined ? undefined : state.conversations.get(conversationId)
    if (known !== undefined && state.addressOf.get(known.id) === undefined) {
      setAddress(state, addressKey(command.accountId, command.openid), known.id)
    }
    const isOver = within !== null && known?.sessionId !== within && known?.holder.kind === 'nobody'
    // It belonged to a session that is over by now: here the customer had no reason to write.
    if (isOver && command.act === 'message') return
    if (drawn.session !== undefined && known !== undefined && known.sessionId !== null) this.told.merged++
    this.decide(command, drawn)
  }

  private act({ act, sessionId, hold }: Extract<Happening, { kind: 'act' }>): void {
    const session = this.sessions.get(sessionId)
    const conversation = session && this.state.conversations.get(session.conversationId)
    if (session === undefined || conversation?.sessionId !== sessionId) return
    const { holder } = conversation
    const isHeld = holder.kind === 'agent' || holder.kind === 'app'
    if (hold === null ? isHeld : !isHeld || session.hold !== hold) return
    const actor: Actor | null = !act.isHolders
      ? null
      : holder.kind === 'agent'
        ? { kind: 'agent', agentId: holder.agentId }
        : holder.kind === 'app'
          ? { kind: 'app', appId: holder.appId }
          : null
    // The same command, of another actor.
    const isTaken = this.decide(actor === null ? act.command : ({ ...act.command, actor } as Command))
    if (isTaken) return
    this.told.refused++
    // Whoever could not pass it on goes on with what the next one did.
    if (act.command.type === 'session.transfer' && hold !== null) this.enterHold(sessionId, session)
  }

  private respond({ response, conversationId, offered }: Extract<Happening, { kind: 'response' }>): void {
    const { agentId } = response
    const { offer, broadcast } = { offer: null, ...this.state.conversations.get(conversationId) }
    const isAsked = offer?.position === offered && offer.agentId === agentId
    const isAskedToo = broadcast?.position === offered && broadcast.agentIds.includes(agentId)
    if (!isAsked && !isAskedToo) return
    const actor: Actor = { kind: 'agent', agentId }
    if (response.outcome === 'accepted') this.decide({ type: 'session.accept', actor, conversationId })
    else {
      const reason = response.reason === null ? {} : { reason: response.reason }
      this.decide({ type: 'session.decline', actor, conversationId, ...reason })
    }
  }

  private close(sessionId: string, hold: number): void {
    const session = this.sessions.get(sessionId)
    const conversation = session && this.state.conversations.get(session.conversationId)
    if (conversation?.sessionId !== sessionId || session?.hold !== hold) return
    this.decide({ type: 'session.close', actor: { kind: 'rule', rule: 'idle' }, conversationId: conversation.id })
  }

  private decide(command: Command, drawn: Input['drawn'] = {}): boolean {
    const names = new Map(Object.entries(drawn))
    const { digest, holidays } = this.options
    const context: DecisionContext = {
      atMs: this.nowMs,
      digest,
      ...(holidays !== undefined && { holidays }),
      ids: {
        draw: (kind) => {
          const known = names.get(kind)
          names.delete(kind)
          return known ?? `${kind}-simulated-${++this.drawnIds}`
        },
      },
    }
    const decision = decide(this.state, command, context)
    if (!decision.accepted) return false
    for (const event of decision.events) {
      const logged: LoggedEvent = { ...event, position: this.state.position + 1, version: 1, atMs: this.nowMs }
      evolve(this.state, logged)
      this.follow(logged)
      for (const change of timersOf(this.state, logged)) this.keep(change)
      this.options.onEvent(logged, this.state)
    }
    for (const change of decision.timers) this.keep(change)
    return true
  }

  /** Sessions end as they did in the log and not for idleness, as nobody writes here; statuses that expired are inputs. */
  private keep(change: TimerChange): void {
    if ('clear' in change) {
      this.timers.delete(change.clear)
      return
    }
    const { set: key, dueMs, command } = change
    if (/^(idle|presence|window):/.test(key) || this.chosen.has(key)) return
    const firesMs = this.overdue.get(key) ?? dueMs
    this.overdue.delete(key)
    const timed: Timed = { kind: 'timer', key, command }
    this.timers.set(key, timed)
    const conversationId =
      command.type === 'timer.fire' && 'conversationId' in command.timer ? command.timer.conversationId : ''
    const routed = this.history.routedAt.get(routedKey(conversationId, firesMs))
    // What is due in the moment in which it is set follows what set it: asking anew after a pause of no length.
    const isSetNow = this.hasBegun && firesMs <= this.nowMs
    const rank = isSetNow ? routed?.last : routed?.first
    this.agenda.add(firesMs, rank ?? timerRank, timed)
  }

  private follow(event: LoggedEvent): void {
    switch (event.type) {
      case 'session.opened':
        this.sessionOf(event.facts.sessionId, event.facts.conversationId)
        return
      case 'session.queued': {
        const session = this.sessionOf(event.facts.sessionId, event.facts.conversationId)
        if (event.facts.from.kind !== 'queue') this.enterWaits(event.facts.sessionId, session)
        return
      }
      case 'session.assigned': {
        const session = this.sessionOf(event.facts.sessionId, event.facts.conversationId)
        session.hold++
        this.enterHold(event.facts.sessionId, session)
        return
      }
      case 'session.offered':
        this.enterResponse(event.facts, event.facts.agentId, event.position, 'always')
        return
      case 'session.broadcast':
      case 'session.broadcast-joined': {
        const { conversationId, agentIds } = event.facts
        const begun = this.state.conversations.get(conversationId)?.broadcast?.position ?? event.position
        const ends = begun === event.position ? 'known' : 'never'
        for (const agentId of agentIds) this.enterResponse(event.facts, agentId, begun, ends)
        return
      }
      case 'session.closed':
        this.enterAfter(event)
        this.sessions.delete(event.facts.sessionId)
        return
      default:
        return
    }
  }

  private sessionOf(sessionId: string, conversationId: string): Session {
    const known = this.sessions.get(sessionId)
    if (known !== undefined) return known
    const script = this.history.scripts.get(sessionId) ?? null
    const session: Session = { conversationId, script, isWaitEntered: false, hold: 0, scripted: 0 }
    this.sessions.set(sessionId, session)
    return session
  }

  /** What was done with it while it waited; at the moments at which it was done. */
  private enterWaits(sessionId: string, session: Session): void {
    if (session.isWaitEntered) return
    session.isWaitEntered = true
    for (const act of session.script?.waits ?? []) {
      if (act.atMs < this.nowMs) continue
      this.agenda.add(act.atMs, act.position, { kind: 'act', act, sessionId, hold: null })
    }
  }

  /** What was said of it after its close, by whoever held it here. */
  private enterAfter({ atMs, facts }: Extract<LoggedEvent, { type: 'session.closed' }>): void {
    const { sessionId, from } = facts
    const script = this.history.scripts.get(sessionId)
    for (const { offsetMs, position, command, isHolders } of script?.after ?? []) {
      const actor = isHolders && from.kind === 'agent' ? { actor: { kind: 'agent', agentId: from.agentId } } : {}
      const input = {
        atMs: atMs + offsetMs,
        position,
        command: { ...command, ...actor } as Command, // its own actor
        drawn: {},
        within: null,
      }
      this.agenda.add(input.atMs, position, { kind: 'input', input })
    }
  }

  private enterHold(sessionId: string, session: Session): void {
    const { script, hold } = session
    const acts = script?.holds[session.scripted++]
    if (acts !== undefined) {
      for (const act of acts)
        this.agenda.add(this.nowMs + act.offsetMs, act.position, { kind: 'act', act, sessionId, hold })
      return
    }
    const lastsMs = this.pick(this.history.handlingMs)
    if (lastsMs === undefined) return
    this.told.drawn++
    this.agenda.add(this.nowMs + lastsMs, Number.MAX_SAFE_INTEGER, { kind: 'end', sessionId, hold })
  }

  private enterResponse(session: Asked, agentId: string, offered: number, ends: Silence): void {
    const { sessionId, conversationId } = session
    const { response, isKnown } = this.answers.next(sessionId, agentId)
    const atMs = this.nowMs + response.afterMs
    if (response.outcome !== 'timed-out') {
      this.agenda.add(atMs, response.position, { kind: 'response', response, conversationId, offered })
    } else if (ends === 'always' || (ends === 'known' && isKnown)) this.overdue.set(`offer:${conversationId}`, atMs)
  }

  private pick<T>(values: readonly T[]): T | undefined {
    return this.options.random.pick(values)
  }
}

function choiceIn(command: Command): string[] {
  if (command.type === 'reply.arbitrate') {
    const { conversationId, messageId } = command
    return [timerKey({ kind: 'arbitrate', conversationId, messageId })]
  }
  return command.type === 'timer.fire' ? [timerKey(command.timer)] : []
}
