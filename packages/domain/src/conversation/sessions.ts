import type { Actor, Facts, HandOver } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse, type TransferTarget } from '../commands.ts'
import { absenceOf } from '../organization/apps.ts'
import { fullKind, type Wanted, wantedBy } from '../organization/load.ts'
import { exclusionOf, isInTeam, servingTeams } from '../routing/candidates.ts'
import { endOffering } from '../routing/offer.ts'
import { assign, drain, route, sessionOf } from '../routing/route.ts'
import { endOpenLeft } from './end-left.ts'
import { holds } from './holder.ts'
import { acceptBroadcast, acceptOffer } from './offers.ts'
import { mayOverrule } from './permission.ts'
import { allowanceAt } from './quota.ts'
import { refusalOfReason } from './reasons.ts'
import { reopenableUntil, reopenedBy } from './reopening.ts'
import type { ConversationState } from './state.ts'
import { endWrapUp, type GivenDisposition, refusalOfDisposition, wrapUp } from './wrap-up.ts'

/** Why this actor may not act for the present holder; null when they may. */
export function refusalByHolder(attempt: Attempt, conversation: ConversationState, actor: Actor): Refusal | null {
  const { holder } = conversation
  if (holder.kind === 'nobody') return refuse('already_closed')
  if (holds(holder, actor) || mayOverrule(attempt, actor)) return null
  return holder.kind === 'queue' ? refuse('not_held') : refuse('held_by_another', undefined, holder)
}

/** Why the acting agent cannot take a conversation that takes so much; null when they can. */
export function refusalToServe(attempt: Attempt, agentId: string, wanted: Wanted): Refusal | null {
  const agent = attempt.state.agents.get(agentId)
  if (agent === undefined) return refuse('not_found')
  switch (exclusionOf(agent, [], wanted)) {
    case null:
    case 'not_in_team':
      return null
    case 'disabled':
      return refuse('not_permitted')
    case 'offline':
    case 'away':
      return refuse('agent_offline')
    case 'full':
      return refuse('capacity_reached')
    case 'kind_full':
      return refuse(
        'capacity_reached',
        `So many customers tagged ${fullKind(agent, wanted) ?? ''} are the most for one agent`,
      )
  }
}

/** Capacity became free wherever an agent held the conversation. */
function drainAfter(attempt: Attempt, from: ConversationState['holder']): void {
  if (from.kind === 'agent') drain(attempt, [from.agentId])
}

export function acceptSession(attempt: Attempt, command: CommandOf<'session.accept'>): Decision {
  const { actor, conversationId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder } = conversation
  if (holds(holder, actor)) return accept(attempt, { conversationId })
  if (holder.kind === 'nobody') return refuse('already_closed')
  if (holder.kind !== 'queue') return refuse('held_by_another', undefined, holder)
  const to = takerOf(actor)
  if (to === null) return refuse('not_permitted')
  const { offer, broadcast } = conversation
  if (to.kind === 'agent' && offer?.agentId === to.agentId) return acceptOffer(attempt, conversation, offer)
  if (to.kind === 'agent' && broadcast?.agentIds.includes(to.agentId) === true) {
    return acceptBroadcast(attempt, conversation, to.agentId)
  }
  if (to.kind === 'agent') {
    if (!mayOverrule(attempt, actor)) {
      if (offer !== null || broadcast !== undefined) return refuse('offered_to_another', undefined, holder)
      if (!mayPick(attempt)) return refuse('not_permitted', 'Waiting conversations are given, not picked')
    }
    const refusal = refusalToServe(attempt, to.agentId, wantedBy(attempt.state, conversation))
    if (refusal !== null) return refusal
    const agent = attempt.state.agents.get(to.agentId)
    const teams = servingTeams(attempt.state, holder.teamId, conversation.accountId)
    if (agent !== undefined && !isInTeam(agent, teams) && !mayOverrule(attempt, actor)) {
      return refuse('not_permitted', 'The conversation waits for another team')
    }
  }
  const stintId = attempt.context.ids.draw('stint')
  assign(attempt, { conversationId, actor, stintId, to, assignCause: 'accept' })
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

const mayPick = ({ state }: Attempt): boolean => state.settings?.sessions.pickFromQueue ?? true

export function takerOf(actor: Actor): Facts<'session.assigned'>['to'] | null {
  if (actor.kind === 'agent') return { kind: 'agent', agentId: actor.agentId }
  if (actor.kind === 'app') return { kind: 'app', appId: actor.appId }
  return null
}

export function transferSession(attempt: Attempt, command: CommandOf<'session.transfer'>): Decision {
  const { conversationId, actor, to } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal =
    refusalByHolder(attempt, conversation, actor) ??
    refusalToReceive(attempt, conversation, to) ??
    refusalOfReason(attempt, 'transfer', command)
  if (refusal !== null) return refusal
  const from = conversation.holder
  if (isHeldBy(from, to)) return accept(attempt, { conversationId })
  handTo(attempt, conversation, command)
  drainAfter(attempt, from)
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

function isHeldBy(holder: ConversationState['holder'], to: TransferTarget): boolean {
  if ('agentId' in to) return holder.kind === 'agent' && holder.agentId === to.agentId
  return 'appId' in to && holder.kind === 'app' && holder.appId === to.appId
}

/** Why the one it is to go to cannot have it; null when they can. */
function refusalToReceive(attempt: Attempt, conversation: ConversationState, to: TransferTarget): Refusal | null {
  const { state } = attempt
  if ('teamId' in to) return state.teams.has(to.teamId) ? null : refuse('not_found', `There is no team ${to.teamId}`)
  if ('agentId' in to) {
    if (isHeldBy(conversation.holder, to)) return null
    const agent = state.agents.get(to.agentId)
    const reason = agent === undefined ? 'unknown' : exclusionOf(agent, [], wantedBy(state, conversation))
    return reason === null ? null : refuse('agent_unavailable', `${to.agentId} is ${reason}`)
  }
  if ('appId' in to) {
    const reason = absenceOf(state.apps.get(to.appId), conversation.accountId)
    return reason === null ? null : refuse('app_unavailable', `${to.appId} is ${reason}`)
  }
  return null
}

function handTo(attempt: Attempt, { id, holder }: ConversationState, command: CommandOf<'session.transfer'>): void {
  const { to, actor, handOver, reason } = command
  const request = { conversationId: id, actor, handOver, reason, cause: 'transfer', queueCause: 'transfer' } as const
  if ('teamId' in to) route(attempt, { ...request, teamId: to.teamId, assignCause: 'transfer' })
  else if ('queue' in to) route(attempt, { ...request, teamId: null, assignCause: 'transfer' })
  else {
    const isOwn = actor.kind === 'agent' && 'agentId' in to && actor.agentId === to.agentId
    assign(attempt, {
      ...request,
      stintId: attempt.context.ids.draw('stint'),
      to: 'agentId' in to ? { kind: 'agent', agentId: to.agentId } : { kind: 'app', appId: to.appId },
      assignCause: isOwn && holder.kind !== 'queue' ? 'take-over' : 'transfer',
    })
  }
}

/** The holder gives the conversation to whom routing names; the session goes on. */
export function releaseSession(attempt: Attempt, command: CommandOf<'session.release'>): Decision {
  const { conversationId, actor, handOver } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const refusal = refusalByHolder(attempt, conversation, actor)
  if (refusal !== null) return refusal
  const from = conversation.holder
  if (from.kind !== 'queue') {
    const causes = { cause: 'released', assignCause: 'routing', queueCause: 'released' } as const
    route(attempt, { conversationId, actor, handOver, teamId: null, ...causes })
    drainAfter(attempt, from)
  }
  return accept(attempt, { conversationId, sessionId: sessionOf(conversation) })
}

export function closeSession(attempt: Attempt, command: CommandOf<'session.close'>): Decision {
  const { conversationId, actor, heldBy } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder } = conversation
  const isMeant = heldBy === undefined || (holder.kind === 'agent' && holder.agentId === heldBy)
  if (!isMeant && holder.kind !== 'nobody') return refuse('held_by_another', undefined, holder)
  const refusal =
    refusalByHolder(attempt, conversation, actor) ??
    refusalOfReason(attempt, 'close', command) ??
    refusalOfDisposition(attempt, conversation, command)
  if (refusal !== null) return refusal
  const sessionId = sessionOf(conversation)
  endSession(attempt, conversation, actor, closeCauseOf(actor), command)
  return accept(attempt, { conversationId, sessionId })
}

/** Rules close by themselves; one that is the actor here is replayed: as it ended then, so it can be reopened. */
function closeCauseOf(actor: Actor): Facts<'session.closed'>['cause'] {
  if (actor.kind === 'agent' || actor.kind === 'app') return actor.kind
  return actor.kind === 'rule' && (actor.rule === 'idle' || actor.rule === 'window') ? actor.rule : 'system'
}

type Closing = {
  readonly handOver?: HandOver
  readonly reason?: string
  readonly disposition?: GivenDisposition
}

/** Closes the open session and gives the freed capacity to who waits longest. */
export function endSession(
  attempt: Attempt,
  conversation: ConversationState,
  actor: Actor,
  cause: Facts<'session.closed'>['cause'],
  { handOver, reason, disposition }: Closing = {},
): void {
  // What is closed is changed on the way.
  const before = { ...conversation }
  const from = conversation.holder
  const sessionId = sessionOf(conversation)
  endOffering(attempt, conversation.id)
  const why = reason === undefined ? {} : { reason }
  const reopenable = reopenableUntil(attempt, before, cause)
  attempt.emit({
    type: 'session.closed',
    actor,
    facts: { conversationId: conversation.id, sessionId, from, cause, ...reopenable, ...why },
    ...(handOver === undefined ? {} : { personal: handOver }),
  })
  wrapUp(attempt, { conversation: before, sessionId, actor, disposition })
  drainAfter(attempt, from)
}

export function reopenSession(attempt: Attempt, command: CommandOf<'session.reopen'>): Decision {
  const { conversationId, actor } = command
  const { state, context } = attempt
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { holder } = conversation
  if (holder.kind !== 'nobody') return refuse('already_open', undefined, holder)
  if (conversation.blocked !== undefined) return refuse('customer_blocked')
  const to = takerOf(actor)
  if (to === null) return refuse('not_permitted')
  const { lastClose } = conversation
  // The place that the wrap-up keeps is that of the matter itself.
  if (to.kind === 'agent' && lastClose !== undefined) {
    endWrapUp(attempt, to.agentId, { conversationId, sessionId: lastClose.sessionId })
  }
  const refusal = to.kind === 'agent' ? refusalToServe(attempt, to.agentId, wantedBy(state, conversation)) : null
  if (refusal !== null) return refusal
  if (!conversation.following) return refuse('customer_unreachable')
  const allowance = allowanceAt(conversation, context.atMs)
  // Who takes a close back does what the customer's next message would do; the customer can write in any case.
  const isTakenBack =
    to.kind === 'agent' && lastClose?.agentId === to.agentId && reopenedBy(conversation, context.atMs) !== null
  if (allowance.state !== 'open' && !isTakenBack)
    return refuse(allowance.state === 'used' ? 'quota_used' : 'window_closed')
  const sessionId = context.ids.draw('session')
  const reopens = conversation.lastSessionId
  endOpenLeft(attempt, conversationId, { actor, cause: to.kind })
  attempt.emit({
    type: 'session.opened',
    actor,
    facts: { conversationId, sessionId, cause: to.kind, reopens },
  })
  const stintId = context.ids.draw('stint')
  assign(attempt, { conversationId, actor, stintId, to, assignCause: 'reopen' })
  return accept(attempt, { conversationId, sessionId })
}
