import type { Actor, Facts, HandOver } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { setTimer } from '../conversation/idle-timer.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import type { Line, QueueEntry } from '../organization/state.ts'
import { exclusionOf, isRoutedByRule, passOverAll, servingTeams, surveyAgents } from './candidates.ts'
import { endOffer, endOffering, offer, offerTimeOf, roundOf } from './offer.ts'
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
  /** Everybody passed: those who did are asked again. */
  readonly isNewRound?: boolean
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
  readonly cause:
    | 'new session'
    | 'transfer'
    | 'released'
    | 'agent left'
    | 'capacity freed'
    | 'team removed'
    | 'offer ended'
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
  const isNewRound = request.isNewRound === true
  endOffer(attempt, conversation.id, { outcome: 'withdrawn' })
  const isHandedOver = request.cause === 'transfer' || request.cause === 'released'
  const giver = isHandedOver && holder.kind === 'agent' ? holder.agentId : null
  const passedBy = isNewRound ? [] : conversation.passedBy
  const isByRule = isRoutedByRule(state, conversation.accountId)
  const field = isByRule ? surveyAgents(state, teams, giver, passedBy) : passOverAll(state)
  const offerForMs = offerTimeOf(state, teams)
  const winner = field.candidates[0]
  const matter = { conversation, sessionId: sessionOf(conversation), cause: request.cause, teams, isByRule }
  if (winner === undefined) {
    const since = waitingSinceOf(conversation, context.atMs)
    queue(attempt, request, recordDecision(attempt, matter, field, { kind: 'queue', since, teamId: request.teamId }))
    if (passedBy.length > 0) askAgainLater(attempt, conversation.id, offerForMs)
    return
  }
  // Who left did not hand over: that the conversation waited, if only for this instant, belongs in the log.
  if (request.cause === 'agent left') queue(attempt, request, null)
  else if (offerForMs !== null && !waitsFor(conversation, request.teamId)) queue(attempt, request, null)
  const stintId = context.ids.draw('stint')
  const to = { agentId: winner.agentId, kind: 'agent' } as const
  const decision = recordDecision(attempt, matter, field, { ...to, since: instantOf(context.atMs), stintId })
  if (offerForMs !== null) {
    const asked = { agentId: winner.agentId, stintId, lastsMs: offerForMs, isNewRound, decision }
    offer(attempt, { conversationId: conversation.id, ...asked })
    return
  }
  assign(attempt, { ...request, stintId, to, decision })
}

function waitsFor({ holder }: ConversationState, teamId: string | null): boolean {
  return holder.kind === 'queue' && holder.teamId === teamId
}

/** Nobody is left to ask: after a pause as long as an offer, those who passed are asked anew. */
function askAgainLater(attempt: Attempt, conversationId: string, offerForMs: number | null): void {
  const dueMs = attempt.context.atMs + (offerForMs ?? 0)
  attempt.timers.push(setTimer({ kind: 'offer', conversationId }, dueMs))
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
      ...(request.isNewRound === true ? { round: roundOf(conversation, true) } : {}),
    },
    ...personalOf(request.handOver),
  })
}

/** Gives an open session to an agent or app. */
export function assign(attempt: Attempt, request: AssignRequest): void {
  endOffering(attempt, request.conversationId)
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
    const next = nextToServe(attempt, agentIds)
    if (next === undefined) return
    route(attempt, {
      conversationId: next.entry.conversationId,
      teamId: next.line.teamId,
      actor: { kind: 'rule', rule: 'routing' },
      cause: 'capacity freed',
      assignCause: 'routing',
      queueCause: 'routing',
    })
  }
}

type Next = { readonly line: Line; readonly entry: QueueEntry }

function nextToServe({ state }: Attempt, agentIds: readonly string[]): Next | undefined {
  let found: Next | undefined
  for (const line of state.lines.values()) {
    const head = headOf(line)
    if (head === undefined || (found !== undefined && !waitsLonger(head, found.entry))) continue
    if (!isRoutedByRule(state, line.accountId)) continue
    const teams = servingTeams(state, line.teamId, line.accountId)
    const free = agentIds.filter((agentId) => {
      const agent = state.agents.get(agentId)
      return agent !== undefined && exclusionOf(agent, teams) === null
    })
    if (free.length === 0) continue
    // Nearly always the head: further back only where the head was passed by all of them.
    const entry = line.entries.find(({ conversationId }) => {
      const passedBy = state.conversations.get(conversationId)?.passedBy ?? []
      return passedBy.length === 0 || free.some((agentId) => !passedBy.includes(agentId))
    })
    if (entry !== undefined && (found === undefined || waitsLonger(entry, found.entry))) found = { line, entry }
  }
  return found
}

/** Serves the queue with what became free on the way. */
export function drainFreed(attempt: Attempt): void {
  while (attempt.freed.size > 0) {
    const agentIds = [...attempt.freed]
    attempt.freed.clear()
    drain(attempt, agentIds)
  }
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
