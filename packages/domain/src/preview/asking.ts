import type { LoggedEvent } from '@duoke/contract'
import type { ConversationState } from '../conversation/state.ts'
import type { Response } from './script.ts'

export type AskingEvent = Extract<
  LoggedEvent,
  {
    type:
      | 'session.offered'
      | 'session.offer-ended'
      | 'session.broadcast'
      | 'session.broadcast-joined'
      | 'session.broadcast-left'
      | 'session.broadcast-ended'
  }
>

/** What is known of those who were asked to take a session. */
export type Asking = {
  readonly responses: Response[]
  /** Who is asked, and since when. */
  readonly asked: Map<string, number>
  /** One of several has just accepted. */
  isGrabbed: boolean
}

export function askedNow({ offer, broadcast }: Pick<ConversationState, 'offer' | 'broadcast'>): readonly string[] {
  return offer === null ? (broadcast?.agentIds ?? []) : [offer.agentId]
}

export function readAsking(asking: Asking, event: AskingEvent, fromMs: number): void {
  const answer = (agentId: string, outcome: Response['outcome'], reason: string | null = null) => {
    const afterMs = event.atMs - (asking.asked.get(agentId) ?? fromMs)
    asking.responses.push({ agentId, outcome, afterMs, position: event.position, reason })
    asking.asked.delete(agentId)
  }
  switch (event.type) {
    case 'session.offered':
      asking.asked.set(event.facts.agentId, event.atMs)
      return
    case 'session.broadcast':
    case 'session.broadcast-joined':
      for (const agentId of event.facts.agentIds) asking.asked.set(agentId, event.atMs)
      return
    case 'session.offer-ended':
    case 'session.broadcast-left':
      answer(event.facts.agentId, event.facts.outcome, event.facts.reason)
      return
    case 'session.broadcast-ended': {
      const { agentIds, agentId: winner, outcome } = event.facts
      // Of those who did not get it nobody knows what they would have said.
      const others = outcome === 'timed-out' ? 'timed-out' : 'withdrawn'
      for (const agentId of agentIds) answer(agentId, agentId === winner ? 'accepted' : others)
      asking.isGrabbed = outcome === 'accepted'
      return
    }
  }
}
