import type { Companion, Conversation, Hand, Holder, MessageLeft, RoutingPlan } from '@duoke/contract'
import { instantOf, msOf } from '../instant.ts'
import { holds, statusOf } from './holder.ts'
import { previewOf } from './preview.ts'
import { ledgerOf, quotaAfter, quotaAt } from './quota.ts'
import {
  type CloseState,
  type ConversationState,
  type HandState,
  type OfferState,
  type ParkingState,
  unreadLimit,
} from './state.ts'
import type { ShownEvent } from './thread.ts'

/** The part of the resource that follows from the folded state: names and previews are not in it. */
export type Holding = Pick<
  Conversation,
  | 'id'
  | 'status'
  | 'holder'
  | 'assignee'
  | 'sessionId'
  | 'unread'
  | 'waitingSince'
  | 'decisionId'
  | 'offer'
  | 'broadcast'
  | 'parked'
  | 'lastClose'
  | 'messageLeft'
  | 'joinedBy'
  | 'hand'
  | 'quota'
  | 'position'
>

export function holdingOf(conversation: ConversationState, atMs: number): Holding {
  const { id, holder, sessionId, decisionId, offer, parked, lastPosition } = conversation
  return {
    id,
    ...heldBy(holder),
    sessionId,
    unread: conversation.unreadPositions.length,
    decisionId,
    offer: shownOffer(offer),
    parked: shownParking(parked),
    lastClose: shownClose(conversation.lastClose),
    ...shownBroadcast(conversation),
    ...shownLeft(conversation),
    ...besideOf(conversation),
    quota: quotaAt(conversation, atMs),
    position: lastPosition,
  }
}

export function shownOffer(offer: OfferState | null): Conversation['offer'] {
  return offer === null ? null : { agentId: offer.agentId, expiresAt: instantOf(offer.expiresAtMs) }
}

/** Left out while it is not offered to several. */
export function shownBroadcast({ broadcast }: Pick<ConversationState, 'broadcast'>): Pick<Conversation, 'broadcast'> {
  if (broadcast === undefined) return {}
  const { agentIds, expiresAtMs } = broadcast
  return { broadcast: { agentIds, expiresAt: instantOf(expiresAtMs) } }
}

export function shownParking(parked: ParkingState | null): Conversation['parked'] {
  if (parked === null) return null
  const { sinceMs, untilMs } = parked
  return { since: instantOf(sinceMs), until: untilMs === null ? null : instantOf(untilMs) }
}

/** Left out while the customer is not blocked. */
export function shownBlock({ blocked }: Pick<ConversationState, 'blocked'>): Pick<Conversation['customer'], 'blocked'> {
  if (blocked === undefined) return {}
  const { sinceMs, untilMs } = blocked
  return { blocked: { since: instantOf(sinceMs), until: untilMs === null ? null : instantOf(untilMs) } }
}

/** Left out while none is left, open or just resolved. */
export function shownLeft({ left }: Pick<ConversationState, 'left'>): Pick<Conversation, 'messageLeft'> {
  if (left === undefined) return {}
  const { sessionId, sinceMs, cause, plan, isExpired, resolvedAtMs } = left
  const facts = { sessionId, since: instantOf(sinceMs), cause, ...leftOf(plan) }
  const resolved = resolvedAtMs === undefined ? {} : { resolvedAt: instantOf(resolvedAtMs) }
  return { messageLeft: { ...facts, ...(isExpired && { expired: isExpired }), ...resolved } }
}

const leftOf = ({ teamId, messageBox }: RoutingPlan) => ({ teamId, atOpening: messageBox?.atOpening ?? 'stay' })

export function shownClose(lastClose: CloseState | undefined): Conversation['lastClose'] {
  if (lastClose === undefined) return null
  const { sessionId, agentId, atMs, cause, disposition = null, reopenableUntilMs, wrapUpUntilMs } = lastClose
  const shown = (ms: number | undefined) => (ms === undefined ? null : instantOf(ms))
  const times = { reopenableUntil: shown(reopenableUntilMs), wrapUpUntil: shown(wrapUpUntilMs) }
  return { sessionId, agentId, at: instantOf(atMs), cause, disposition, ...times }
}

/** Supervisors of whom the holder knows, and the hand that the holder raised; who looks on unseen is not shown. */
export function besideOf({
  beside = {},
  hand,
}: Pick<ConversationState, 'beside' | 'hand'>): Pick<Conversation, 'joinedBy' | 'hand'> {
  const joinedBy = Object.entries(beside).flatMap(([agentId, as]) =>
    as === 'unseen' ? [] : [{ agentId, mayWrite: as === 'joined' }],
  )
  return {
    ...(joinedBy.length > 0 && { joinedBy }),
    ...(hand !== undefined && { hand: shownHand(hand) }),
  }
}

function shownHand({ agentId, sinceMs, reason }: HandState): Hand {
  return { agentId, since: instantOf(sinceMs), ...(reason !== undefined && { reason }) }
}

function heldBy(holder: Holder): Pick<Conversation, 'status' | 'holder' | 'assignee' | 'waitingSince'> {
  return {
    status: statusOf(holder),
    holder,
    assignee: holder.kind === 'agent' ? holder.agentId : null,
    waitingSince: holder.kind === 'queue' ? holder.since : null,
  }
}

/**
 * The conversation after an event, for whoever shows it without asking the server each time. What the snapshot has
 * already seen changes nothing.
 */
export function applyToConversation(conversation: Conversation, event: ShownEvent): Conversation {
  if (event.position <= conversation.position) return conversation
  if (!('conversationId' in event.facts) || event.facts.conversationId !== conversation.id) return conversation
  const changed = { ...conversation, ...changeBy(conversation, event), position: event.position }
  return withLeft(withBroadcast(withCompany(changed, event), event), event)
}

function withBroadcast({ broadcast, ...rest }: Conversation, event: ShownEvent): Conversation {
  const after = broadcastAfter(broadcast, event)
  return { ...rest, ...(after !== undefined && { broadcast: after }) }
}

function broadcastAfter(broadcast: Conversation['broadcast'], event: ShownEvent): Conversation['broadcast'] {
  switch (event.type) {
    case 'session.broadcast': {
      const { agentIds, expiresAt } = event.facts
      return { agentIds, expiresAt }
    }
    case 'session.broadcast-joined':
      return broadcast && { ...broadcast, agentIds: [...broadcast.agentIds, ...event.facts.agentIds] }
    case 'session.broadcast-left': {
      const { agentId } = event.facts
      return broadcast && { ...broadcast, agentIds: broadcast.agentIds.filter((id) => id !== agentId) }
    }
    case 'session.broadcast-ended':
      return undefined
    default:
      return broadcast
  }
}

function withLeft({ messageLeft: before, ...rest }: Conversation, event: ShownEvent): Conversation {
  const messageLeft = leftAfter(before, event)
  return { ...rest, ...(messageLeft !== undefined && { messageLeft }) }
}

function leftAfter(left: MessageLeft | undefined, event: ShownEvent): MessageLeft | undefined {
  switch (event.type) {
    case 'message-box.left': {
      const { sessionId, cause, plan } = event.facts
      return { sessionId, since: event.at, cause, ...leftOf(plan) }
    }
    case 'message-box.expired':
      return left && { ...left, expired: true }
    case 'message-box.resolved':
      return left && { ...left, resolvedAt: event.at }
    case 'message-box.reopened': {
      const { resolvedAt: _, ...open } = left ?? {}
      return left && (open as MessageLeft) // it lacks what may be left out
    }
    case 'message.received': {
      if (left?.expired !== true || event.facts.opens === null) return left
      const { expired: _, ...alive } = left
      return alive
    }
    case 'message-box.taken':
    case 'session.opened':
      return undefined
    default:
      return left
  }
}

/** Who is beside the holder, and whether a hand is raised: fields that are left out where there is nothing to say. */
function withCompany({ joinedBy = [], hand, ...rest }: Conversation, event: ShownEvent): Conversation {
  const company = joinedByAfter(joinedBy, event)
  const raised = handAfter(hand, event)
  return {
    ...rest,
    ...(company.length > 0 && { joinedBy: [...company] }),
    ...(raised !== undefined && { hand: raised }),
  }
}

function joinedByAfter(joinedBy: readonly Companion[], event: ShownEvent): readonly Companion[] {
  switch (event.type) {
    case 'session.joined': {
      const { agentId, mayWrite } = event.facts
      return [...joinedBy.filter((one) => one.agentId !== agentId), { agentId, mayWrite }]
    }
    case 'session.left':
      return joinedBy.filter(({ agentId }) => agentId !== event.facts.agentId)
    case 'session.assigned': {
      const { to } = event.facts
      return joinedBy.filter(({ agentId }) => to.kind !== 'agent' || agentId !== to.agentId)
    }
    case 'session.closed':
      return []
    default:
      return joinedBy
  }
}

function handAfter(hand: Hand | undefined, event: ShownEvent): Hand | undefined {
  switch (event.type) {
    case 'session.hand-raised': {
      const { agentId, reason } = event.facts
      return { agentId, since: event.at, ...(reason !== undefined && { reason }) }
    }
    case 'session.hand-lowered':
    case 'session.queued':
    case 'session.assigned':
    case 'session.closed':
      return undefined
    default:
      return hand
  }
}

function changeBy(conversation: Conversation, event: ShownEvent): Partial<Conversation> {
  switch (event.type) {
    case 'session.opened':
      return { sessionId: event.facts.sessionId }
    case 'session.queued': {
      const { teamId, waitingSince, decision } = event.facts
      const holder = { kind: 'queue', teamId, since: waitingSince } as const
      return { ...heldBy(holder), parked: null, decisionId: decision?.decisionId ?? conversation.decisionId }
    }
    case 'session.assigned': {
      const { to, stintId, decision } = event.facts
      return { ...heldBy({ ...to, stintId, since: event.at }), parked: null, decisionId: decision?.decisionId ?? null }
    }
    case 'session.closed':
      return {
        ...heldBy({ kind: 'nobody' }),
        parked: null,
        sessionId: null,
        decisionId: null,
        unread: 0,
        lastClose: closeOf(event),
      }
    case 'session.wrap-up-began':
    case 'session.disposed':
      return { lastClose: saidOf(conversation.lastClose, event) }
    case 'session.offered': {
      const { agentId, expiresAt, decision } = event.facts
      return { offer: { agentId, expiresAt }, decisionId: decision.decisionId }
    }
    case 'session.broadcast':
      return { decisionId: event.facts.decision.decisionId }
    case 'session.parked':
      return { parked: { since: event.at, until: event.facts.until } }
    case 'session.resumed':
      return { parked: null }
    case 'session.offer-ended':
      return { offer: null }
    case 'customer.followed':
      return { customer: { ...conversation.customer, following: true } }
    case 'customer.unfollowed':
      return unfollowed(conversation, event)
    case 'customer.tagged': {
      const { added, removed } = event.facts
      const { customer } = conversation
      const kept = customer.tags.filter((tag) => !removed.includes(tag))
      return { customer: { ...customer, tags: [...new Set([...kept, ...added])].sort() } }
    }
    case 'customer.owner-changed':
      return { customer: { ...conversation.customer, ownerId: event.facts.to } }
    case 'customer.blocked': {
      const { until } = event.facts
      return { customer: { ...conversation.customer, blocked: { since: event.at, until } } }
    }
    case 'customer.unblocked': {
      const { blocked: _, ...customer } = conversation.customer
      return { customer }
    }
    case 'message.received':
      return received(conversation, event)
    case 'message.submitted':
      return submitted(conversation, event)
    case 'delivery.settled':
      return { quota: quotaAfter(conversation.quota, event) }
    case 'conversation.read':
      return { unread: event.facts.unread }
    default:
      return {}
  }
}

function closeOf({ facts, at }: Extract<ShownEvent, { type: 'session.closed' }>): Conversation['lastClose'] {
  const { sessionId, from, cause, reopenableUntil = null } = facts
  const agentId = from.kind === 'agent' ? from.agentId : null
  return { sessionId, agentId, at, cause, disposition: null, reopenableUntil, wrapUpUntil: null }
}

function saidOf(
  lastClose: Conversation['lastClose'],
  event: Extract<ShownEvent, { type: 'session.wrap-up-began' | 'session.disposed' }>,
): Conversation['lastClose'] {
  if (lastClose === null || lastClose.sessionId !== event.facts.sessionId) return lastClose
  return event.type === 'session.disposed'
    ? { ...lastClose, disposition: event.facts.disposition, wrapUpUntil: null }
    : { ...lastClose, wrapUpUntil: event.facts.until }
}

function unfollowed(
  { customer, quota }: Conversation,
  { facts, at }: Extract<ShownEvent, { type: 'customer.unfollowed' }>,
): Partial<Conversation> {
  const { hasReturned = false, sentAt = at } = facts
  const windows = quota.windows.filter(({ openedAt }) => hasReturned && openedAt > sentAt)
  return { customer: { ...customer, following: hasReturned }, quota: ledgerOf(windows, msOf(at)) }
}

function received(
  { unread, quota, customer }: Conversation,
  event: Extract<ShownEvent, { type: 'message.received' }>,
): Partial<Conversation> {
  const { kind, beforeLeaving = false } = event.facts
  const change = { lastMessage: lastMessageOf(event, 'in'), quota: quotaAfter(quota, event) }
  if (kind === 'action') return change
  const following = customer.following || !beforeLeaving
  const known = { ...change, customer: { ...customer, following } }
  return event.facts.blocked === true ? known : { ...known, unread: Math.min(unread + 1, unreadLimit) }
}

function submitted(
  { holder, unread, quota }: Conversation,
  event: Extract<ShownEvent, { type: 'message.submitted' }>,
): Partial<Conversation> {
  return {
    lastMessage: lastMessageOf(event, 'out'),
    quota: quotaAfter(quota, event),
    unread: holds(holder, event.actor) ? 0 : unread,
  }
}

function lastMessageOf(
  event: Extract<ShownEvent, { type: 'message.received' | 'message.submitted' }>,
  direction: 'in' | 'out',
): Conversation['lastMessage'] {
  const preview = event.personal === undefined ? '' : previewOf(event.personal.content)
  return { at: event.at, direction, preview, kind: event.facts.kind }
}
