import type { LoggedEvent } from '@duoke/contract'
import { instantOf, msOf } from '../instant.ts'
import { loadTold } from '../organization/load.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { ConversationState } from './state.ts'

export type ClosedEvent = Extract<LoggedEvent, { type: 'session.wrap-up-began' | 'session.disposed' }>

/** What is said about a session that is over; of an earlier one than the last nothing is remembered here. */
export function evolveLastClose(conversation: ConversationState, event: ClosedEvent): void {
  const { lastClose } = conversation
  if (lastClose === undefined || lastClose.sessionId !== event.facts.sessionId) return
  const { wrapUpUntilMs: _, ...ended } = lastClose
  conversation.lastClose =
    event.type === 'session.disposed'
      ? { ...ended, disposition: event.facts.disposition }
      : { ...ended, wrapUpUntilMs: msOf(event.facts.until) }
}

export function evolveWrapUps(state: OrganizationState, event: ClosedEvent): void {
  const { conversationId, sessionId, agentId } = event.facts
  const agent = agentId === null ? undefined : state.agents.edit(agentId)
  if (agent === undefined) return
  if (event.type === 'session.wrap-up-began') {
    const { until, takesCapacity } = event.facts
    const takes = loadTold(event.facts)
    agent.wrapUps.push({
      ...{ conversationId, sessionId, takesCapacity },
      ...{ sinceMs: event.atMs, untilMs: msOf(until) },
      ...(takes !== undefined && { takes }),
    })
    return
  }
  const running = agent.wrapUps.find((one) => one.sessionId === sessionId)
  agent.wrapUps = agent.wrapUps.filter((one) => one !== running)
  if (running?.takesCapacity === true) agent.idleSince = instantOf(event.atMs)
}
