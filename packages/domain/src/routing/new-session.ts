import type { Content, RoutingPlan, Rule } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { markByRule } from '../conversation/customer-marks.ts'
import type { ConversationState } from '../conversation/state.ts'
import { tellOfLeft } from '../conversation/tell-left.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import { absenceOf } from '../organization/apps.ts'
import { isRoutedByRule } from './candidates.ts'
import { leftReplyTo } from './left-reply.ts'
import { isLeftAtOnce } from './message-box.ts'
import { endOffering } from './offer.ts'
import { recordDecision } from './record.ts'
import { assign, leaveMessage, matterOf, queue, type RouteRequest, route, sessionOf } from './route.ts'
import { overrideAt, planBy, type Ruling, ruleFor, unpublished } from './rules.ts'
import { placeTold, type Told } from './tell-place.ts'

type Asked = RouteRequest & { readonly plan: RoutingPlan; readonly ruling: Ruling }

/**
 * Gives a session that has just begun to whom the published rules name: an agent, an app, the queue, or nobody. Answers what
 * the customer is to be told at once, if anything. `content` is null where nobody remembers what the customer said.
 */
export function routeNewSession(attempt: Attempt, conversationId: string, content: Content | null): Told | null {
  const { state } = attempt
  const conversation = present(state.conversations.get(conversationId), conversationId)
  const actor = { kind: 'rule', rule: 'routing' } as const
  const causes = { cause: 'new session', assignCause: 'routing', queueCause: 'routing' } as const
  const request = { conversationId, actor, teamId: null, ...causes }
  const current = state.rules?.current ?? (overrideAt(attempt) === null ? null : unpublished)
  if (current === null || !isRoutedByRule(state, conversation.accountId)) {
    route(attempt, request)
    return null
  }
  const ruling = ruleFor(attempt, current, conversation, content)
  const rule: Pick<Rule, 'id' | 'then'> = ruling.rule ?? { id: 'default', then: {} }
  markByRule(attempt, conversationId, rule.then)
  const plan = planBy(
    current,
    rule,
    present(state.conversations.get(conversationId), conversationId),
    ruling.overrideId,
  )
  const asked: Asked = { ...request, plan, ruling }
  const { refuse, app, queue: limits } = rule.then
  const reply = atOnce(rule.then.reply)
  if (refuse !== undefined) {
    refuseSession(attempt, conversation, asked, refuse.reason)
    return atOnce(refuse.reply) ?? reply
  }
  if (app !== undefined && absenceOf(state.apps.get(app), conversation.accountId) === null) {
    giveToApp(attempt, conversation, asked, app)
    return reply
  }
  if (isLeftAtOnce(attempt, conversation, plan) && leaveMessage(attempt, asked, 'nobody-serves')) {
    // Mini-programs take no passive reply.
    if (state.accounts.get(conversation.accountId)?.settings.kind === 'mini-program')
      tellOfLeft(attempt, conversationId)
    return leftReplyTo(attempt, conversationId)
  }
  const isFull = limits?.maxLength !== undefined && lengthOf(attempt, conversation, plan) >= limits.maxLength
  if (isFull && matterOf(attempt, conversation, asked).field.candidates.length === 0) {
    refuseSession(attempt, conversation, asked, 'queue_full')
    return atOnce(limits.refusal)
  }
  route(attempt, asked)
  return waitingReplyIn(attempt, conversationId, rule.then) ?? reply
}

/** What whoever has to wait is told, once: the place is that of this moment. */
function waitingReplyIn({ state, context }: Attempt, conversationId: string, then: Rule['then']): Told | null {
  const { waitingReply } = then
  const conversation = state.conversations.get(conversationId)
  if (waitingReply === undefined || conversation?.holder.kind !== 'queue') return null
  if (conversation.offer !== null || conversation.broadcast !== undefined) return null
  return placeTold(state, conversation, waitingReply, context.atMs)
}

const atOnce = (text: string | undefined): Told | null => (text === undefined ? null : { text })

/** Those who wait for the same team, or without one for whoever serves the account. */
function lengthOf({ state }: Attempt, { accountId }: ConversationState, { teamId }: RoutingPlan): number {
  let length = 0
  for (const line of state.lines.values()) {
    if (line.teamId === teamId && (teamId !== null || line.accountId === accountId)) length += line.entries.length
  }
  return length
}

export function giveToApp(attempt: Attempt, conversation: ConversationState, asked: RouteRequest, appId: string): void {
  const { matter } = matterOf(attempt, conversation, asked)
  const stintId = attempt.context.ids.draw('stint')
  const to = { appId, kind: 'app' } as const
  const nobody = { candidates: [], excluded: new Map() }
  const winner = { ...to, since: instantOf(attempt.context.atMs), stintId }
  assign(attempt, { ...asked, stintId, to, decision: recordDecision(attempt, matter, nobody, winner) })
}

/** It waits for no longer than this instant, so that the log tells of it as of every other session. */
function refuseSession(attempt: Attempt, conversation: ConversationState, asked: Asked, reason: string): void {
  const { matter, field } = matterOf(attempt, conversation, asked)
  const { byPlan } = matter
  const refused = byPlan === undefined ? matter : { ...matter, byPlan: { ...byPlan, refused: reason } }
  queue(attempt, asked, recordDecision(attempt, refused, field, { kind: 'nobody' }))
  endWaiting(attempt, asked.conversationId, reason)
}

/** Nobody will serve who waits: the session ends, and says why. */
export function endWaiting(attempt: Attempt, conversationId: string, reason: string): void {
  endOffering(attempt, conversationId)
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  attempt.emit({
    type: 'session.closed',
    actor: { kind: 'rule', rule: 'routing' },
    facts: { conversationId, sessionId: sessionOf(conversation), from: conversation.holder, cause: 'refused', reason },
  })
}
