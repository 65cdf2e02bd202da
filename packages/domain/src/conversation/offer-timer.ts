import type { Attempt } from '../attempt.ts'
import type { Timer } from '../commands.ts'
import { applyStatus } from '../organization/agents.ts'
import { endBroadcast } from '../routing/broadcast.ts'
import { endOffer } from '../routing/offer.ts'
import { setTimer } from './idle-timer.ts'
import { askNext, askUnlessServed, fallBackAll } from './offers.ts'

/** An offer ran out; or, where everybody who is there has passed, the pause before they are asked anew is over. */
export function fireOffer(attempt: Attempt, timer: Extract<Timer, { kind: 'offer' }>): void {
  const { state, context } = attempt
  const { conversationId } = timer
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return
  const { holder, offer, broadcast, passedBy } = conversation
  if (broadcast !== undefined) {
    if (context.atMs < broadcast.expiresAtMs) attempt.timers.push(setTimer(timer, broadcast.expiresAtMs))
    else {
      endBroadcast(attempt, conversationId, { actor: { kind: 'rule', rule: 'offer' }, outcome: 'timed-out' })
      fallBackAll(attempt, [conversationId])
    }
    return
  }
  if (offer === null) {
    if (holder.kind === 'queue' && passedBy.length > 0) askNext(attempt, conversationId, true)
    return
  }
  if (context.atMs < offer.expiresAtMs) {
    attempt.timers.push(setTimer(timer, offer.expiresAtMs))
    return
  }
  const { agentId } = offer
  endOffer(attempt, conversationId, { actor: { kind: 'rule', rule: 'offer' }, outcome: 'timed-out' })
  const agent = state.agents.get(agentId)
  if (state.settings?.sessions.missedOfferSetsAway === true && agent?.status === 'online') {
    applyStatus(attempt, { actor: { kind: 'rule', rule: 'offer' }, agentId, status: 'away', cause: 'missed-offer' })
  }
  // Where the agent's other offers were withdrawn with it, the queue was served in its order already.
  askUnlessServed(attempt, conversationId)
}
