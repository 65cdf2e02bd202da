import type { Actor, Facts } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import { capacityOf, lackOf, loadOf, type Wanted, wantedBy } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'
import { type Field, isRoutedByRule, kindsIn } from '../routing/candidates.ts'
import { recordDecision } from '../routing/record.ts'
import { assign, matterOf } from '../routing/route.ts'
import type { ConversationState } from './state.ts'
import { closingOf, endWrapUp } from './wrap-up.ts'

/** Who leaves, or is refused, does not go on with the same matter. */
const endsForGood: readonly Facts<'session.closed'>['cause'][] = ['unfollowed', 'system', 'refused', 'blocked']

/** Until when a message goes on with the session that ends now; none: it begins a new matter. */
export function reopenableUntil(
  { state, context }: Attempt,
  conversation: ConversationState,
  cause: Facts<'session.closed'>['cause'],
): { readonly reopenableUntil?: string } {
  const { holder } = conversation
  const agent = holder.kind === 'agent' ? state.agents.get(holder.agentId) : undefined
  if (agent === undefined || endsForGood.includes(cause)) return {}
  const { reopenWithinMs } = closingOf(state, conversation, agent)
  return reopenWithinMs === 0 ? {} : { reopenableUntil: instantOf(context.atMs + reopenWithinMs) }
}

/** The session with which a message of this moment goes on; null when it begins a new matter. */
export function reopenedBy({ lastClose }: ConversationState, atMs: number): string | null {
  if (lastClose?.reopenableUntilMs === undefined) return null
  return atMs <= lastClose.reopenableUntilMs ? lastClose.sessionId : null
}

/** The agent who goes on with it now; null where nobody does and it is routed as every session. */
export function whoGoesOn({ state, context }: Attempt, conversation: ConversationState): AgentState | null {
  const { accountId, lastClose } = conversation
  const sessionId = reopenedBy(conversation, context.atMs)
  if (sessionId === null || !isRoutedByRule(state, accountId)) return null
  const agent = state.agents.get(lastClose?.agentId ?? '')
  if (agent === undefined || agent.disabled || agent.status !== 'online') return null
  // The place that its wrap-up keeps is that of the matter itself.
  const others = agent.wrapUps.filter((one) => one.sessionId !== sessionId)
  return lackOf({ ...agent, wrapUps: others }, wantedBy(state, conversation)) === null ? agent : null
}

type Reopening = { readonly conversationId: string; readonly agentId: string; readonly actor: Actor }

/** The session that was just opened goes to the agent who held the one before: by the setting, without asking the rules. */
export function goOn(attempt: Attempt, { conversationId, agentId, actor }: Reopening): void {
  const { state, context } = attempt
  const conversation = present(state.conversations.get(conversationId), conversationId)
  const { lastClose } = conversation
  if (lastClose !== undefined) {
    endWrapUp(attempt, agentId, { conversationId, sessionId: lastClose.sessionId })
  }
  const causes = { cause: 'reopened', assignCause: 'reopen', queueCause: 'routing' } as const
  const { matter } = matterOf(attempt, conversation, { conversationId, teamId: null, actor, ...causes })
  const stintId = context.ids.draw('stint')
  const to = { agentId, kind: 'agent' } as const
  const winner = { ...to, since: instantOf(context.atMs), stintId }
  const field = fieldOf(state, agentId, matter.wanted)
  const decision = recordDecision(attempt, { ...matter, goesOn: true }, field, winner)
  assign(attempt, { conversationId, actor, stintId, to, assignCause: 'reopen', decision })
}

/** Nobody else was asked for. */
export function fieldOf(state: OrganizationState, agentId: string, wanted: Wanted): Field {
  return { candidates: candidatesOf(state, agentId, wanted), excluded: others(state, agentId) }
}

function candidatesOf(state: OrganizationState, agentId: string, wanted: Wanted) {
  const agent = present(state.agents.get(agentId), agentId)
  const { idleSince } = agent
  return [{ agentId, capacity: capacityOf(agent), idleSince, ...kindsIn(agent, wanted), load: loadOf(agent) }]
}

function others(state: OrganizationState, agentId: string) {
  const agents = [...state.agents.values()].filter((agent) => agent.agentId !== agentId)
  return new Map(agents.length === 0 ? [] : [['kept_for_another' as const, agents]])
}
