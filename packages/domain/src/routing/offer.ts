import type { Actor, Facts } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { timerKey } from '../conversation/idle-timer.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import { takesOf, toldLoad } from '../organization/load.ts'
import type { OrganizationState } from '../organization/state.ts'
import { endBroadcast } from './broadcast.ts'
import type { DecisionDigest } from './record.ts'
import { roundOf } from './round.ts'

type EndedFacts = Facts<'session.offer-ended'>

/**
 * How long an agent has to accept what this conversation's routing offers; null where it is given without asking. A team's
 * own setting counts for what waits for that team alone: sent to it, or of an account that only this team serves.
 */
export function offerTimeOf(state: OrganizationState, teams: readonly string[]): number | null {
  const own = teams.length === 1 ? state.teams.get(teams[0] ?? '')?.offerForMs : undefined
  return own === undefined ? (state.settings?.sessions.offerForMs ?? null) : own
}

export type OfferRequest = {
  readonly conversationId: string
  readonly agentId: string
  readonly stintId: string
  readonly lastsMs: number
  /** Who passed is forgotten: everybody was asked. */
  readonly isNewRound: boolean
  readonly decision: DecisionDigest
}

/** Asks an agent to take a conversation that waits; room is kept for it meanwhile. */
export function offer(attempt: Attempt, request: OfferRequest): void {
  const { conversationId, agentId, stintId, lastsMs, isNewRound, decision } = request
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  attempt.emit({
    type: 'session.offered',
    actor: { kind: 'rule', rule: 'routing' },
    facts: {
      conversationId,
      sessionId: present(conversation.sessionId, 'session'),
      agentId,
      stintId,
      round: roundOf(conversation, isNewRound),
      expiresAt: instantOf(attempt.context.atMs + lastsMs),
      decision,
      ...toldLoad(takesOf(attempt.state, conversation)),
    },
  })
}

/** It goes to somebody else, or ends: nobody is asked about it any more, now or after a pause, and it is not parked. */
export function endOffering(attempt: Attempt, conversationId: string): void {
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return
  const isPaused = conversation.offer === null && conversation.passedBy.length > 0
  if (isPaused) attempt.timers.push({ clear: timerKey({ kind: 'offer', conversationId }) })
  endSnooze(attempt, conversation)
  endAsking(attempt, conversationId)
}

/** Whoever is asked is asked no more, and not because of anything they did. */
export function endAsking(attempt: Attempt, conversationId: string): void {
  endOffer(attempt, conversationId, { outcome: 'withdrawn' })
  endBroadcast(attempt, conversationId, { outcome: 'withdrawn' })
}

export function endSnooze(attempt: Attempt, { id: conversationId, parked }: ConversationState): void {
  if (parked?.untilMs == null) return
  attempt.timers.push({ clear: timerKey({ kind: 'snooze', conversationId }) })
}

type Ending = {
  readonly actor?: Actor
  readonly outcome: EndedFacts['outcome']
  readonly reason?: string | undefined
  /** The agent went away from it, which is declining by other means. */
  readonly isOwnWill?: boolean
}

/** Ends the offer of a conversation, if there is one. The room that was kept is free, or counts as taken where the agent did not want it. */
export function endOffer(attempt: Attempt, conversationId: string, ending: Ending): void {
  const { actor = { kind: 'rule', rule: 'routing' }, outcome, reason, isOwnWill = false } = ending
  const conversation = attempt.state.conversations.get(conversationId)
  const asked = conversation?.offer
  if (conversation === undefined || asked === undefined || asked === null) return
  const { agentId } = asked
  const sessionId = present(conversation.sessionId, 'session')
  const counts = outcome === 'declined' || outcome === 'timed-out' || isOwnWill
  const facts = {
    ...{ conversationId, sessionId, agentId, outcome },
    ...(reason === undefined ? {} : { reason }),
    ...(counts && { counts }),
  }
  attempt.emit({ type: 'session.offer-ended', actor, facts })
  if (outcome !== 'accepted') attempt.freed.add(agentId)
}
