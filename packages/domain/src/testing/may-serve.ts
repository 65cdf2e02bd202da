// Who may serve whom, by docs/reference/routing.md and by nothing of the code under test but its state.
import assert from 'node:assert/strict'
import { type LoggedEvent, type RoutingPlan, weekdays } from '@duoke/contract'
import type { ConversationState } from '../conversation/state.ts'
import { takesOf } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'
import type { Custody } from './custody.ts'
import type { DeclineBook } from './decline-book.ts'
import { keptFor } from './kept-for.ts'
import { asIfTaken, isKeptFrom, isKindFree, spareOf, weightOf } from './room.ts'
import type { World } from './world.ts'

export const unplanned: Omit<RoutingPlan, 'teamId'> = {
  rulesVersion: 0,
  ruleId: 'default',
  strategy: 'least-loaded',
  priority: 0,
  ageingMs: 60_000,
  skills: [],
  sticky: null,
  overflow: [],
  maxWaitMs: null,
  refusal: null,
}

/** Whether the agent may be given who waits, room aside. */
export function mayServe(
  state: OrganizationState,
  agent: AgentState,
  waiting: ConversationState,
  atMs: number,
): boolean {
  const { holder, accountId } = waiting
  if (holder.kind !== 'queue') return false
  const account = state.accounts.get(accountId)?.settings
  if (account?.routing === 'manual') return false
  const plan = waiting.plan ?? { ...unplanned, teamId: holder.teamId }
  const waitedMs = Math.max(0, atMs - Date.parse(holder.since))
  const isTeam = (team: string | null): team is string => team !== null && state.teams.has(team)
  const first = isTeam(plan.teamId) ? [plan.teamId] : (account?.teams ?? [])
  const more = plan.overflow.filter(({ afterMs }) => afterMs <= waitedMs).map(({ teamId }) => teamId)
  const serving = first.length === 0 ? [] : [...first, ...more.filter(isTeam)]
  const own = agent.teams.filter((team) => serving.includes(team))
  if (serving.length > 0 && own.every((team) => !isOpen(state, team, atMs))) return false
  const lacks = plan.skills.some(
    ({ skill, level, required, relaxAfterMs }) =>
      required && !(relaxAfterMs !== null && relaxAfterMs <= waitedMs) && (agent.skills?.[skill] ?? 0) < level,
  )
  const kept = keptFor(state, plan, waitedMs)
  const isKept = kept !== null && kept !== agent.agentId
  const hasPassed = waiting.passedBy.includes(agent.agentId)
  return !lacks && !isKept && !hasPassed && agent.status === 'online' && !agent.disabled
}

function isOpen(state: OrganizationState, team: string, atMs: number): boolean {
  const document = state.rules?.current?.document
  const hours = document?.hours?.[document.teams?.[team]?.hours ?? '']
  if (hours === undefined) return true
  const wall = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(state.settings?.timeZone ?? 'UTC')
  const now = wall.toPlainTime().toString().slice(0, 5)
  const [today, before] = [wall.dayOfWeek - 1, (wall.dayOfWeek + 5) % 7].map(
    (day) => hours.weekly[weekdays[day] ?? 'mon'] ?? [],
  )
  const within = (range: string, isBefore: boolean) => {
    const [from = '', to = ''] = range.split('-')
    if (from < to) return !isBefore && from <= now && now < to
    return isBefore ? now < to : from <= now
  }
  return (today ?? []).some((range) => within(range, false)) || (before ?? []).some((range) => within(range, true))
}

/** Who waits and is not being offered to anybody. */
export function waitingOf(state: OrganizationState): ConversationState[] {
  return [...state.conversations.values()].filter(
    ({ holder, offer, broadcast }) => holder.kind === 'queue' && offer === null && broadcast === undefined,
  )
}

/** No agent has room for anybody who waits: not for a second, and not for a moment; but for what is kept for who stands before. */
export function assertNobodyIdles({ state, nowMs }: World): void {
  const all = waitingOf(state)
  for (const waiting of all) {
    for (const agent of state.agents.values()) {
      const busy = asIfTaken(agent, waiting)
      if (weightOf(waiting) > spareOf(busy) || !isKindFree(state, busy, waiting)) continue
      const serves = (other: ConversationState) => mayServe(state, agent, other, nowMs)
      if (!serves(waiting) || isKeptFrom(state, agent, waiting, all, serves)) continue
      assert.fail(`${agent.agentId} is free while ${waiting.id} waits`)
    }
  }
}

/** Who keeps the books beside the state. */
export type Books = { readonly custody: Custody; readonly declines: DeclineBook }
/** The same of what was left: after all waiting, for whoever has room, while WeChat lets somebody answer. */
export function assertNoMessageLies({ state, nowMs }: World): void {
  for (const conversation of state.conversations.values()) {
    const { id, left, accountId, following, blocked, windows } = conversation
    const isAnswerable = following && blocked === undefined && windows.some(({ expiresAtMs }) => expiresAtMs > nowMs)
    const isOpen = left !== undefined && left.resolvedAtMs === undefined && left.isExpired !== true
    if (!isOpen || !isAnswerable || left.plan.messageBox?.atOpening !== 'queue') continue
    // Who passed on it while it waited is asked again when somebody has room next.
    if (!state.accounts.has(accountId) || left.cause === 'waited') continue
    const holder = { kind: 'queue' as const, teamId: null, since: new Date(nowMs).toISOString() }
    const place = { waitingSinceMs: nowMs, lineSinceMs: null, holderPosition: Number.POSITIVE_INFINITY }
    const takes = takesOf(state, conversation)
    const asIfWaiting: ConversationState = { ...conversation, plan: left.plan, holder, takes, ...place }
    for (const agent of state.agents.values()) {
      if (weightOf(asIfWaiting) > spareOf(agent) || !isKindFree(state, agent, asIfWaiting)) continue
      const serves = (other: ConversationState) => mayServe(state, agent, other, nowMs)
      if (!serves(asIfWaiting) || isKeptFrom(state, agent, asIfWaiting, waitingOf(state), serves)) continue
      assert.fail(`${agent.agentId} is free while ${id} is left`)
    }
  }
}

export type Given = {
  readonly agent: AgentState
  readonly conversationId: string
  readonly plan: Pick<RoutingPlan, 'priority' | 'ageingMs'>
  /** The agent had declined it, and had a place for it alone. */
  readonly isOwnPlace: boolean
  /** From when on it counts in its line; of who did not wait this moment. */
  readonly since: string
}

/** Whom the rules now give to an agent, or offer to one or to several; asked before the book of declines knows of it. */
export function givenBy(state: OrganizationState, event: LoggedEvent, { custody, declines }: Books): Given[] {
  if (!('conversationId' in event.facts)) return []
  const { conversationId } = event.facts
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return []
  const from = event.type === 'session.assigned' ? event.facts.from : conversation.holder
  const since =
    from.kind === 'queue' ? lineSinceOf(conversationId, from.since, custody) : new Date(event.atMs).toISOString()
  const plan = conversation.plan ?? unplanned
  return agentsGivenBy(event).flatMap((agentId) => {
    const agent = state.agents.get(agentId)
    const isOwnPlace = declines.against(agentId).has(conversationId)
    return agent === undefined ? [] : [{ agent, conversationId, isOwnPlace, plan, since }]
  })
}

function agentsGivenBy(event: LoggedEvent): readonly string[] {
  switch (event.type) {
    case 'session.assigned':
      return event.facts.cause === 'routing' && event.facts.to.kind === 'agent' ? [event.facts.to.agentId] : []
    case 'session.offered':
      return [event.facts.agentId]
    case 'session.broadcast':
    case 'session.broadcast-joined':
      return event.facts.agentIds
    default:
      return []
  }
}

/** Who comes back from being parked stands in the line by the age of the session. */
export function lineSinceOf(conversationId: string, since: string, { ahead }: Custody): string {
  const aheadMs = ahead.get(conversationId)
  return aheadMs === undefined ? since : new Date(aheadMs).toISOString()
}
