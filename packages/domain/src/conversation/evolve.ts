import type { Holder, LoggedEvent } from '@duoke/contract'
import { instantOf, msOf } from '../instant.ts'
import { loadTold, setLoad } from '../organization/load.ts'
import { addressKey, type OrganizationState, setAddress } from '../organization/state.ts'
import { enterLine, leaveLine } from '../routing/queue.ts'
import { evolveBroadcast, evolveBroadcastLoads, isOfBroadcast } from './evolve-broadcast.ts'
import { evolveLastClose, evolveWrapUps } from './evolve-closed.ts'
import { count, countNoMore, evolveDeclines } from './evolve-declines.ts'
import { evolveLeft, type MessageBoxEvent, revive } from './evolve-message-box.ts'
import { parkingIn } from './evolve-parked.ts'
import { evolveServed } from './evolve-served.ts'
import { evolveBeside, leave, type SupervisionEvent } from './evolve-supervision.ts'
import { holds } from './holder.ts'
import { openWindow, reserve, settle } from './ledger.ts'
import { type ConversationState, tagsOf, unreadLimit } from './state.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
export type SessionEvent = Of<
  | 'session.opened'
  | 'session.queued'
  | 'session.assigned'
  | 'session.idle-warned'
  | 'session.closed'
  | 'session.offered'
  | 'session.offer-ended'
  | 'session.broadcast'
  | 'session.broadcast-joined'
  | 'session.broadcast-left'
  | 'session.broadcast-ended'
  | 'session.parked'
  | 'session.resumed'
  | 'session.wrap-up-began'
  | 'session.disposed'
>
export type MessageEvent = Of<
  | 'customer.followed'
  | 'customer.unfollowed'
  | 'customer.changed'
  | 'customer.tagged'
  | 'customer.owner-changed'
  | 'customer.blocked'
  | 'customer.unblocked'
  | 'message.received'
  | 'message.recalled'
  | 'message.submitted'
  | 'delivery.settled'
  | 'conversation.read'
  | 'conversation.noted'
  | 'reply.arbitrated'
  | 'reply.came-late'
>

/**
 * A conversation that was adopted from its row may be ahead of the events being folded (the row is as new as the log's
 * head): what it has seen already is skipped.
 */
function editable(
  state: OrganizationState,
  event: SessionEvent | MessageEvent | SupervisionEvent | MessageBoxEvent,
): ConversationState | undefined {
  const conversation = state.conversations.edit(event.facts.conversationId)
  if (conversation === undefined || event.position <= conversation.lastPosition) return undefined
  conversation.lastPosition = event.position
  return conversation
}

export function evolveStarted(state: OrganizationState, event: Of<'conversation.started'>): void {
  const { conversationId, customerId, accountId } = event.facts
  if (!state.conversations.has(conversationId)) {
    state.conversations.set(conversationId, {
      id: conversationId,
      customerId,
      accountId,
      holder: { kind: 'nobody' },
      sessionId: null,
      lastSessionId: null,
      following: true,
      unfollowedAtMs: null,
      presentAtMs: null,
      windows: [],
      pending: {},
      recentUses: [],
      startedAtMs: event.atMs,
      lastCustomerAtMs: null,
      lastAgentAtMs: null,
      lastActivityAtMs: event.atMs,
      idleWarnedAtMs: null,
      unreadPositions: [],
      asked: {},
      decisionId: null,
      offer: null,
      offerRound: 0,
      passedBy: [],
      parked: null,
      sessionSinceMs: null,
      lineSinceMs: null,
      waitingSinceMs: null,
      holderPosition: event.position,
      lastPosition: event.position,
    })
  }
  // Erasure empties the personal part: the next message from that address then begins a new conversation.
  if (event.personal !== undefined) setAddress(state, addressKey(accountId, event.personal.openid), conversationId)
}

export function evolveMessage(state: OrganizationState, event: MessageEvent): void {
  const conversation = editable(state, event)
  if (conversation === undefined) return
  switch (event.type) {
    case 'customer.followed':
      conversation.following = true
      return
    case 'customer.unfollowed':
      unfollowed(conversation, event)
      return
    case 'message.received':
      received(conversation, event)
      if (event.facts.opens !== null) revive(state, conversation)
      return
    case 'message.submitted':
      submitted(conversation, event)
      return
    case 'delivery.settled':
      settle(conversation, event)
      return
    case 'conversation.read':
      conversation.unreadPositions = unreadAfter(conversation, event.facts.upTo)
      return
    case 'conversation.noted':
      return
    case 'reply.arbitrated':
      delete conversation.asked[event.facts.messageId]
      return
    case 'customer.tagged': {
      const { added, removed } = event.facts
      const kept = tagsOf(conversation).filter((tag) => !removed.includes(tag))
      const tags = [...new Set([...kept, ...added])].sort()
      delete conversation.tags
      if (tags.length > 0) conversation.tags = tags
      return
    }
    case 'customer.owner-changed':
      delete conversation.ownerId
      if (event.facts.to !== null) conversation.ownerId = event.facts.to
      return
    case 'customer.blocked': {
      const { until } = event.facts
      conversation.blocked = { sinceMs: event.atMs, untilMs: until === null ? null : msOf(until) }
      return
    }
    case 'customer.unblocked':
      delete conversation.blocked
      return
    case 'customer.changed':
    case 'message.recalled':
    case 'reply.came-late':
      return
  }
}

/** No allowance outlives the following, and none comes back with it (45015, protocol reference, section 5.9). */
function unfollowed(conversation: ConversationState, { facts, atMs }: Of<'customer.unfollowed'>): void {
  const leftAtMs = facts.sentAt === undefined ? atMs : msOf(facts.sentAt)
  conversation.unfollowedAtMs = Math.max(conversation.unfollowedAtMs ?? 0, leftAtMs)
  conversation.following = facts.hasReturned === true
  conversation.windows = conversation.windows.filter(
    ({ openedAtMs }) => conversation.following && openedAtMs > leftAtMs,
  )
}

function received(conversation: ConversationState, event: Of<'message.received'>): void {
  const { opens, kind, asks, messageId, beforeLeaving = false } = event.facts
  conversation.lastCustomerAtMs = event.atMs
  if (asks !== undefined) {
    conversation.asked[messageId] = { apps: [...asks], isMessage: kind !== 'action', atMs: event.atMs }
  }
  const isPresent = !beforeLeaving && (opens !== null || kind !== 'action')
  if (isPresent) conversation.presentAtMs = Math.max(conversation.presentAtMs ?? 0, msOf(event.facts.sentAt))
  if (opens !== null) openWindow(conversation, event, opens)
  if (kind === 'action') return
  // Only followers can write (protocol reference, section 5.9): whoever writes follows, whatever push we missed.
  if (!beforeLeaving) conversation.following = true
  if (event.facts.blocked === true) return
  conversation.lastActivityAtMs = event.atMs
  conversation.idleWarnedAtMs = null
  conversation.unreadPositions.push(event.position)
  if (conversation.unreadPositions.length > unreadLimit) conversation.unreadPositions.shift()
}

function submitted(conversation: ConversationState, event: Of<'message.submitted'>): void {
  reserve(conversation, event)
  const { place, via } = event.facts
  if (place !== undefined) {
    const updates = (conversation.told?.updates ?? 0) + (via === 'customer-message' ? 1 : 0)
    conversation.told = { place, atMs: event.atMs, updates }
  }
  const { left } = conversation
  const isOfBox = event.actor.kind === 'rule' && event.actor.rule === 'message-box'
  if (isOfBox && left !== undefined) conversation.left = { ...left, isTold: true }
  // What Duoke sends by itself (a greeting, the idle warning) is no sign of life of either side.
  if (event.actor.kind !== 'agent' && event.actor.kind !== 'app') return
  conversation.lastAgentAtMs = event.atMs
  conversation.lastActivityAtMs = event.atMs
  conversation.idleWarnedAtMs = null
  if (holds(conversation.holder, event.actor)) conversation.unreadPositions = []
}

export function unreadAfter(conversation: ConversationState, upTo: number): number[] {
  return conversation.unreadPositions.filter((position) => position > upTo)
}

export function evolveSession(state: OrganizationState, event: SessionEvent): void {
  evolveLoads(state, event)
  const conversation = editable(state, event)
  if (conversation === undefined) return
  if (isOfBroadcast(event)) {
    evolveBroadcast(state, conversation, event)
    return
  }
  switch (event.type) {
    case 'session.opened':
      conversation.sessionId = event.facts.sessionId
      conversation.lastSessionId = event.facts.sessionId
      conversation.offerRound = 0
      // What was resolved before is taken back no more.
      delete conversation.left
      conversation.sessionSinceMs = event.atMs
      return
    case 'session.queued': {
      const { teamId, waitingSince, decision, round, plan, aheadSince } = event.facts
      const wasWaiting = conversation.holder.kind === 'queue'
      const lineSinceMs = wasWaiting ? conversation.lineSinceMs : null
      hold(state, conversation, { kind: 'queue', teamId, since: waitingSince }, event)
      if (plan !== undefined) conversation.plan = plan
      conversation.waitingSinceMs = msOf(waitingSince)
      conversation.lineSinceMs = aheadSince === undefined ? lineSinceMs : msOf(aheadSince)
      if (round !== undefined) Object.assign(conversation, { offerRound: round, passedBy: [] })
      if (decision !== null) conversation.decisionId = decision.decisionId
      enterLine(state, conversation)
      return
    }
    case 'session.assigned': {
      const { to, stintId, decision, plan } = event.facts
      hold(state, conversation, { ...to, stintId, since: instantOf(event.atMs) }, event)
      conversation.decisionId = decision?.decisionId ?? null
      if (plan !== undefined) conversation.plan = plan
      if (to.kind === 'agent') conversation.lastAgentId = to.agentId
      return
    }
    case 'session.idle-warned':
      conversation.idleWarnedAtMs = event.atMs
      return
    case 'session.closed':
      closed(state, conversation, event)
      return
    case 'session.wrap-up-began':
    case 'session.disposed':
      evolveLastClose(conversation, event)
      return
    case 'session.parked':
      conversation.parked = parkingIn(event)
      return
    case 'session.resumed':
      conversation.parked = null
      conversation.holderPosition = event.position
      conversation.lastActivityAtMs = event.atMs
      conversation.idleWarnedAtMs = null
      return
    case 'session.offered':
      offered(state, conversation, event)
      return
    case 'session.offer-ended':
      if (event.facts.outcome === 'declined' || event.facts.outcome === 'timed-out') {
        conversation.passedBy.push(event.facts.agentId)
      }
      conversation.offer = null
      enterLine(state, conversation)
      return
  }
}

function closed(state: OrganizationState, conversation: ConversationState, event: Of<'session.closed'>): void {
  const { sessionId, from, cause, reopenableUntil } = event.facts
  const reopenable = reopenableUntil === undefined ? {} : { reopenableUntilMs: msOf(reopenableUntil) }
  const agentId = from.kind === 'agent' ? from.agentId : null
  conversation.lastClose = { sessionId, agentId, atMs: event.atMs, cause, ...reopenable }
  hold(state, conversation, { kind: 'nobody' }, event)
  conversation.sessionId = null
  conversation.decisionId = null
  delete conversation.plan
  delete conversation.told
  conversation.unreadPositions = []
}

export function evolveSupervision(state: OrganizationState, event: SupervisionEvent): void {
  const conversation = editable(state, event)
  if (conversation !== undefined) evolveBeside(conversation, event)
}

export function evolveMessageBox(state: OrganizationState, event: MessageBoxEvent): void {
  const conversation = editable(state, event)
  if (conversation !== undefined) evolveLeft(state, conversation, event)
}

/** Who is asked keeps the conversation from being asked of others: it stands in no line meanwhile. */
function offered(state: OrganizationState, conversation: ConversationState, event: Of<'session.offered'>): void {
  const { agentId, stintId, expiresAt, decision, round } = event.facts
  leaveLine(state, conversation)
  if (round > conversation.offerRound) conversation.passedBy = []
  conversation.offerRound = round
  conversation.offer = { agentId, stintId, expiresAtMs: msOf(expiresAt), decision, position: event.position }
  conversation.decisionId = decision.decisionId
}

function hold(state: OrganizationState, conversation: ConversationState, holder: Holder, event: SessionEvent): void {
  leaveLine(state, conversation)
  conversation.holder = holder
  conversation.waitingSinceMs = null
  conversation.lineSinceMs = null
  conversation.parked = null
  delete conversation.takes
  const takes = event.type === 'session.queued' || event.type === 'session.assigned' ? loadTold(event.facts) : undefined
  if (takes !== undefined) conversation.takes = takes
  delete conversation.hand
  if (holder.kind === 'agent') leave(conversation, holder.agentId)
  if (holder.kind === 'nobody') delete conversation.beside
  conversation.holderPosition = event.position
  conversation.idleWarnedAtMs = null
  conversation.lastActivityAtMs = event.atMs
  if (holder.kind !== 'queue') conversation.passedBy = []
}

/** Loads follow from the facts alone, so that they are right even while the conversation itself is not in memory. */
function evolveLoads(state: OrganizationState, event: SessionEvent): void {
  if (event.type === 'session.opened' || event.type === 'session.idle-warned') return
  if (event.type === 'session.offered' || event.type === 'session.offer-ended') {
    evolveOffers(state, event)
    return
  }
  if (isOfBroadcast(event)) {
    evolveBroadcastLoads(state, event)
    return
  }
  if (event.type === 'session.parked' || event.type === 'session.resumed') {
    if (event.type === 'session.parked') evolveDeclines(state, event)
    evolveParking(state, event)
    return
  }
  if (event.type === 'session.wrap-up-began' || event.type === 'session.disposed') {
    evolveWrapUps(state, event)
    return
  }
  evolveDeclines(state, event)
  const { conversationId, from } = event.facts
  if (from.kind === 'agent') {
    const agent = state.agents.edit(from.agentId)
    const place = agent?.held.indexOf(conversationId) ?? -1
    if (agent !== undefined && place >= 0) {
      agent.held.splice(place, 1)
      agent.idleSince = instantOf(event.atMs)
    }
    if (agent !== undefined && agent.parked.length > 0) agent.parked = without(agent.parked, conversationId)
    if (agent !== undefined) setLoad(agent, conversationId, undefined)
  }
  if (event.type === 'session.assigned' && event.facts.to.kind === 'agent') {
    evolveServed(state, event)
    const agent = state.agents.edit(event.facts.to.agentId)
    if (agent === undefined) return
    if (!agent.held.includes(conversationId)) agent.held.push(conversationId)
    setLoad(agent, conversationId, loadTold(event.facts))
    agent.givenAt = event.position
    agent.idleSince = instantOf(event.atMs)
  }
}

function evolveOffers(state: OrganizationState, event: Of<'session.offered' | 'session.offer-ended'>): void {
  const { conversationId, agentId } = event.facts
  const agent = state.agents.edit(agentId)
  if (agent === undefined) return
  agent.offered = without(agent.offered, conversationId)
  if (event.type === 'session.offered') {
    agent.offered.push(conversationId)
    countNoMore(agent, conversationId)
  } else if (event.facts.counts === true) count(agent, event)
  setLoad(agent, conversationId, event.type === 'session.offered' ? loadTold(event.facts) : undefined)
}

function evolveParking(state: OrganizationState, event: Of<'session.parked' | 'session.resumed'>): void {
  const { conversationId, agentId } = event.facts
  const agent = state.agents.edit(agentId)
  if (agent === undefined) return
  agent.held = without(agent.held, conversationId)
  agent.parked = without(agent.parked, conversationId)
  if (event.type === 'session.parked') agent.parked.push(conversationId)
  else agent.held.push(conversationId)
  agent.idleSince = instantOf(event.atMs)
}

const without = (ids: readonly string[], one: string): string[] => ids.filter((id) => id !== one)
