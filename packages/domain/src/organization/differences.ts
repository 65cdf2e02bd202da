import type { AccountSettings, AppSettings, ConfigurationChange, RulesDocument } from '@duoke/contract'
import { canonicalJson } from '../canonical-json.ts'
import type { ResolvedConfiguration } from '../commands.ts'
import { isTimeZone } from '../hours/time-zone.ts'
import { type AgentState, newestRules, type OrganizationState, type TeamState } from './state.ts'

type Kind = ConfigurationChange['kind']

/** What stands between the organization as it is and the document. */
export function differencesOf(
  state: OrganizationState,
  document: ResolvedConfiguration,
  prune: boolean,
): ConfigurationChange[] {
  const accounts = Array.from(state.accounts.values(), ({ settings }) => settings)
  const agents = Array.from(state.agents.values(), configurationOf)
  return [
    compare('organization', 'organization', state.settings, document.organization),
    ...compareAll(
      'team',
      ({ teamId }) => teamId,
      [...state.teams.values()],
      document.teams?.map(withOwnSettings),
      prune,
    ),
    ...compareAll('app', ({ appId }) => appId, [...state.apps.values()], document.apps, prune),
    ...compareAll('account', ({ accountId }) => accountId, accounts, document.accounts, prune),
    ...(document.rules === undefined ? [] : [rulesChange(state, document.rules)]),
    ...compareAll('agent', ({ agentId }) => agentId, agents, document.agents, prune),
  ]
}

/** A team's own setting that is left out is taken back: the comparison has to see it. */
const withOwnSettings = ({ offerForMs, wrapUpMs, dispositionNeeded, reopenWithinMs, ...team }: TeamState) => ({
  ...team,
  offerForMs,
  wrapUpMs,
  dispositionNeeded,
  reopenWithinMs,
})

/** Rules are one document: published anew as a whole, and never taken away. */
function rulesChange(state: OrganizationState, rules: RulesDocument): ConfigurationChange {
  const isNew = state.rules === null
  const fields = differingFields(newestRules(state), rules)
  const change = isNew ? 'created' : fields.length === 0 ? 'unchanged' : 'changed'
  return { kind: 'rules', id: 'rules', change, fields: isNew ? [] : fields }
}

export function configurationOf({
  agentId,
  nickname,
  role,
  teams,
  capacity,
  disabled,
  skills = {},
  shifts,
}: AgentState) {
  return { agentId, nickname, role, teams, capacity, disabled, skills, ...(shifts !== undefined && { shifts }) }
}

function compareAll<T extends object>(
  kind: Kind,
  idOf: (value: T) => string,
  present: readonly T[],
  wanted: readonly T[] | undefined,
  prune: boolean,
): ConfigurationChange[] {
  // A list that the document leaves out is left as it is, pruning or not.
  if (wanted === undefined) return present.map((value) => ({ kind, id: idOf(value), change: 'left', fields: [] }))
  const before = new Map(present.map((value) => [idOf(value), value]))
  const kept = new Set(wanted.map(idOf))
  const changes = wanted.map((value) => compare(kind, idOf(value), before.get(idOf(value)) ?? null, value))
  for (const id of before.keys()) {
    if (!kept.has(id)) changes.push({ kind, id, change: prune ? 'removed' : 'left', fields: [] })
  }
  return changes
}

function compare(kind: Kind, id: string, before: object | null, after: object): ConfigurationChange {
  if (before === null) return { kind, id, change: 'created', fields: [] }
  const fields = differingFields(before, after)
  return { kind, id, change: fields.length === 0 ? 'unchanged' : 'changed', fields }
}

export function differingFields(before: object, after: object): string[] {
  const old = new Map<string, unknown>(Object.entries(before))
  const entries: [string, unknown][] = Object.entries(after)
  return entries.filter(([key, value]) => canonicalJson(old.get(key)) !== canonicalJson(value)).map(([key]) => key)
}

/** Why the document cannot be applied: a repeated id, or a team that would not exist; null when it can. */
export function faultOf(state: OrganizationState, document: ResolvedConfiguration, prune: boolean): string | null {
  const { organization, accounts, teams, agents, apps } = document
  // Whoever submits a command past the edges is told, not parked.
  if (organization === undefined) return 'The document has no organization'
  const repeated =
    repeatedOf(
      'account',
      accounts?.map(({ accountId }) => accountId),
    ) ??
    repeatedOf(
      'team',
      teams?.map(({ teamId }) => teamId),
    ) ??
    repeatedOf(
      'agent',
      agents?.map(({ agentId }) => agentId),
    ) ??
    repeatedOf(
      'app',
      apps?.map(({ appId }) => appId),
    )
  if (repeated !== null) return repeated
  const existing = new Set(teams?.map(({ teamId }) => teamId))
  if (teams === undefined || !prune) for (const { teamId } of state.teams.values()) existing.add(teamId)
  const unknownOf = (kind: Kind, id: string, wanted: readonly string[]) => {
    const unknown = wanted.find((teamId) => !existing.has(teamId))
    return unknown === undefined ? null : `The ${kind} ${id} names the team ${unknown}, which does not exist`
  }
  for (const { accountId, teams: wanted } of accounts ?? []) {
    const fault = unknownOf('account', accountId, wanted)
    if (fault !== null) return fault
  }
  for (const { agentId, teams: wanted, shifts } of agents ?? []) {
    const zone = shifts?.timeZone
    if (zone !== undefined && !isTimeZone(zone)) return `The shifts of the agent ${agentId} name no time zone: ${zone}`
    const fault = unknownOf('agent', agentId, wanted)
    if (fault !== null) return fault
  }
  return unknownAccountOf(state, document, prune) ?? sharedAppIdOf(state, document, prune)
}

function unknownAccountOf(state: OrganizationState, document: ResolvedConfiguration, prune: boolean): string | null {
  const { accounts, apps = [] } = document
  const existing = new Set(accounts?.map(({ accountId }) => accountId))
  if (accounts === undefined || !prune)
    for (const { settings } of state.accounts.values()) existing.add(settings.accountId)
  for (const { appId, attachments } of apps) {
    const unknown = attachments.find(({ accountId }) => !existing.has(accountId))
    if (unknown !== undefined) return `The app ${appId} names the account ${unknown.accountId}, which does not exist`
  }
  return null
}

/** WeChat's calls name nothing but an appId: no account has that of an app's attachment. */
function sharedAppIdOf(state: OrganizationState, document: ResolvedConfiguration, prune: boolean): string | null {
  const accounts = [...(document.accounts ?? [])]
  if (document.accounts === undefined || !prune) {
    const given = new Set(accounts.map(({ accountId }) => accountId))
    for (const { settings } of state.accounts.values()) if (!given.has(settings.accountId)) accounts.push(settings)
  }
  const apps = [...(document.apps ?? [])]
  if (document.apps === undefined || !prune) {
    const given = new Set(apps.map(({ appId }) => appId))
    for (const app of state.apps.values()) if (!given.has(app.appId)) apps.push(app)
  }
  return sharedAppId(accounts, apps)
}

/** The fault of an appId that is an account's and an attachment's; null when there is none. */
export function sharedAppId(accounts: readonly AccountSettings[], apps: readonly AppSettings[]): string | null {
  const owners = new Map(accounts.map(({ appId, accountId }) => [appId, accountId]))
  for (const { appId, attachments } of apps) {
    for (const { wechatAppId } of attachments) {
      const owner = owners.get(wechatAppId)
      if (owner !== undefined) return `The appId ${wechatAppId} of the app ${appId} is that of the account ${owner}`
    }
  }
  return null
}

function repeatedOf(kind: Kind, ids: readonly string[] = []): string | null {
  const seen = new Set<string>()
  const repeated = ids.find((id) => seen.size === seen.add(id).size)
  return repeated === undefined ? null : `The ${kind} ${repeated} is there twice`
}
