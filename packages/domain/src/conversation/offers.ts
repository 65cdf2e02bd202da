import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { present } from '../invariant.ts'
import { isBeyond } from '../organization/load.ts'
import { endBroadcast, leaveBroadcast } from '../routing/broadcast.ts'
import { endOffer } from '../routing/offer.ts'
import { assign, drainAll, queue, route, sessionOf } from '../routing/route.ts'
import { refusalOfReason } from './reasons.ts'
import type { ConversationState, OfferState } from './state.ts'

/** The agent who is asked says yes. Room was kept, so that capacity cannot stand against it. */
export function acceptOffer(attempt: Attempt, conversation: ConversationState, offer: OfferState): Decision {
  const { agentId, stintId, decision } = offer
  const { id: conversationId } = conversation
  const actor = { kind: 'agent', agentId } as const
  endOffer(attempt, conversationId, { actor, outcome: 'accepted' })
  assign(attempt, { conversationId, actor, stintId, to: actor, assignCause: 'accept', decision })
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

export function declineOffer(attempt: Attempt, command: CommandOf<'session.decline'>): Decision {
  const { actor, conversationId, reason } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder, offer } = conversation
  if (holder.kind === 'nobody') return refuse('already_closed')
  if (holder.kind !== 'queue') return refuse('held_by_another', undefined, holder)
  if (actor.kind === 'agent' && conversation.broadcast?.agentIds.includes(actor.agentId) === true) {
    return declineBroadcast(attempt, command, actor.agentId)
  }
  if (actor.kind !== 'agent' || offer?.agentId !== actor.agentId) return refuse('not_offered', undefined, holder)
  const refusal = refusalOfReason(attempt, 'decline', command)
  if (refusal !== null) return refusal
  endOffer(attempt, conversationId, { actor, outcome: 'declined', reason })
  askNext(attempt, conversationId)
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

/** The first of those who are asked says yes: a place was kept, so that capacity cannot stand against it. */
export function acceptBroadcast(attempt: Attempt, conversation: ConversationState, agentId: string): Decision {
  const { id: conversationId, broadcast } = conversation
  const actor = { kind: 'agent', agentId } as const
  const broadcastId = present(broadcast, 'broadcast').decisionId
  endBroadcast(attempt, conversationId, { actor, agentId, outcome: 'accepted' })
  const stintId = attempt.context.ids.draw('stint')
  assign(attempt, { conversationId, actor, stintId, to: actor, assignCause: 'accept', broadcastId })
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

function declineBroadcast(attempt: Attempt, command: CommandOf<'session.decline'>, agentId: string): Decision {
  const { actor, conversationId, reason } = command
  const refusal = refusalOfReason(attempt, 'decline', command)
  if (refusal !== null) return refusal
  const isOver = leaveBroadcast(attempt, conversationId, agentId, { actor, outcome: 'declined', reason })
  if (isOver) fallBackAll(attempt, [conversationId])
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

/**
 * Nobody took what was offered to all: by its plan it is given to one of them, or waits until they are asked anew. Those
 * who wait before it come before it, and then it is recorded why the rest goes on waiting.
 */
export function fallBackAll(attempt: Attempt, conversationIds: readonly string[]): void {
  if (conversationIds.length === 0) return
  beginFallBack(attempt, conversationIds)
  drainAll(attempt)
  for (const conversationId of conversationIds) askUnlessServed(attempt, conversationId)
}

/** What its rule asks once nobody took it when everybody was asked. */
function beginFallBack(attempt: Attempt, conversationIds: readonly string[]): void {
  for (const conversationId of conversationIds) {
    const { holder, plan } = present(attempt.state.conversations.get(conversationId), conversationId)
    if (holder.kind !== 'queue' || plan?.broadcast == null || plan.broadcast.then === null) continue
    const { broadcast: _, ...then } = plan
    const actor = { kind: 'rule', rule: 'routing' } as const
    queue(attempt, { conversationId, teamId: holder.teamId, actor, queueCause: 'routing', plan: then }, null)
  }
}

/** Offers it to the next, or lets it wait; `isNewRound`: those who passed are asked again. */
export function askNext(attempt: Attempt, conversationId: string, isNewRound = false): void {
  const { holder } = present(attempt.state.conversations.get(conversationId), conversationId)
  route(attempt, {
    conversationId,
    teamId: holder.kind === 'queue' ? holder.teamId : null,
    actor: { kind: 'rule', rule: 'routing' },
    cause: 'offer ended',
    assignCause: 'routing',
    queueCause: 'routing',
    isNewRound,
  })
}

/**
 * Who stopped serving, or has less room than is kept, is asked no more. First all of it waits again, so that others serve it
 * in the order of the queue; then it is recorded why the rest goes on waiting. `isOwnWill`: it counts as declined.
 */
export function withdrawOffers(attempt: Attempt, agentId: string, isOwnWill = false): void {
  const hasRoomFor = (conversationId: string) => {
    const agent = attempt.state.agents.get(agentId)
    const isThere = agent !== undefined && agent.status === 'online' && !agent.disabled
    return isThere && !isBeyond(attempt.state, agent, conversationId)
  }
  const unasked: string[] = []
  // Broadcasts go first: others are asked about them as well.
  for (const conversationId of attempt.state.agents.get(agentId)?.broadcasts.toReversed() ?? []) {
    if (hasRoomFor(conversationId)) continue
    if (leaveBroadcast(attempt, conversationId, agentId, { outcome: 'withdrawn' })) unasked.push(conversationId)
  }
  const withdrawn: string[] = []
  for (const conversationId of attempt.state.agents.get(agentId)?.offered.toReversed() ?? []) {
    if (hasRoomFor(conversationId)) continue
    endOffer(attempt, conversationId, { outcome: 'withdrawn', isOwnWill })
    withdrawn.push(conversationId)
  }
  if (withdrawn.length + unasked.length === 0) return
  beginFallBack(attempt, unasked)
  drainAll(attempt)
  for (const conversationId of [...withdrawn, ...unasked]) askUnlessServed(attempt, conversationId)
}

/** Asks the next, if nobody was asked or served meanwhile. */
export function askUnlessServed(attempt: Attempt, conversationId: string): void {
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation?.holder.kind !== 'queue' || conversation.offer !== null || conversation.broadcast !== undefined)
    return
  askNext(attempt, conversationId)
}
