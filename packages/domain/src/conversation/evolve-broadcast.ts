import type { LoggedEvent } from '@duoke/contract'
import { msOf } from '../instant.ts'
import { loadTold, setLoad } from '../organization/load.ts'
import type { OrganizationState } from '../organization/state.ts'
import { enterLine, leaveLine } from '../routing/queue.ts'
import type { ConversationState } from './state.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
export type BroadcastEvent = Of<
  'session.broadcast' | 'session.broadcast-joined' | 'session.broadcast-left' | 'session.broadcast-ended'
>

export function isOfBroadcast(event: LoggedEvent): event is BroadcastEvent {
  return event.type.startsWith('session.broadcast')
}

/** While several are asked it stands in no line, so that nobody is given it. */
export function evolveBroadcast(
  state: OrganizationState,
  conversation: ConversationState,
  event: BroadcastEvent,
): void {
  const { broadcast } = conversation
  switch (event.type) {
    case 'session.broadcast': {
      const { agentIds, giver, round, expiresAt, decision } = event.facts
      leaveLine(state, conversation)
      if (round > conversation.offerRound) conversation.passedBy = []
      conversation.offerRound = round
      const { decisionId } = decision
      conversation.broadcast = {
        agentIds: [...agentIds],
        ...(giver !== undefined && { giver }),
        expiresAtMs: msOf(expiresAt),
        decisionId,
        position: event.position,
      }
      conversation.decisionId = decisionId
      enterLine(state, conversation)
      return
    }
    case 'session.broadcast-joined':
      broadcast?.agentIds.push(...event.facts.agentIds)
      return
    case 'session.broadcast-left': {
      const { agentId, outcome } = event.facts
      if (broadcast !== undefined) broadcast.agentIds = broadcast.agentIds.filter((id) => id !== agentId)
      if (outcome === 'declined') conversation.passedBy.push(agentId)
      return
    }
    case 'session.broadcast-ended': {
      const { agentIds, outcome } = event.facts
      leaveLine(state, conversation)
      delete conversation.broadcast
      // Silence is no refusal where somebody is chosen afterwards.
      const isAskedAnew = (conversation.plan?.broadcast?.then ?? null) === null
      if (outcome === 'timed-out' && isAskedAnew) conversation.passedBy.push(...agentIds)
      enterLine(state, conversation)
      return
    }
  }
}

/** From the facts alone, as with every load. */
export function evolveBroadcastLoads({ agents }: OrganizationState, event: BroadcastEvent): void {
  const { conversationId } = event.facts
  const takes =
    event.type === 'session.broadcast' || event.type === 'session.broadcast-joined'
      ? { of: loadTold(event.facts) }
      : null
  for (const agentId of agentsIn(event)) {
    const agent = agents.edit(agentId)
    if (agent === undefined) continue
    agent.broadcasts = agent.broadcasts.filter((id) => id !== conversationId)
    if (takes !== null) agent.broadcasts.push(conversationId)
    setLoad(agent, conversationId, takes?.of)
  }
}

export function agentsIn(event: BroadcastEvent): readonly string[] {
  return event.type === 'session.broadcast-left' ? [event.facts.agentId] : event.facts.agentIds
}

/** Whom an event asks to take a conversation, alone or beside others, or asks no more. */
export function askedIn(event: LoggedEvent): readonly string[] {
  if (isOfBroadcast(event)) return agentsIn(event)
  return event.type === 'session.offered' || event.type === 'session.offer-ended' ? [event.facts.agentId] : []
}
