import type { Content, Facts, LoggedEvent, NewEvent, RoutingPlan } from '@duoke/contract'
import { type Attempt, beginAttempt, type DecisionContext } from '../attempt.ts'
import type { StoredDecision } from '../commands.ts'
import { fieldOf } from '../conversation/reopening.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { Field } from '../routing/candidates.ts'
import { afterAllWaiting } from '../routing/message-box.ts'
import { nextToServe } from '../routing/next.ts'
import { recordDecision, recordDirect } from '../routing/record.ts'
import { matterOf, type RouteRequest, waitingSinceOf } from '../routing/route.ts'
import { planOf } from '../routing/route-by-plan.ts'
import { planBy, type Ruling, ruleFor } from '../routing/rules.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
export type Decided = Of<'session.queued' | 'session.assigned' | 'session.offered' | 'session.broadcast'>
type Cause = RouteRequest['cause']

/** What surrounds the decision in the log. */
export type Setting = {
  /** What the customer said when the session began; null where nobody remembers it. */
  readonly content: Content | null
  /** Why the session ended in the same instant, if its rule refused it. */
  readonly refused: string | null
  /** Why it became a message left in the same instant, if it did. */
  readonly left: Facts<'message-box.left'>['cause'] | null
  /** What was asked for the session anew, without asking the rules: for an agent whom an app names. */
  readonly plan: RoutingPlan | null
  /** What its rule said of the customer, after it was asked and before anybody was looked at. */
  readonly marks: readonly NewEvent[]
}

export type Outside = Pick<DecisionContext, 'digest' | 'holidays'>

const causes: readonly Cause[] = [
  ...(['new session', 'capacity freed', 'offer ended', 'transfer', 'released', 'agent left'] as const),
  ...(['came back', 'team removed', 'reopened', 'overflow', 'message left'] as const),
]

/**
 * Whether the domain, in the state of before the event, comes to the same decision: same inputs, candidates, reasons, order
 * and winner, which is to say the same digest. The log does not say why a decision was asked for, so each cause is tried.
 */
export function isRederived(
  state: OrganizationState,
  event: Decided,
  digest: NonNullable<Facts<'session.queued'>['decision']>,
  setting: Setting,
  outside: Outside,
): boolean {
  const conversation = state.conversations.get(event.facts.conversationId)
  if (conversation === undefined) return false
  if (event.type === 'session.assigned' && isDirect(state, event, digest, outside)) return true
  // Who has waited too long is refused as well, but not by the decision.
  const settings = setting.refused === null ? [setting] : [setting, { ...setting, refused: null }]
  const teams = [null, ...Array.from(state.teams.values(), ({ teamId }) => teamId)]
  return causes
    .filter((cause) => mayBe(cause, conversation))
    .some((cause) => {
      const requests = cause === 'new session' ? newSession(setting) : requestsOf(conversation, cause, teams, setting)
      return requests.some((asked) =>
        settings.some((told) =>
          recordOf(state, event, { ...asked, cause, decisionId: digest.decisionId }, told, outside)?.isEqual(digest),
        ),
      )
    })
}

/** Who begins is held by nobody; what is asked of the queue is in it. */
function mayBe(cause: Cause, { holder }: ConversationState): boolean {
  if (cause === 'new session' || cause === 'reopened' || cause === 'message left') return holder.kind === 'nobody'
  return cause !== 'capacity freed' && cause !== 'offer ended' && cause !== 'overflow' ? true : holder.kind === 'queue'
}

/** Somebody with the right to do so gave or took it: no rule was asked. */
function isDirect(
  state: OrganizationState,
  event: Of<'session.assigned'>,
  { decisionId, digest }: NonNullable<Facts<'session.assigned'>['decision']>,
  outside: Outside,
): boolean {
  const attempt = beginAttempt(state, { ...outside, atMs: event.atMs, ids: { draw: () => decisionId } })
  const { conversationId, sessionId, cause } = event.facts
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return false
  const waits = { since: instantOf(event.atMs), teamId: null }
  const told = { conversation, sessionId, cause, by: event.actor, winner: holderOf(event, null, waits) }
  // Who took what was offered to several, which the event before has ended.
  return [undefined, conversation.decisionId ?? undefined].some(
    (broadcastId) => recordDirect(attempt, { ...told, broadcastId }).digest === digest,
  )
}

type Asked = {
  readonly teamId: string | null
  readonly content?: Content | null
  readonly plan?: RoutingPlan
  readonly isNewRound?: boolean
}

/** Where the rules were asked without the customer's words, they may be in the log all the same. */
function newSession({ content }: Setting): Asked[] {
  return content === null
    ? [{ teamId: null, content }]
    : [content, null].map((said) => ({ teamId: null, content: said }))
}

function requestsOf(
  { holder }: ConversationState,
  cause: Cause,
  teams: readonly (string | null)[],
  { plan }: Setting,
): Asked[] {
  if (cause === 'transfer') {
    const named = plan?.ruleId === 'named' ? [{ teamId: plan.teamId, plan }] : []
    return [...named, ...teams.map((teamId) => ({ teamId }))]
  }
  if (cause === 'message left') return plan === null ? [] : [{ teamId: null, plan }]
  const waitsFor = holder.kind === 'queue' ? holder.teamId : null
  // Where nobody is asked any more since the pause began, the new round is given at once, and the event does not tell of it.
  if (cause === 'offer ended') return [{ teamId: waitsFor }, { teamId: waitsFor, isNewRound: true }]
  return [{ teamId: cause === 'capacity freed' || cause === 'overflow' ? waitsFor : null }]
}

type Question = Asked & { readonly cause: Cause; readonly decisionId: string }
type Rederived = { isEqual(digest: NonNullable<Facts<'session.queued'>['decision']>): boolean }

function recordOf(
  state: OrganizationState,
  event: Decided,
  { teamId, cause, content, plan, isNewRound = false, decisionId }: Question,
  { refused, marks, left }: Setting,
  outside: Outside,
): Rederived | null {
  const attempt = beginAttempt(state, { ...outside, atMs: event.atMs, ids: { draw: () => decisionId } })
  const conversation = attempt.state.conversations.get(event.facts.conversationId)
  if (conversation === undefined || conversation.sessionId === null) return null
  if (cause === 'capacity freed' && !isNext(attempt, event)) return null
  const asked = content === undefined ? {} : rulingOf(attempt, conversation, content, marks)
  // What its rule said of the customer has been said by then.
  const marked = attempt.state.conversations.get(conversation.id) ?? conversation
  const request: RouteRequest = {
    conversationId: conversation.id,
    actor: { kind: 'rule', rule: 'routing' },
    assignCause: 'routing',
    queueCause: 'routing',
    isNewRound: isNewRound || beginsRound(conversation, event),
    ...{ teamId, cause },
    ...(plan !== undefined && { plan }),
    ...asked,
  }
  const own = planOf(attempt, marked, request)
  const isLeft = left !== null && own !== undefined
  const { matter, field } = matterOf(attempt, marked, isLeft ? { ...request, plan: afterAllWaiting(own) } : request)
  const { byPlan } = matter
  const goesOn = cause === 'reopened' ? { goesOn: true } : {}
  const told = {
    ...matter,
    ...goesOn,
    ...(refused !== null && byPlan !== undefined && { byPlan: { ...byPlan, refused } }),
    ...(isLeft && byPlan !== undefined && { byPlan: { ...byPlan, left } }),
  }
  const isToApp = event.type === 'session.assigned' && event.facts.to.kind === 'app'
  const winner = winnerIn(event)
  const ofWinner = cause === 'reopened' && winner !== null ? fieldOf(attempt.state, winner, matter.wanted) : field
  const seen = isToApp ? { candidates: [], excluded: new Map() } : ofWinner
  const isFirst = isToApp || event.type === 'session.queued' || isChosen(event, seen, winner)
  const waits = { since: waitingSinceOf(conversation, event.atMs), teamId: teamId ?? byPlan?.plan.teamId ?? null }
  const made = recordDecision(attempt, told, seen, holderOf(event, refused ?? left, waits))
  return { isEqual: ({ digest }) => isFirst && made.digest === digest }
}

/** The first of the candidates, or all of them in their order. */
function isChosen(event: Decided, { candidates }: Field, winner: string | null): boolean {
  if (event.type !== 'session.broadcast') return candidates[0]?.agentId === winner
  const { agentIds } = event.facts
  return agentIds.length === candidates.length && candidates.every(({ agentId }, at) => agentId === agentIds[at])
}

/** Of all who wait the one whom the capacity it went to serves next: that of others may have been freed too, and has its own turn. */
function isNext(attempt: Attempt, event: Decided): boolean {
  const asked = event.type === 'session.broadcast' ? event.facts.agentIds : [winnerIn(event) ?? []].flat()
  const agentIds = asked.length > 0 ? asked : Array.from(attempt.state.agents.values(), ({ agentId }) => agentId)
  return nextToServe(attempt, agentIds)?.entry.conversationId === event.facts.conversationId
}

function rulingOf(
  attempt: Attempt,
  conversation: ConversationState,
  content: Content | null,
  marks: readonly NewEvent[],
): { plan?: RoutingPlan; ruling?: Ruling } {
  const current = attempt.state.rules?.current
  if (current == null) return {}
  const ruling = ruleFor(attempt, current, conversation, content)
  for (const mark of marks) attempt.emit(mark)
  const customer = attempt.state.conversations.get(conversation.id) ?? conversation
  return { ruling, plan: planBy(current, ruling.rule ?? { id: 'default', then: {} }, customer) }
}

function beginsRound({ offerRound }: ConversationState, event: Decided): boolean {
  if (event.type === 'session.assigned') return false
  const { round } = event.facts
  return round !== undefined && offerRound > 0 && round > offerRound
}

function winnerIn(event: Decided): string | null {
  if (event.type === 'session.offered') return event.facts.agentId
  return event.type === 'session.assigned' && event.facts.to.kind === 'agent' ? event.facts.to.agentId : null
}

/** Keys in alphabetical order, as in the record. */
function holderOf(
  event: Decided,
  unserved: string | null,
  waits: { readonly since: string; readonly teamId: string | null },
): StoredDecision['winner'] {
  const since = instantOf(event.atMs)
  switch (event.type) {
    case 'session.queued':
      if (unserved !== null) return { kind: 'nobody' }
      return { kind: 'queue', since: event.facts.waitingSince, teamId: event.facts.teamId }
    case 'session.broadcast':
      return { kind: 'queue', since: waits.since, teamId: waits.teamId }
    case 'session.offered':
      return { agentId: event.facts.agentId, kind: 'agent', since, stintId: event.facts.stintId }
    case 'session.assigned': {
      const { to, stintId } = event.facts
      if (to.kind === 'app') return { appId: to.appId, kind: 'app', since, stintId }
      return { agentId: to.agentId, kind: 'agent', since, stintId }
    }
  }
}
