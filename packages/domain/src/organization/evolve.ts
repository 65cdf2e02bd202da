import {
  type AccountSettings,
  type AppSettings,
  defaultSessionSettings,
  type LoggedEvent,
  type OrganizationSettings,
  type SessionSettings,
} from '@duoke/contract'
import { instantOf, msOf } from '../instant.ts'
import { dropQuickRepliesOf } from './evolve-quick-replies.ts'
import type { OrganizationState, RulesState, RulesVersion } from './state.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>

export function evolveAccount(
  state: OrganizationState,
  event: Of<
    | 'account.configured'
    | 'account.removed'
    | 'account.silenced'
    | 'account.heard'
    | 'account.degraded'
    | 'account.recovered'
  >,
): void {
  const account = state.accounts.edit(event.facts.accountId)
  switch (event.type) {
    case 'account.configured':
      state.ruleVersion++
      if (account !== undefined) account.settings = completeAccount(event.facts)
      else {
        const settings = completeAccount(event.facts)
        state.accounts.set(settings.accountId, { settings, silent: false, degraded: null })
      }
      return
    case 'account.removed':
      state.ruleVersion++
      state.accounts.delete(event.facts.accountId)
      return
    case 'account.silenced':
    case 'account.heard':
      if (account !== undefined) account.silent = event.type === 'account.silenced'
      return
    case 'account.degraded':
      if (account !== undefined) {
        account.degraded = { code: event.facts.code, reason: event.facts.reason, sinceMs: event.atMs }
      }
      return
    case 'account.recovered':
      if (account !== undefined) account.degraded = null
      return
  }
}

export function evolveAgent(
  state: OrganizationState,
  event: Of<'agent.configured' | 'agent.removed' | 'agent.status-changed' | 'agent.capacity-changed'>,
): void {
  const agent = state.agents.edit(event.facts.agentId)
  switch (event.type) {
    case 'agent.configured': {
      state.ruleVersion++
      const { agentId, role, teams, capacity, disabled, skills, shifts } = event.facts
      const nickname = event.personal?.nickname ?? agent?.nickname ?? ''
      if (agent !== undefined) {
        Object.assign(agent, { nickname, role, teams, capacity, disabled })
        delete agent.skills
        if (skills !== undefined) agent.skills = skills
        delete agent.shifts
        if (shifts !== undefined) agent.shifts = shifts
      } else {
        state.agents.set(agentId, {
          agentId,
          nickname,
          role,
          teams,
          capacity,
          disabled,
          ...(skills !== undefined && { skills }),
          ...(shifts !== undefined && { shifts }),
          status: 'offline',
          statusUntilMs: null,
          idleSince: instantOf(event.atMs),
          held: [],
          offered: [],
          broadcasts: [],
          parked: [],
          wrapUps: [],
        })
      }
      return
    }
    case 'agent.removed':
      state.ruleVersion++
      state.agents.delete(event.facts.agentId)
      dropQuickRepliesOf(state, event.facts)
      return
    case 'agent.status-changed':
      if (agent === undefined) return
      if (event.facts.status === 'online' && agent.status !== 'online') agent.idleSince = instantOf(event.atMs)
      if (event.facts.status !== agent.status) agent.statusSinceMs = event.atMs
      agent.status = event.facts.status
      agent.statusUntilMs = event.facts.untilMs ?? null
      delete agent.statusReason
      if (event.facts.reason !== undefined) agent.statusReason = event.facts.reason
      return
    case 'agent.capacity-changed': {
      if (agent === undefined) return
      const { capacity, until } = event.facts
      delete agent.temporaryCapacity
      if (capacity !== null) agent.temporaryCapacity = { capacity, untilMs: until === null ? null : msOf(until) }
      return
    }
  }
}

export function evolveTeam(state: OrganizationState, event: Of<'team.configured' | 'team.removed'>): void {
  state.ruleVersion++
  const { teamId } = event.facts
  if (event.type === 'team.removed') {
    state.teams.delete(teamId)
    dropQuickRepliesOf(state, event.facts)
  } else state.teams.set(teamId, event.facts)
}

export function evolveApp(
  state: OrganizationState,
  event: Of<'app.configured' | 'app.suspended' | 'app.recovered' | 'app.removed'>,
): void {
  const app = state.apps.edit(event.facts.appId)
  switch (event.type) {
    case 'app.configured': {
      const settings = completeApp(event.facts)
      const accounts = new Set(settings.attachments.map(({ accountId }) => accountId))
      const suspended = Object.entries(app?.suspended ?? {}).filter(([accountId]) => accounts.has(accountId))
      state.apps.set(settings.appId, { ...settings, suspended: Object.fromEntries(suspended) })
      return
    }
    case 'app.suspended': {
      const { accountId, reason, failures } = event.facts
      if (app !== undefined) app.suspended[accountId] = { reason, failures, sinceMs: event.atMs }
      return
    }
    case 'app.recovered':
      if (app !== undefined) delete app.suspended[event.facts.accountId]
      return
    case 'app.removed':
      state.apps.delete(event.facts.appId)
      return
  }
}

/** An account of before routing could be manual; so a configuration that names the default changes nothing. */
export function completeAccount(facts: AccountSettings): AccountSettings {
  return { routing: 'automatic', ...facts }
}

/** Earlier events do not know the rules of sessions, or not all of them. */
export function completeSettings(
  settings: Omit<OrganizationSettings, 'sessions'> & { sessions?: Partial<SessionSettings> },
): OrganizationSettings {
  return { ...settings, sessions: { ...defaultSessionSettings, ...settings.sessions } }
}

/** The first version of the event knew an app's id, name and scopes only. */
function completeApp(facts: Pick<AppSettings, 'appId' | 'name' | 'scopes'> & Partial<AppSettings>): AppSettings {
  return { contact: null, rateLimit: null, allowedAddresses: [], attachments: [], ...facts }
}

type RulesEvent = Of<
  | 'rules.published'
  | 'rules.approved'
  | 'rules.rejected'
  | 'rules.took-effect'
  | 'rules.overridden'
  | 'rules.override-ended'
>

export function evolveRules(state: OrganizationState, event: RulesEvent): void {
  const rules: RulesState = state.rules ?? { current: null, scheduled: [], newest: 0 }
  const { awaiting, override: _override, ...rest } = rules
  switch (event.type) {
    case 'rules.published':
      state.rules = publishedAs(rules, event)
      return
    case 'rules.approved': {
      if (awaiting === undefined) return
      const { by: _, ...version } = awaiting
      state.rules = scheduledIn(rules, { ...version, effectiveAtMs: msOf(event.facts.effectiveAt) })
      return
    }
    case 'rules.rejected':
      state.rules = withoutAwaiting(rules)
      return
    case 'rules.overridden': {
      const { overrideId, rule, reason, expiresAt } = event.facts
      const override = { overrideId, rule, reason, expiresAtMs: msOf(expiresAt) }
      state.rules = { ...rules, overrides: overrideId, override }
      return
    }
    case 'rules.override-ended':
      state.rules = { ...rest, ...(awaiting !== undefined && { awaiting }) }
      return
    case 'rules.took-effect': {
      const { rulesVersion } = event.facts
      state.ruleVersion++
      const current = rules.scheduled.find((version) => version.rulesVersion === rulesVersion) ?? rules.current
      const scheduled = rules.scheduled.filter((version) => version.rulesVersion > rulesVersion)
      state.rules = { ...rules, current, scheduled }
      return
    }
  }
}

function publishedAs(rules: RulesState, { facts, actor }: Of<'rules.published'>): RulesState {
  const { rulesVersion, document, effectiveAt, awaitsApproval = false } = facts
  const version: RulesVersion = { rulesVersion, document, effectiveAtMs: msOf(effectiveAt) }
  if (awaitsApproval) return { ...rules, newest: rulesVersion, awaiting: { ...version, by: actor } }
  return { ...scheduledIn(rules, version), newest: rulesVersion }
}

/** An earlier one that has not taken effect yet and would do so later gives way, and so does one that awaits approval. */
function scheduledIn(rules: RulesState, version: RulesVersion): RulesState {
  const scheduled = rules.scheduled.filter(({ effectiveAtMs }) => effectiveAtMs < version.effectiveAtMs)
  return { ...withoutAwaiting(rules), scheduled: [...scheduled, version] }
}

function withoutAwaiting({ awaiting: _, ...rules }: RulesState): RulesState {
  return rules
}
