import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { wantedBy } from '../organization/load.ts'
import { exclusionOf } from '../routing/candidates.ts'
import { policyForNamed, routeToNamed } from '../routing/named.ts'
import { assign, sessionOf } from '../routing/route.ts'
import { endOpenLeft } from './end-left.ts'

/**
 * An allocation from outside: the agent gets the conversation whoever waits for it or whichever app holds it, also when
 * nobody does; who cannot take it now is waited for, where the rule or the organization wants that. Another agent's is not taken
 * away: that is a transfer.
 */
export function openSession(attempt: Attempt, command: CommandOf<'session.open'>): Decision {
  const { actor, conversationId, agentId, handOver } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const agent = attempt.state.agents.get(agentId)
  if (agent === undefined) return refuse('not_found', `There is no agent ${agentId}`)
  const { holder } = conversation
  if (holder.kind === 'agent') {
    return holder.agentId === agentId
      ? accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
      : refuse('held_by_another', undefined, holder)
  }
  if (conversation.blocked !== undefined) return refuse('customer_blocked')
  const reason = exclusionOf(agent, [], wantedBy(attempt.state, conversation))
  const policy = reason === null ? null : policyForNamed(attempt, conversation, agentId)
  if (reason !== null && policy == null) return refuse('agent_unavailable', `${agentId} is ${reason}`)
  const sessionId = conversation.sessionId ?? attempt.context.ids.draw('session')
  if (holder.kind === 'nobody') {
    const cause = actor.kind === 'app' ? 'app' : 'agent'
    endOpenLeft(attempt, conversationId, { actor, cause })
    attempt.emit({ type: 'session.opened', actor, facts: { conversationId, sessionId, cause, reopens: null } })
  }
  if (policy != null) {
    routeToNamed(attempt, conversationId, { agentId, actor, handOver, ...policy })
    return accept(attempt, { conversationId, sessionId })
  }
  assign(attempt, {
    conversationId,
    actor,
    stintId: attempt.context.ids.draw('stint'),
    to: { kind: 'agent', agentId },
    assignCause: 'transfer',
    ...(handOver === undefined ? {} : { handOver }),
  })
  return accept(attempt, { conversationId, sessionId })
}
