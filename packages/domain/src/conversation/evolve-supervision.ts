import type { LoggedEvent } from '@duoke/contract'
import type { Companionship, ConversationState } from './state.ts'

export type SupervisionEvent = Extract<
  LoggedEvent,
  {
    type:
      | 'session.watched'
      | 'session.watch-ended'
      | 'session.joined'
      | 'session.left'
      | 'session.whispered'
      | 'session.hand-raised'
      | 'session.hand-lowered'
  }
>

/** What happens beside the holder. */
export function evolveBeside(conversation: ConversationState, event: SupervisionEvent): void {
  switch (event.type) {
    case 'session.watched':
      comeBeside(conversation, event.facts.agentId, 'unseen')
      return
    case 'session.joined':
      comeBeside(conversation, event.facts.agentId, event.facts.mayWrite ? 'joined' : 'shown')
      return
    case 'session.watch-ended':
    case 'session.left':
      leave(conversation, event.facts.agentId)
      return
    case 'session.hand-raised': {
      const { agentId, reason } = event.facts
      conversation.hand = { agentId, sinceMs: event.atMs, ...(reason !== undefined && { reason }) }
      return
    }
    case 'session.hand-lowered':
      delete conversation.hand
      return
    case 'session.whispered':
      return
  }
}

function comeBeside(conversation: ConversationState, agentId: string, as: Companionship): void {
  conversation.beside = { ...conversation.beside, [agentId]: as }
}

/** Who holds it is not beside it; without anybody the state is as if nobody had ever been there. */
export function leave(conversation: ConversationState, agentId: string): void {
  if (conversation.beside === undefined) return
  const { [agentId]: _gone, ...others } = conversation.beside
  delete conversation.beside
  if (Object.keys(others).length > 0) conversation.beside = others
}
