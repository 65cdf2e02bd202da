import type { Actor, Facts, HandOver } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import type { Line } from '../organization/state.ts'
import { exclusionOf, isRoutedByRule, passOverAll, servingTeams, surveyAgents } from './candidates.ts'
import { headOf, waitsLonger } from './queue.ts'
import { type DecisionDigest, recordDecision } from './record.ts'

type QueueCause = Facts<'session.queued'>['cause']
type AssignCause = Facts<'session.assigned'>['cause']

export type QueueRequest = {
  readonly conversationId: string
  /** The team it must go to; null lets the account's teams serve it. */
  readonly teamId: string | null
  readonly actor: Actor
  readonly queueCause: QueueCause
  readonly handOver?: HandOver
}

export type AssignRequest = {
  readonly conversationId: string
  readonly actor: Actor
  readonly stintId: string
  readonly to: Facts<'session.assigned'>['to']
  readonly assignCause: AssignCause
  readonly decision: DecisionDigest | null
  readonly handOver?: HandOver
}

export type RouteRequest = QueueRequest & {
  readonly assignCause: AssignCause
  /** What the record says: why a decision was asked for. */
  readonly cause: 'new session' | 'transfer' | 'released' | 'agent left' | 'capacity freed' | 'team removed'
}

const personalOf = (handOver: HandOver | undefined) => (handOver === undefined ? {} : { personal: handOver })

export function sessionOf(conversation: ConversationState): string {
  return present(conversation.sessionId, `open session of ${conversation.id}`)
}

/** Since when the customer waits: who waited already keeps the place, who leaves an agent begins to wait now. */
export function waitingSinceOf(conversation: ConversationState, atMs: number): string {
  return conversation.holder.kind === 'queue' ? conversation.holder.since : instantOf(atMs)
}

/** Gives an open session to the agent whom the rule names, or lets it wait: always, where routing is manual. */
export function route(attempt: Attempt, request: RouteRequest): void {
  const { state, context } = attempt
  const conversation = present(state.conversations.get(request.conversationId), request.conversationId)
  const teams = servingTeams(state, request.teamId, conversation.accountId)
  const { holder } = conversation
  const isHandedOver = request.cause === 'transfer' || request.cause === 'released'
  const giver = isHandedOver && holder.kind === 'agent' ? holder.agentId : null
  const isByRule = isRoutedByRule(state, conversation.accountId)
  const field = isByRule ? surveyAgents(state, teams, giver) : passOverAll(state)
  const winner = field.candidates[0]
  const matter = { conversation, sessionId: sessionOf(conversation), cause: request.cause, teams, isByRule }
  if (winner === undefined) {
    const since = waitingSinceOf(conversation, context.atMs)
    queue(attempt, request, recordDecision(attempt, matter, field, { kind: 'queue', since, teamId: request.teamId }))
    return
  }
  // Who left did not hand over: that the conversation waited, if only for this instant, belongs in the log.
  if (request.cause === 'agent left') queue(attempt, request, null)
  const stintId = context.ids.draw('stint')
  const to = { agentId: winner.agentId, kind: 'agent' } as const
  const decision = recordDecision(attempt, matter, field, { ...to, since: instantOf(context.atMs), stintId })
  assign(attempt, { ...request, stintId, to, decision })
}

/** Lets an open session wait. */
export function queue(attempt: Attempt, request: QueueRequest, decision: DecisionDigest | null): void {
  const conversation = present(attempt.state.conversations.get(request.conversationId), request.conversationId)
  attempt.emit({
    type: 'session.queued',
    actor: request.actor,
    facts: {
      conversationId: conversation.id,
      sessionId: sessionOf(conversation),
      from: conversation.holder,
      teamId: request.teamId,
      cause: request.queueCause,
      waitingSince: waitingSinceOf(conversation, attempt.context.atMs),
      decision,
    },
    ...personalOf(request.handOver),
  })
}

/** Gives an open session to an agent or app. */
export function assign(attempt: Attempt, request: AssignRequest): void {
  const conversation = present(attempt.state.conversations.get(request.conversationId), request.conversationId)
  attempt.emit({
    type: 'session.assigned',
    actor: request.actor,
    facts: {
      conversationId: conversation.id,
      sessionId: sessionOf(conversation),
      stintId: request.stintId,
      from: conversation.holder,
      to: request.to,
      cause: request.assignCause,
      decision: request.decision,
    },
    ...personalOf(request.handOver),
  })
}

/**
 * Serves the queue with the capacity that these agents have now: always the longest wait that one of them can end.
 * Nobody else needs asking, because before this decision no agent with spare capacity had anyone waiting.
 */
export function drain(attempt: Attempt, agentIds: readonly string[]): void {
  for (;;) {
    const line = nextLine(attempt, agentIds)
    const head = line === undefined ? undefined : headOf(line)
    if (line === undefined || head === undefined) return
    route(attempt, {
      conversationId: head.conversationId,
      teamId: line.teamId,
      actor: { kind: 'rule', rule: 'routing' },
      cause: 'capacity freed',
      assignCause: 'routing',
      queueCause: 'routing',
    })
  }
}

function nextLine(attempt: Attempt, agentIds: readonly string[]): Line | undefined {
  const { state } = attempt
  let found: Line | undefined
  for (const line of state.lines.values()) {
    const head = headOf(line)
    const best = found === undefined ? undefined : headOf(found)
    if (head === undefined || (best !== undefined && !waitsLonger(head, best))) continue
    if (!isRoutedByRule(state, line.accountId)) continue
    const teams = servingTeams(state, line.teamId, line.accountId)
    const served = agentIds.some((agentId) => {
      const agent = state.agents.get(agentId)
      return agent !== undefined && exclusionOf(agent, teams) === null
    })
    if (served) found = line
  }
  return found
}

/** Drains with everybody's capacity: after a change that may concern any agent. */
export function drainAll(attempt: Attempt): void {
  const agentIds: string[] = []
  for (const agent of attempt.state.agents.values()) agentIds.push(agent.agentId)
  drain(attempt, agentIds)
}

/** Those who served no longer do: each session goes at once to whom the rule names, or waits. */
export function giveBack(attempt: Attempt, conversationIds: readonly string[], queueCause: QueueCause): void {
  for (const conversationId of conversationIds) {
    route(attempt, {
      conversationId,
      teamId: null,
      actor: { kind: 'rule', rule: 'routing' },
      cause: 'agent left',
      assignCause: 'routing',
      queueCause,
    })
  }
}
