import type { Actor, Facts, HandOver, RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { ownByServing } from '../conversation/customer-marks.ts'
import { setTimer } from '../conversation/idle-timer.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import { takesOf, toldLoad, wantedBy } from '../organization/load.ts'
import { broadcast, joinBroadcasts } from './broadcast.ts'
import { type Field, isRoutedByRule, passOverAll, servingTeams, surveyAgents } from './candidates.ts'
import { keptFrom } from './kept-room.ts'
import { afterAllWaiting, isLeftAtOnce, nextLeft, openLeft } from './message-box.ts'
import { nextToServe } from './next.ts'
import { endAsking, endOffering, endSnooze, offer, offerTimeOf } from './offer.ts'
import { type DecisionDigest, type RoutedMatter, recordDecision, recordDirect } from './record.ts'
import { roundOf } from './round.ts'
import { planOf, surveyFor } from './route-by-plan.ts'
import type { Ruling } from './rules.ts'

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
  /** What the rule asks, where it was asked anew. */
  readonly plan?: RoutingPlan
  readonly reason?: string | undefined
}

export type AssignRequest = {
  readonly conversationId: string
  readonly actor: Actor
  readonly stintId: string
  readonly to: Facts<'session.assigned'>['to']
  readonly assignCause: AssignCause
  /** Left out where no rule was asked: who acts has decided. */
  readonly decision?: DecisionDigest
  readonly handOver?: HandOver | undefined
  readonly plan?: RoutingPlan
  /** What it was offered to several by, where one of them took it. */
  readonly broadcastId?: string
  readonly reason?: string | undefined
  /** A supervisor gives it to an agent who is full. */
  readonly overCapacity?: boolean
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
    | 'came back'
    | 'reopened'
    | 'overflow'
    | 'message left'
  readonly ruling?: Ruling
}

const planIn = ({ plan }: { readonly plan?: RoutingPlan }) => (plan === undefined ? {} : { plan })
const reasonIn = ({ reason }: { readonly reason?: string | undefined }) => (reason === undefined ? {} : { reason })
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
  endAsking(attempt, conversation.id)
  const { field, matter, plan } = matterOf(attempt, conversation, request)
  const teamId = request.teamId ?? plan?.teamId ?? null
  const asked = { ...request, teamId, ...(plan === conversation.plan ? {} : { plan }) }
  const offerForMs = offerTimeOf(state, matter.teams)
  const isNewRound = request.isNewRound === true
  const grab = plan?.broadcast
  const winner = field.candidates[0]
  if (winner === undefined) {
    // An app gives it to people, and nobody serves: as at the beginning.
    const isBoxed =
      plan !== undefined && conversation.holder.kind === 'app' && isLeftAtOnce(attempt, conversation, plan)
    if (isBoxed && leaveMessage(attempt, { ...asked, plan }, 'nobody-serves')) return
    const since = waitingSinceOf(conversation, context.atMs)
    queue(attempt, asked, recordDecision(attempt, matter, field, { kind: 'queue', since, teamId }))
    if (!isNewRound && conversation.passedBy.length > 0)
      askAgainLater(attempt, conversation.id, grab?.offerMs ?? offerForMs)
    return
  }
  // Who left did not hand over: that the conversation waited, if only for this instant, belongs in the log.
  if (request.cause === 'agent left') queue(attempt, asked, null)
  else if ((grab ?? offerForMs) !== null && !waitsFor(conversation, asked)) queue(attempt, asked, null)
  if (grab !== undefined) {
    const since = waitingSinceOf(conversation, context.atMs)
    const decision = recordDecision(attempt, matter, field, { kind: 'queue', since, teamId })
    const agentIds = field.candidates.map(({ agentId }) => agentId)
    const giver = giverIn(conversation, request)
    broadcast(attempt, {
      conversationId: conversation.id,
      agentIds,
      giver,
      lastsMs: grab.offerMs,
      isNewRound,
      decision,
    })
    return
  }
  const stintId = context.ids.draw('stint')
  const to = { agentId: winner.agentId, kind: 'agent' } as const
  const decision = recordDecision(attempt, matter, field, { ...to, since: instantOf(context.atMs), stintId })
  if (offerForMs !== null) {
    const { agentId } = winner
    offer(attempt, { conversationId: conversation.id, agentId, stintId, lastsMs: offerForMs, isNewRound, decision })
    return
  }
  assign(attempt, { ...asked, stintId, to, decision })
}

type Survey = {
  readonly field: Field
  readonly matter: RoutedMatter
  readonly plan: RoutingPlan | undefined
}

/** Everybody looked at, by the plan of the session where rules are published. */
export function matterOf(attempt: Attempt, conversation: ConversationState, request: RouteRequest): Survey {
  const { state } = attempt
  const { accountId } = conversation
  const giver = giverIn(conversation, request)
  const passedBy = request.isNewRound === true ? [] : conversation.passedBy
  const isByRule = isRoutedByRule(state, accountId)
  const plan = planOf(attempt, conversation, request)
  const wanted = wantedBy(state, conversation)
  const known = { conversation, sessionId: sessionOf(conversation), cause: request.cause, isByRule, wanted }
  const over = { conversationId: conversation.id, giver, passedBy, isKept: keptFrom(attempt, conversation, plan) }
  if (plan !== undefined && isByRule) {
    const { ruling } = request
    const { field, byPlan } = surveyFor(attempt, conversation, plan, { ...over, wanted, ruling })
    return { field, plan, matter: { ...known, teams: byPlan.now.teams, byPlan } }
  }
  const teams = servingTeams(state, request.teamId, accountId)
  const field = isByRule ? surveyAgents(state, teams, wanted, over) : passOverAll(state)
  return { field, plan, matter: { ...known, teams } }
}

/** Who hands it over; who leaves does not. */
function giverIn({ holder }: ConversationState, { cause }: RouteRequest): string | null {
  const isHandedOver = cause === 'transfer' || cause === 'released'
  return isHandedOver && holder.kind === 'agent' ? holder.agentId : null
}

/** Where it waits already, by the same plan, and nobody sent it there anew: to be offered it need not be queued again. */
function waitsFor({ holder }: ConversationState, asked: RouteRequest): boolean {
  const isThere = holder.kind === 'queue' && holder.teamId === asked.teamId && asked.plan === undefined
  return isThere && asked.cause !== 'transfer'
}

/** Nobody is left to ask: after a pause as long as an offer, those who passed are asked anew. */
function askAgainLater(attempt: Attempt, conversationId: string, offerForMs: number | null): void {
  const dueMs = attempt.context.atMs + (offerForMs ?? 0)
  attempt.timers.push(setTimer({ kind: 'offer', conversationId }, dueMs))
}

/** Lets an open session wait. */
export function queue(attempt: Attempt, request: QueueRequest, decision: DecisionDigest | null): void {
  const conversation = present(attempt.state.conversations.get(request.conversationId), request.conversationId)
  endSnooze(attempt, conversation)
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
      ...planIn(request),
      ...toldLoad(takesOf(attempt.state, conversation)),
      ...aheadOf(conversation, request.queueCause),
      ...reasonIn(request),
    },
    ...personalOf(request.handOver),
  })
}

/** Who was served before and comes back from being parked waits by the age of the session. */
function aheadOf({ sessionSinceMs }: ConversationState, cause: QueueCause): { aheadSince?: string } {
  return cause === 'returned' && sessionSinceMs !== null ? { aheadSince: instantOf(sessionSinceMs) } : {}
}

type Leaving = RouteRequest & { readonly plan: RoutingPlan }

/**
 * The session becomes a message left, unless somebody would be free for it after more waiting. It waits for no longer than this
 * instant, so that the log tells of it as of every other session. Answers whether it was left.
 */
export function leaveMessage(attempt: Attempt, request: Leaving, cause: Facts<'message-box.left'>['cause']): boolean {
  const { state } = attempt
  const { conversationId, plan } = request
  const conversation = present(state.conversations.get(conversationId), conversationId)
  const sessionId = sessionOf(conversation)
  const relaxed = afterAllWaiting(plan)
  const { matter, field } = matterOf(attempt, conversation, { ...request, plan: relaxed })
  const { byPlan } = matter
  if (byPlan === undefined || field.candidates.length > 0) return false
  endOffering(attempt, conversationId)
  const { plan: _, ...known } = request
  const asked = { ...known, teamId: plan.teamId, ...(plan !== conversation.plan && { plan }) }
  queue(
    attempt,
    asked,
    recordDecision(attempt, { ...matter, byPlan: { ...byPlan, left: cause } }, field, { kind: 'nobody' }),
  )
  const { holder: from, customerId } = present(state.conversations.get(conversationId), conversationId)
  attempt.emit({
    type: 'session.closed',
    actor: { kind: 'rule', rule: 'message-box' },
    facts: { conversationId, sessionId, from, cause: 'message-left' },
  })
  attempt.emit({
    type: 'message-box.left',
    actor: { kind: 'rule', rule: 'message-box' },
    facts: { conversationId, customerId, sessionId, cause, plan: byPlan.plan },
  })
  return true
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
      ...(request.overCapacity === true && { overCapacity: true }),
      decision: request.decision ?? decidedBy(attempt, conversation, request),
      ...planIn(request),
      ...(request.to.kind === 'agent' ? toldLoad(takesOf(attempt.state, conversation)) : {}),
      ...reasonIn(request),
    },
    ...personalOf(request.handOver),
  })
  if (request.to.kind === 'agent') ownByServing(attempt, conversation.id, request.to.agentId)
}

function decidedBy(attempt: Attempt, conversation: ConversationState, request: AssignRequest): DecisionDigest {
  const { actor: by, assignCause: cause, to, stintId, broadcastId } = request
  const winner = { ...to, since: instantOf(attempt.context.atMs), stintId }
  return recordDirect(attempt, { conversation, sessionId: sessionOf(conversation), cause, by, winner, broadcastId })
}

/**
 * Serves the queue with the capacity that these agents have now, in the order in which its customers come.
 * Nobody else needs asking, because before this decision no agent with spare capacity had anyone waiting. When nobody waits whom
 * they could serve, messages left are given.
 */
export function drain(attempt: Attempt, agentIds: readonly string[]): void {
  for (;;) {
    const next = nextToServe(attempt, agentIds)
    if (next === undefined) {
      const left = nextLeft(attempt, agentIds)
      if (left === undefined) {
        joinBroadcasts(attempt, agentIds)
        return
      }
      route(attempt, openLeft(attempt, left))
      continue
    }
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

/** Room was kept for somebody who waits, and may be so no longer: whoever it was kept from is served with it. */
export function drainKept(attempt: Attempt): void {
  if (attempt.events.some(({ type }) => /^(session|agent)\./.test(type))) drainAll(attempt)
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
