import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { present } from '../invariant.ts'
import { isBeyond } from '../organization/load.ts'
import { endOffer } from '../routing/offer.ts'
import { assign, drainAll, route, sessionOf } from '../routing/route.ts'
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
  if (actor.kind !== 'agent' || offer?.agentId !== actor.agentId) return refuse('not_offered', undefined, holder)
  const refusal = refusalOfReason(attempt, 'decline', command)
  if (refusal !== null) return refusal
  endOffer(attempt, conversationId, { actor, outcome: 'declined', reason })
  askNext(attempt, conversationId)
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
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
 * in the order of the queue; then it is recorded why the rest goes on waiting.
 */
export function withdrawOffers(attempt: Attempt, agentId: string): void {
  const withdrawn: string[] = []
  for (const conversationId of attempt.state.agents.get(agentId)?.offered.toReversed() ?? []) {
    const agent = attempt.state.agents.get(agentId)
    const isThere = agent !== undefined && agent.status === 'online' && !agent.disabled
    if (isThere && !isBeyond(attempt.state, agent, conversationId)) continue
    endOffer(attempt, conversationId, { outcome: 'withdrawn' })
    withdrawn.push(conversationId)
  }
  if (withdrawn.length === 0) return
  drainAll(attempt)
  for (const conversationId of withdrawn) askUnlessServed(attempt, conversationId)
}

/** Asks the next, if nobody was asked or served meanwhile. */
export function askUnlessServed(attempt: Attempt, conversationId: string): void {
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation?.holder.kind === 'queue' && conversation.offer === null) askNext(attempt, conversationId)
}
