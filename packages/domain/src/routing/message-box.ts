import type { Actor, RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { endOpenLeft } from '../conversation/end-left.ts'
import { lastWindowEndMs } from '../conversation/left.ts'
import type { ConversationState } from '../conversation/state.ts'
import { present } from '../invariant.ts'
import { plainWanted, wantedBy } from '../organization/load.ts'
import type { AgentState, Line, QueueEntry } from '../organization/state.ts'
import { isRoutedByRule } from './candidates.ts'
import { keptFrom } from './kept-room.ts'
import { isPinned } from './plan.ts'
import { waitsLonger } from './queue.ts'
import { barOf, exclusionBy } from './survey.ts'

const box = { kind: 'rule', rule: 'message-box' } as const

/** What the plan asks of who has waited for all that waiting gives: for nobody waits in the box. */
export function afterAllWaiting(plan: RoutingPlan): RoutingPlan {
  const { overflowApp: _, ...rest } = plan
  return {
    ...rest,
    maxWaitMs: null,
    overflow: plan.overflow.map(({ teamId }) => ({ afterMs: 0, teamId })),
    skills: plan.skills.map((wish) =>
      wish.relaxAfterMs === null ? wish : { ...wish, relaxAfterMs: null, required: false },
    ),
    sticky: plan.sticky === null || isPinned(plan.sticky) ? plan.sticky : { ...plan.sticky, forMs: 0 },
  }
}

/** Who is full serves, and will have room. `plan` is that of after all waiting. */
function nobodyServes({ state, context }: Attempt, plan: RoutingPlan, accountId: string): boolean {
  const bar = barOf({ state, context }, plan, accountId, 0, plainWanted)
  for (const agent of state.agents.values()) {
    const reason = exclusionBy(agent, bar)
    if (reason === null || reason === 'full') return false
  }
  return true
}

/** Whether a session that begins, or that an app gives to people, becomes a message left at once. */
export function isLeftAtOnce(attempt: Attempt, { accountId }: ConversationState, plan: RoutingPlan): boolean {
  if (plan.messageBox?.atOnce !== true || !isRoutedByRule(attempt.state, accountId)) return false
  return nobodyServes(attempt, afterAllWaiting(plan), accountId)
}

export type NextLeft = { readonly entry: QueueEntry; readonly plan: RoutingPlan }

/** Of the messages left that one of the agents can be given now: the highest priority, then the oldest. */
export function nextLeft(attempt: Attempt, agentIds: readonly string[]): NextLeft | undefined {
  const { state } = attempt
  const agents = agentIds.flatMap((agentId) => state.agents.get(agentId) ?? [])
  let found: NextLeft | undefined
  for (const line of state.leftLines.values()) {
    if (!state.accounts.has(line.accountId) || !isRoutedByRule(state, line.accountId)) continue
    const next = firstGiven(attempt, line, agents)
    if (next !== undefined && (found === undefined || comesBefore(next, found))) found = next
  }
  return found
}

/** Whom WeChat lets one answer, and one of the agents has room for. */
function firstGiven(attempt: Attempt, line: Line, agents: readonly AgentState[]): NextLeft | undefined {
  const { state, context } = attempt
  for (const entry of line.entries) {
    const conversation = state.conversations.get(entry.conversationId)
    if (conversation?.left === undefined || !conversation.following || conversation.blocked !== undefined) continue
    if (lastWindowEndMs(conversation) <= context.atMs) continue
    const { plan } = conversation.left
    const bar = barOf(attempt, plan, line.accountId, 0, wantedBy(state, conversation))
    const isKept = keptFrom(attempt, conversation, plan)
    if (agents.some((agent) => exclusionBy(agent, bar) === null && !isKept(agent))) return { entry, plan }
  }
  return undefined
}

function comesBefore(left: NextLeft, right: NextLeft): boolean {
  const { priority } = left.plan
  return priority > right.plan.priority || (priority === right.plan.priority && waitsLonger(left.entry, right.entry))
}

/** How it is routed. */
type Onward = {
  readonly conversationId: string
  readonly teamId: null
  readonly actor: Actor
  readonly cause: 'message left'
  readonly assignCause: 'routing'
  readonly queueCause: 'routing'
  readonly plan: RoutingPlan
}

/** It goes on as a session of its own, by the plan that it was left with. If everybody passes on it, it is left again and stays. */
export function openLeft(attempt: Attempt, { entry, plan }: NextLeft): Onward {
  const { conversationId } = entry
  const { left } = present(attempt.state.conversations.get(conversationId), conversationId)
  const reopens = present(left, `message left in ${conversationId}`).sessionId
  endOpenLeft(attempt, conversationId, { actor: box, cause: 'rule' })
  const facts = { conversationId, sessionId: nextName(reopens), cause: 'customer', reopens } as const
  attempt.emit({ type: 'session.opened', actor: box, facts })
  const { messageBox } = plan
  return {
    conversationId,
    teamId: null,
    actor: { kind: 'rule', rule: 'routing' },
    cause: 'message left',
    assignCause: 'routing',
    queueCause: 'routing',
    plan:
      messageBox === undefined
        ? plan
        : { ...plan, messageBox: { ...messageBox, atOnce: false, atOpening: 'stay', reply: null } },
  }
}

/** Named after the session that became the message: so a simulation of the same history names it alike. */
function nextName(sessionId: string): string {
  const [, base = sessionId, number = '1'] = /^(.*)\.(\d+)$/.exec(sessionId) ?? []
  return `${base}.${Number(number) + 1}`
}
