import type { Actor, ConfigurationChange, OrganizationSettings } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type ResolvedConfiguration, refuse } from '../commands.ts'
import { windowTimers } from '../conversation/ending.ts'
import { idleDueMs, setTimer, timerKey } from '../conversation/idle-timer.ts'
import { withdrawOffers } from '../conversation/offers.ts'
import { endSession } from '../conversation/sessions.ts'
import { setHoursTimer } from '../routing/hours-timer.ts'
import { inServingOrder } from '../routing/next.ts'
import { drainAll, route } from '../routing/route.ts'
import { configureAgent, retire } from './agents.ts'
import { configureApp, detachApps, removeApp } from './apps.ts'
import { differencesOf, faultOf } from './differences.ts'
import { publish } from './rules.ts'

/** Compares the document with what is there, says what differs, and (unless asked only to say) makes it so. */
export function applyConfiguration(attempt: Attempt, command: CommandOf<'configuration.apply'>): Decision {
  const { document, prune, dryRun, actor } = command
  const fault = faultOf(attempt.state, document, prune)
  if (fault !== null) return refuse('invalid_configuration', fault)
  const changes = differencesOf(attempt.state, document, prune)
  if (!dryRun) makeSo(attempt, actor, document, changes)
  return accept(attempt, { changes })
}

function makeSo(
  attempt: Attempt,
  actor: Actor,
  document: ResolvedConfiguration,
  changes: readonly ConfigurationChange[],
): void {
  const before = attempt.state.settings
  const touches = new Set(changes.filter(isTouch).map(({ kind, id }) => `${kind} ${id}`))
  const touched = (kind: ConfigurationChange['kind'], id: string) => touches.has(`${kind} ${id}`)
  const removedOf = (kind: ConfigurationChange['kind']) =>
    changes.filter((entry) => entry.kind === kind && entry.change === 'removed').map(({ id }) => id)

  if (touched('organization', 'organization')) {
    attempt.emit({ type: 'organization.configured', actor, facts: { ...document.organization } })
    resetIdleTimers(attempt, before)
    if (before?.sessions.closeWithWindow !== true) attempt.timers.push(...windowTimers(attempt.state))
    if (attempt.state.rules !== null) setHoursTimer(attempt)
  }
  for (const team of document.teams ?? []) {
    if (touched('team', team.teamId)) attempt.emit({ type: 'team.configured', actor, facts: { ...team } })
  }
  for (const account of document.accounts ?? []) {
    if (touched('account', account.accountId))
      attempt.emit({ type: 'account.configured', actor, facts: { ...account } })
  }
  for (const agent of document.agents ?? []) {
    if (touched('agent', agent.agentId)) configureAgent(attempt, actor, agent)
  }
  if (document.rules !== undefined && touched('rules', 'rules')) {
    publish(attempt, { actor, document: document.rules, reason: 'configuration applied', effectiveAtMs: null })
  }
  // Those who wait already come before those who are given back below.
  drainAll(attempt)
  for (const agent of document.agents ?? []) withdrawOffers(attempt, agent.agentId)
  for (const app of document.apps ?? []) {
    if (touched('app', app.appId)) configureApp(attempt, actor, app)
  }
  for (const agent of document.agents ?? []) {
    if (touched('agent', agent.agentId) && agent.disabled) retire(attempt, actor, agent.agentId)
  }
  for (const agentId of removedOf('agent')) removeAgent(attempt, actor, agentId)
  for (const appId of removedOf('app')) removeApp(attempt, actor, appId)
  for (const accountId of removedOf('account')) removeAccount(attempt, actor, accountId)
  for (const teamId of removedOf('team')) removeTeam(attempt, actor, teamId)
  drainAll(attempt)
}

const isTouch = ({ change }: ConfigurationChange): boolean => change === 'created' || change === 'changed'

/** A timer of the old settings fires late, or was never set: every session that somebody holds gets its timer anew. */
function resetIdleTimers(attempt: Attempt, before: OrganizationSettings | null): void {
  const { state } = attempt
  const isSame =
    before?.idleWarningAfterMs === state.settings?.idleWarningAfterMs &&
    before?.idleCloseAfterMs === state.settings?.idleCloseAfterMs
  if (before === null || isSame) return
  for (const conversation of state.conversations.values()) {
    const dueMs = idleDueMs(state, conversation)
    if (dueMs !== null) attempt.timers.push(setTimer({ kind: 'idle', conversationId: conversation.id }, dueMs))
  }
}

function removeAgent(attempt: Attempt, actor: Actor, agentId: string): void {
  retire(attempt, actor, agentId)
  // A wrap-up goes with its agent, and there is nobody left to ring for.
  for (const { conversationId, sessionId } of attempt.state.agents.get(agentId)?.wrapUps ?? []) {
    attempt.timers.push({ clear: timerKey({ kind: 'wrap-up', conversationId, sessionId, agentId }) })
  }
  // Somebody who was offline may still have held sessions; nobody is given any between here and the removal.
  attempt.emit({ type: 'agent.removed', actor, facts: { agentId } })
}

/** Nobody can answer through an account that is gone: its sessions end. */
function removeAccount(attempt: Attempt, actor: Actor, accountId: string): void {
  const open: string[] = []
  for (const { id, holder, accountId: account } of attempt.state.conversations.values()) {
    if (account === accountId && holder.kind !== 'nobody') open.push(id)
  }
  for (const conversationId of open) {
    const conversation = attempt.state.conversations.get(conversationId)
    if (conversation !== undefined) endSession(attempt, conversation, actor, 'system')
  }
  detachApps(attempt, actor, accountId)
  attempt.emit({ type: 'account.removed', actor, facts: { accountId } })
}

/** Who waited for a team that is gone is served by the account's teams again. */
function removeTeam(attempt: Attempt, actor: Actor, teamId: string): void {
  attempt.emit({ type: 'team.removed', actor, facts: { teamId } })
  const lines = [...attempt.state.lines.values()].filter((line) => line.teamId === teamId)
  for (const { conversationId } of inServingOrder(attempt, lines)) {
    route(attempt, {
      conversationId,
      teamId: null,
      actor: { kind: 'rule', rule: 'routing' },
      cause: 'team removed',
      assignCause: 'routing',
      queueCause: 'routing',
    })
  }
}
