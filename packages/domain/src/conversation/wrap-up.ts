import type { Actor, Disposition, Facts, HandOver } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse, type Timer } from '../commands.ts'
import { instantOf } from '../instant.ts'
import { plainLoad, toldLoad } from '../organization/load.ts'
import type { AgentState, OrganizationState, TeamState, WrapUp } from '../organization/state.ts'
import { servingTeams } from '../routing/candidates.ts'
import { setTimer } from './idle-timer.ts'
import { mayOverrule } from './permission.ts'
import type { ConversationState } from './state.ts'

export type GivenDisposition = { readonly code: string; readonly note?: string }

/**
 * The settings of the team that served: of the agent's teams the one that serves the conversation, where there is one alone. Otherwise,
 * and for what that team leaves out, the organization's.
 */
export function closingOf(state: OrganizationState, { plan, accountId }: ConversationState, agent: AgentState) {
  const serving = servingTeams(state, plan?.teamId ?? null, accountId)
  const own = agent.teams.filter((teamId) => serving.length === 0 || serving.includes(teamId))
  const [only, another] = own.length > 0 ? own : agent.teams
  const team: Partial<TeamState> = (another === undefined && state.teams.get(only ?? '')) || {}
  const { wrapUpMs = 0, dispositionNeeded = false, reopenWithinMs = 0 } = state.settings?.sessions ?? {}
  return {
    wrapUpMs: team.wrapUpMs ?? wrapUpMs,
    isDispositionNeeded: team.dispositionNeeded ?? dispositionNeeded,
    reopenWithinMs: team.reopenWithinMs ?? reopenWithinMs,
  }
}

/** Whether an agent of these teams chooses it. */
export function isChosenBy(teams: readonly string[], disposition: Disposition): boolean {
  return disposition.teams === undefined || disposition.teams.some((teamId) => teams.includes(teamId))
}

function refusalOfCode({ settings }: OrganizationState, agent: AgentState | undefined, code: string): Refusal | null {
  const { dispositions = [] } = settings?.sessions ?? {}
  if (dispositions.length === 0) return null
  const codes = dispositions
    .filter((one) => agent === undefined || isChosenBy(agent.teams, one))
    .map((disposition) => disposition.code)
  return codes.includes(code) ? null : refuse('disposition_unknown', `Known codes: ${codes.join(', ')}`)
}

/** Why the session may not be closed with this disposition, or without one; null when it may. */
export function refusalOfDisposition(
  { state }: Attempt,
  conversation: ConversationState,
  { actor, disposition }: { readonly actor: Actor; readonly disposition?: GivenDisposition },
): Refusal | null {
  const { holder } = conversation
  const agent = holder.kind === 'agent' ? state.agents.get(holder.agentId) : undefined
  if (disposition !== undefined) return refusalOfCode(state, agent, disposition.code)
  // Who has a wrap-up is asked there.
  if (agent === undefined || closingOf(state, conversation, agent).wrapUpMs > 0) return null
  return refusalOfNone(state, conversation, agent, actor)
}

/** Programs may know no codes. */
function refusalOfNone(
  state: OrganizationState,
  conversation: ConversationState,
  agent: AgentState | undefined,
  actor: Actor,
): Refusal | null {
  if (agent === undefined || actor.kind !== 'agent') return null
  return closingOf(state, conversation, agent).isDispositionNeeded ? refuse('disposition_needed') : null
}

type Ended = {
  readonly conversation: ConversationState
  readonly sessionId: string
  readonly actor: Actor
  readonly disposition: GivenDisposition | undefined
}

/** What follows a close: its disposition, or the time in which the agent may still give it. `conversation` is as it was before. */
export function wrapUp(attempt: Attempt, { conversation, sessionId, actor, disposition }: Ended): void {
  const { state, context } = attempt
  const { id: conversationId, holder, parked } = conversation
  const agent = holder.kind === 'agent' ? state.agents.get(holder.agentId) : undefined
  if (disposition !== undefined) {
    const agentId = agent?.agentId ?? null
    dispose(attempt, { actor, conversationId, sessionId, agentId, cause: 'given', disposition })
    return
  }
  // Who went home has nobody to ask; what was parked for them took no place.
  if (holder.kind !== 'agent' || agent === undefined || agent.status === 'offline') return
  const { wrapUpMs } = closingOf(state, conversation, agent)
  if (wrapUpMs === 0) return
  const takesCapacity = parked === null && (state.settings?.sessions.wrapUpTakesCapacity ?? true)
  const { agentId, stintId } = holder
  const until = instantOf(context.atMs + wrapUpMs)
  attempt.emit({
    type: 'session.wrap-up-began',
    actor: { kind: 'rule', rule: 'wrap-up' },
    facts: {
      ...{ conversationId, sessionId, agentId, stintId, until, takesCapacity },
      ...toldLoad(conversation.takes ?? plainLoad),
    },
  })
}

type Disposal = {
  readonly actor: Actor
  readonly conversationId: string
  readonly sessionId: string
  readonly agentId: string | null
  readonly cause: Facts<'session.disposed'>['cause']
  readonly disposition?: { readonly code: string | null; readonly note?: string }
}

function dispose(attempt: Attempt, disposal: Disposal): void {
  const { actor, conversationId, sessionId, agentId, cause, disposition } = disposal
  const { state, context } = attempt
  const running = state.agents.get(agentId ?? '')?.wrapUps.find((one) => one.sessionId === sessionId)
  const wrapUpMs = running === undefined ? 0 : Math.max(0, context.atMs - running.sinceMs)
  const personal: HandOver = disposition?.note === undefined ? {} : { note: disposition.note }
  attempt.emit({
    type: 'session.disposed',
    actor,
    facts: { conversationId, sessionId, agentId, disposition: disposition?.code ?? null, cause, wrapUpMs },
    ...(disposition?.note === undefined ? {} : { personal }),
  })
  if (running !== undefined && agentId !== null) attempt.freed.add(agentId)
}

/** Says what a closed session was about: in its wrap-up, or later while nothing else was closed in the conversation. */
export function disposeSession(attempt: Attempt, command: CommandOf<'session.dispose'>): Decision {
  const { actor, conversationId, sessionId, disposition } = command
  const { state } = attempt
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const closed = closedSession(state, conversation, sessionId)
  if (closed === null)
    return refuse('not_found', 'The last session that was closed can be disposed, and any in wrap-up')
  const { agentId } = closed
  if (!(actor.kind === 'agent' && actor.agentId === agentId) && !mayOverrule(attempt, actor)) {
    return refuse('not_permitted', 'Another agent held the session')
  }
  const agent = state.agents.get(agentId ?? '')
  const refusal =
    disposition.code === null
      ? refusalOfNone(state, conversation, agent, actor)
      : refusalOfCode(state, agent, disposition.code)
  if (refusal !== null) return refusal
  dispose(attempt, { actor, conversationId, sessionId, agentId, cause: 'given', disposition })
  return accept(attempt, { conversationId, sessionId })
}

function closedSession(
  state: OrganizationState,
  { id, lastClose }: ConversationState,
  sessionId: string,
): { readonly agentId: string | null } | null {
  if (lastClose?.sessionId === sessionId) return lastClose
  for (const { agentId, wrapUps } of state.agents.values()) {
    if (wrapUps.some((one) => one.conversationId === id && one.sessionId === sessionId)) return { agentId }
  }
  return null
}

/** Nothing will be said about it by itself: the matter goes on with the same agent. */
export function endWrapUp(
  attempt: Attempt,
  agentId: string,
  { conversationId, sessionId }: Pick<WrapUp, 'conversationId' | 'sessionId'>,
): void {
  const isRunning = attempt.state.agents.get(agentId)?.wrapUps.some((one) => one.sessionId === sessionId)
  if (isRunning !== true) return
  dispose(attempt, { actor: { kind: 'rule', rule: 'wrap-up' }, conversationId, sessionId, agentId, cause: 'reopened' })
}

/** Of an agent who was removed meanwhile nobody is left to ask. */
export function fireWrapUp(attempt: Attempt, timer: Extract<Timer, { kind: 'wrap-up' }>): void {
  const { conversationId, sessionId, agentId } = timer
  const running = attempt.state.agents.get(agentId)?.wrapUps.find((one) => one.sessionId === sessionId)
  if (running === undefined) return
  if (attempt.context.atMs < running.untilMs) attempt.timers.push(setTimer(timer, running.untilMs))
  else {
    const actor = { kind: 'rule', rule: 'wrap-up' } as const
    dispose(attempt, { actor, conversationId, sessionId, agentId, cause: 'time' })
  }
}
