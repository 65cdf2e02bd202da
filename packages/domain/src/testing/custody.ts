import assert from 'node:assert/strict'
import type { Actor, Facts, Holder, LoggedEvent } from '@duoke/contract'
import { BoxCustody, isOfBox } from './box-custody.ts'
import { type BroadcastEvent, takeBroadcast } from './broadcast-book.ts'
import { LoadBook, type Taken } from './load-book.ts'

const supervisionTypes = [
  'session.watched',
  'session.watch-ended',
  'session.joined',
  'session.left',
  'session.whispered',
  'session.hand-raised',
  'session.hand-lowered',
] as const
type SupervisionEvent = Extract<LoggedEvent, { type: (typeof supervisionTypes)[number] }>
const isSupervision = (event: LoggedEvent): event is SupervisionEvent =>
  supervisionTypes.some((type) => type === event.type)

/** Why one that spoke may not win; an answer that only came behind has other reasons. */
const objections = new Set([
  ...['app_removed', 'account_removed', 'customer_unreachable', 'customer_blocked', 'content_refused'],
  ...['no_right_to_send', 'no_right_to_transfer', 'no_passive_reply'],
])

/**
 * A second bookkeeper who reads the log alone and knows nothing of the state: who holds what, who holds how much, and
 * what is on its way. It is simple on purpose, so that it can be believed.
 */
export class Custody {
  readonly holders = new Map<string, Holder>()
  /** Who is asked to take which conversation. */
  readonly offers = new Map<string, string>()
  /** Who is asked about which conversation beside others. */
  readonly broadcasts = new Map<string, Set<string>>()
  /** What is set aside by whoever holds it. */
  readonly parked = new Set<string>()
  /** Who wraps up which session, and whether it takes a place. */
  readonly wrapUps = new Map<
    string,
    { readonly agentId: string; readonly takesCapacity: boolean; readonly takes: Taken }
  >()
  /** What each session takes, weighed by hand. */
  readonly book = new LoadBook()
  /** Sessions that are over, with the agent who held them. */
  private readonly blocked = new Set<string>()
  private readonly closedBy = new Map<string, string | null>()
  private readonly reopens = new Map<string, string>()
  /** By conversation: from when on it counts in its line, where that is not its waiting. */
  readonly ahead = new Map<string, number>()
  private readonly box = new BoxCustody()
  readonly openSessions = new Map<string, string>()
  readonly capacities = new Map<string, number>()
  /** Capacities for a while: they count in place of the configured ones. */
  readonly temporary = new Map<string, number>()
  readonly supervisors = new Set<string>()
  /** By conversation, who is beside its holder: an agent and whether the holder knows. */
  readonly beside = new Map<string, Map<string, 'unseen' | 'shown' | 'joined'>>()
  /** Conversations whose holder asks for a supervisor. */
  readonly hands = new Map<string, string>()
  readonly unsettled = new Map<string, string>()
  readonly received = new Set<string>()
  /** Apps that are being asked, by message. */
  readonly asked = new Map<string, readonly string[]>()
  /** Passive replies since the last choice. */
  private passive: { readonly id: string; readonly actor: Actor }[] = []
  private readonly usedSessions = new Set<string>()

  take(event: LoggedEvent): void {
    this.book.take(event)
    switch (event.type) {
      case 'conversation.started':
        assert.ok(!this.holders.has(event.facts.conversationId), 'a conversation begins once')
        this.holders.set(event.facts.conversationId, { kind: 'nobody' })
        return
      case 'agent.configured':
      case 'agent.capacity-changed':
      case 'agent.removed':
        this.takeAgent(event)
        return
      case 'message.received':
      case 'message.submitted':
      case 'delivery.settled':
        this.takeMessage(event)
        return
      case 'reply.arbitrated':
        this.choose(event.facts)
        return
      case 'customer.blocked':
        this.blocked.add(event.facts.conversationId)
        return
      case 'customer.unblocked':
        assert.ok(this.blocked.delete(event.facts.conversationId), 'who is unblocked was blocked')
        return
      case 'session.opened':
        this.open(event.facts)
        return
      case 'session.offered':
      case 'session.offer-ended':
      case 'session.parked':
      case 'session.resumed':
        this.takeBeside(event)
        return
      case 'session.broadcast':
      case 'session.broadcast-joined':
      case 'session.broadcast-left':
      case 'session.broadcast-ended':
        this.takeBroadcast(event)
        return
      case 'session.wrap-up-began':
      case 'session.disposed':
        this.wrapUp(event)
        return
      case 'session.queued':
        if (event.facts.aheadSince !== undefined) {
          this.ahead.set(event.facts.conversationId, Date.parse(event.facts.aheadSince))
        } else if (event.facts.from.kind !== 'queue') this.ahead.delete(event.facts.conversationId)
        this.pass(event, { kind: 'queue', teamId: event.facts.teamId, since: event.facts.waitingSince })
        return
      case 'session.assigned':
        this.assign(event)
        return
      case 'session.closed':
        this.closedBy.set(event.facts.sessionId, event.facts.from.kind === 'agent' ? event.facts.from.agentId : null)
        this.pass(event, { kind: 'nobody' })
        this.openSessions.delete(event.facts.conversationId)
        return
      default:
        if (isOfBox(event)) this.box.take(event, this.holders.get(event.facts.conversationId), this.closedBy)
        if (isSupervision(event)) this.takeSupervision(event)
    }
  }

  private assign(event: Extract<LoggedEvent, { type: 'session.assigned' }>): void {
    const { sessionId, stintId, to, cause } = event.facts
    if (cause === 'reopen' && event.actor.kind === 'rule' && to.kind === 'agent') {
      assert.equal(this.closedBy.get(this.reopens.get(sessionId) ?? ''), to.agentId, 'it goes on with who held it')
    }
    this.pass(event, { ...to, stintId, since: new Date(event.atMs).toISOString() })
  }

  private open({ conversationId, sessionId, reopens }: Facts<'session.opened'>): void {
    assert.ok(!this.blocked.has(conversationId), 'nothing begins with the blocked')
    assert.ok(!this.box.isLeft(conversationId), 'a session goes on with the message that is left, or is not opened')
    assert.ok(!this.usedSessions.has(sessionId), 'a session is opened once')
    assert.ok(!this.openSessions.has(conversationId), 'one session at a time')
    this.usedSessions.add(sessionId)
    if (reopens !== null) {
      assert.ok(this.closedBy.has(reopens), 'what is reopened was closed')
      this.reopens.set(sessionId, reopens)
    }
    this.openSessions.set(conversationId, sessionId)
  }

  private takeAgent(
    event: Extract<LoggedEvent, { type: 'agent.configured' | 'agent.capacity-changed' | 'agent.removed' }>,
  ): void {
    switch (event.type) {
      case 'agent.configured':
        this.capacities.set(event.facts.agentId, event.facts.capacity)
        if (event.facts.role === 'agent') this.supervisors.delete(event.facts.agentId)
        else this.supervisors.add(event.facts.agentId)
        return
      case 'agent.capacity-changed':
        if (event.facts.capacity === null) this.temporary.delete(event.facts.agentId)
        else this.temporary.set(event.facts.agentId, event.facts.capacity)
        return
      case 'agent.removed':
        this.capacities.delete(event.facts.agentId)
        this.temporary.delete(event.facts.agentId)
        this.supervisors.delete(event.facts.agentId)
        for (const [sessionId, { agentId }] of this.wrapUps) {
          if (agentId === event.facts.agentId) this.wrapUps.delete(sessionId)
        }
        assert.equal(this.loadOf(event.facts.agentId), 0, 'a removed agent holds nothing')
        return
    }
  }

  private takeMessage(
    event: Extract<LoggedEvent, { type: 'message.received' | 'message.submitted' | 'delivery.settled' }>,
  ): void {
    switch (event.type) {
      case 'message.received':
        assert.ok(!this.received.has(event.facts.messageId), 'a message is logged once')
        this.received.add(event.facts.messageId)
        assert.equal(event.facts.blocked === true, this.blocked.has(event.facts.conversationId))
        if (event.facts.blocked === true) assert.equal(event.facts.asks, undefined, 'nobody is asked about the blocked')
        if (event.facts.asks !== undefined) {
          assert.notEqual(
            this.holders.get(event.facts.conversationId)?.kind,
            'agent',
            'nobody is asked while an agent holds',
          )
          this.asked.set(event.facts.messageId, event.facts.asks)
        }
        return
      case 'message.submitted':
        if (event.facts.via === 'passive-reply') this.passive.push({ id: event.facts.messageId, actor: event.actor })
        this.unsettled.set(event.facts.messageId, event.facts.conversationId)
        this.box.tell(event)
        return
      case 'delivery.settled':
        assert.ok(this.unsettled.delete(event.facts.messageId), 'an answer is settled once')
        return
    }
  }

  /** Of a session that is over, by whom it ended with; what began ends once. */
  private wrapUp(event: Extract<LoggedEvent, { type: 'session.wrap-up-began' | 'session.disposed' }>): void {
    const { sessionId, agentId } = event.facts
    assert.equal(this.closedBy.get(sessionId), agentId, 'said of a session that is over, by whom it ended with')
    if (event.type === 'session.wrap-up-began') {
      assert.ok(!this.wrapUps.has(sessionId), 'a session is wrapped up once')
      const { takesCapacity } = event.facts
      if (agentId !== null) this.wrapUps.set(sessionId, { agentId, takesCapacity, takes: this.book.told(event.facts) })
      return
    }
    const wasRunning = this.wrapUps.delete(sessionId)
    if (event.facts.cause !== 'given') {
      assert.ok(wasRunning, 'only a wrap-up ends without a word')
      assert.equal(event.facts.disposition, null)
    }
  }

  /** What changes no holder. */
  private takeBeside(
    event: Extract<
      LoggedEvent,
      { type: 'session.offered' | 'session.offer-ended' | 'session.parked' | 'session.resumed' }
    >,
  ): void {
    switch (event.type) {
      case 'session.offered': {
        const { conversationId, agentId } = event.facts
        assert.equal(this.holders.get(conversationId)?.kind, 'queue', 'what is offered waits')
        assert.ok(!this.offers.has(conversationId), 'one is asked at a time')
        this.offers.set(conversationId, agentId)
        this.assertRoom(agentId, this.book.of(conversationId).kinds)
        return
      }
      case 'session.offer-ended':
        assert.equal(this.offers.get(event.facts.conversationId), event.facts.agentId, 'an offer ends once')
        this.offers.delete(event.facts.conversationId)
        return
      case 'session.parked':
      case 'session.resumed': {
        const { conversationId, agentId } = event.facts
        const holder = this.holders.get(conversationId)
        assert.ok(holder?.kind === 'agent' && holder.agentId === agentId, 'only who holds it sets it aside')
        if (event.type === 'session.parked') this.parked.add(conversationId)
        else assert.ok(this.parked.delete(conversationId), 'only what is parked is resumed')
        if (event.type === 'session.resumed') this.assertRoom(agentId, this.book.of(conversationId).kinds)
        return
      }
    }
  }

  private takeBroadcast(event: BroadcastEvent): void {
    const { conversationId } = event.facts
    assert.ok(!this.offers.has(conversationId), 'it is offered in one way at a time')
    for (const agentId of takeBroadcast(this.broadcasts, this.holders.get(conversationId), event)) {
      this.assertRoom(agentId, this.book.of(conversationId).kinds)
    }
  }

  private takeSupervision(event: SupervisionEvent): void {
    const { conversationId, sessionId } = event.facts
    const holder = this.holders.get(conversationId)
    assert.equal(sessionId, this.openSessions.get(conversationId), 'supervision is of an open session')
    const company = this.beside.get(conversationId) ?? new Map()
    switch (event.type) {
      case 'session.watched':
      case 'session.joined': {
        const { agentId } = event.facts
        assert.ok(this.supervisors.has(agentId), 'only supervisors come beside a holder')
        assert.ok(holder?.kind !== 'agent' || holder.agentId !== agentId, 'a holder is beside nobody')
        company.set(agentId, event.type === 'session.watched' ? 'unseen' : event.facts.mayWrite ? 'joined' : 'shown')
        this.beside.set(conversationId, company)
        return
      }
      case 'session.watch-ended':
      case 'session.left': {
        const was = company.get(event.facts.agentId)
        assert.equal(was === 'unseen', event.type === 'session.watch-ended', 'who was not seen is not seen to leave')
        assert.ok(company.delete(event.facts.agentId), 'who leaves was there')
        return
      }
      case 'session.hand-raised':
        assert.ok(!this.hands.has(conversationId), 'a hand is raised once')
        assert.ok(holder?.kind === 'agent' && holder.agentId === event.facts.agentId, 'the holder raises a hand')
        this.hands.set(conversationId, event.facts.agentId)
        return
      case 'session.hand-lowered':
        assert.equal(this.hands.get(conversationId), event.facts.agentId, 'a hand that was raised is lowered')
        this.hands.delete(conversationId)
        return
      case 'session.whispered':
        return
    }
  }

  private pass(
    event: Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' | 'session.closed' }>,
    to: Holder,
  ): void {
    const { conversationId, sessionId, from } = event.facts
    assert.deepEqual(from, this.holders.get(conversationId), 'each event names the holder of that moment')
    assert.equal(sessionId, this.openSessions.get(conversationId), 'only an open session changes hands')
    this.holders.set(conversationId, to)
    this.parked.delete(conversationId)
    this.hands.delete(conversationId)
    if (to.kind === 'nobody') this.beside.delete(conversationId)
    if (to.kind === 'agent') this.beside.get(conversationId)?.delete(to.agentId)
    const isAsked = this.offers.has(conversationId) || this.broadcasts.has(conversationId)
    assert.ok(!isAsked, 'nobody is asked about what is decided')
    if (to.kind !== 'agent') return
    const isForced = event.type === 'session.assigned' && event.facts.overCapacity === true
    if (!isForced) this.assertRoom(to.agentId, this.book.of(conversationId).kinds)
    else {
      const { actor, facts } = event
      assert.ok(actor.kind !== 'agent' || this.supervisors.has(actor.agentId), 'only a supervisor goes beyond capacity')
      assert.ok(facts.cause === 'transfer' || facts.cause === 'take-over', 'and only by hand')
      assert.ok('reason' in facts && facts.reason !== undefined, 'and says why')
      const isBeyond =
        this.loadOf(to.agentId) > this.capacityOf(to.agentId) || this.fullKindOf(to.agentId) !== undefined
      assert.ok(isBeyond, 'and says so only where it is so')
    }
  }

  /** Of other kinds the agent may have more, of before they were limited further. */
  private assertRoom(agentId: string, kinds: readonly string[]): void {
    const capacity = this.capacityOf(agentId)
    const load = this.loadOf(agentId)
    assert.ok(load <= capacity, `${agentId} was given a conversation beyond capacity: ${load} of ${capacity}`)
    for (const kind of kinds) {
      const most = this.book.most(kind)
      assert.ok(this.countOf(agentId, kind) <= most, `${agentId} has more than ${most} of ${kind}`)
    }
  }

  capacityOf(agentId: string): number {
    return this.temporary.get(agentId) ?? this.capacities.get(agentId) ?? 0
  }

  /** The published rule, by hand: the holder, then the order of asking; the first that speaks and may. */
  private choose({ messageId, holder, winner, answers }: Facts<'reply.arbitrated'>): void {
    const asked = this.asked.get(messageId)
    assert.ok(asked !== undefined, 'chosen once, and only where somebody was asked')
    this.asked.delete(messageId)
    const first = holder.kind === 'app' && asked.includes(holder.appId) ? [holder.appId] : []
    const order = [...first, ...asked.filter((appId) => !first.includes(appId))]
    assert.deepEqual(
      answers.map(({ appId }) => appId),
      order,
    )
    const speakers = answers.filter(({ outcome }) => outcome === 'reply' || outcome === 'transfer')
    const allowed = speakers.filter(({ reason }) => !objections.has(reason ?? ''))
    const expected = holder.kind === 'agent' ? undefined : allowed[0]?.appId
    assert.equal(winner.kind === 'app' ? winner.appId : undefined, expected, 'the winner is whom the rule names')
    const heard = answers.filter(({ became }) => became === 'sent' || became === 'transferred')
    assert.deepEqual(
      heard.map(({ appId }) => appId),
      expected === undefined ? [] : [expected],
      'one wins',
    )
    const replies = this.passive.filter(({ actor }) => actor.kind === 'app')
    assert.deepEqual(
      replies.map(({ id }) => id),
      heard.flatMap(({ became, messageId: sent }) => (became === 'sent' && sent !== undefined ? [sent] : [])),
      'exactly one passive reply of an app for a choice that it won',
    )
    this.passive = []
  }

  loadOf(agentId: string): number {
    return this.takenBy(agentId).reduce((load, { weight }) => load + weight, 0)
  }

  private countOf(agentId: string, kind: string): number {
    return this.takenBy(agentId).filter(({ kinds }) => kinds.includes(kind)).length
  }

  /** A kind of which the agent has more than one is to have. */
  private fullKindOf(agentId: string): string | undefined {
    const kinds = this.takenBy(agentId).flatMap((one) => one.kinds)
    return kinds.find((kind) => this.countOf(agentId, kind) > this.book.most(kind))
  }

  private takenBy(agentId: string): Taken[] {
    const taken: Taken[] = []
    for (const [id, asked] of this.offers) if (asked === agentId) taken.push(this.book.of(id))
    for (const [id, asked] of this.broadcasts) if (asked.has(agentId)) taken.push(this.book.of(id))
    for (const one of this.wrapUps.values()) if (one.agentId === agentId && one.takesCapacity) taken.push(one.takes)
    for (const [id, holder] of this.holders) {
      if (holder.kind === 'agent' && holder.agentId === agentId && !this.parked.has(id)) taken.push(this.book.of(id))
    }
    return taken
  }
}
