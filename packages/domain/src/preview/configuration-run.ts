import type { AppSettings, LoggedEvent, OrganizationSettings } from '@duoke/contract'
import type { Command, ResolvedConfiguration } from '../commands.ts'
import { configurationOf } from '../organization/differences.ts'
import type { AppState, OrganizationState } from '../organization/state.ts'

const configuring = [
  ...(['organization.configured', 'account.configured', 'team.configured', 'agent.configured'] as const),
  ...(['account.removed', 'team.removed', 'agent.removed', 'app.configured', 'app.removed'] as const),
] as const
type Configuring = Extract<LoggedEvent, { type: (typeof configuring)[number] }>
type Done = { readonly atMs: number; readonly position: number; readonly command: Command }

const isConfiguring = (event: LoggedEvent): event is Configuring => configuring.some((type) => type === event.type)

/**
 * What one actor changed of the configuration in one millisecond is one document, whatever it led to in between. A document
 * says each thing once: what changes again is of the next one.
 */
export class ConfigurationRun {
  private run: Configuring[] = []

  /** What came before the event and is complete now; null when nothing is. `state` is that of before the event. */
  take(event: LoggedEvent, state: OrganizationState): Done | null {
    const [first] = this.run
    const isOther =
      isConfiguring(event) &&
      (JSON.stringify(event.actor) !== JSON.stringify(first?.actor) || this.run.some((one) => isOfTheSame(one, event)))
    const done = first !== undefined && (event.atMs !== first.atMs || isOther) ? this.end(state) : null
    if (isConfiguring(event)) this.run.push(event)
    return done
  }

  end(state: OrganizationState): Done | null {
    const [first] = this.run
    if (first === undefined || state.settings === null) return null
    const { atMs, position, actor } = first
    const prune = this.run.some(isRemoval)
    const document = documentOf(this.run, state, state.settings, prune)
    this.run = []
    return { atMs, position, command: { type: 'configuration.apply', actor, document, prune, dryRun: false } }
  }
}

const kindOf = ({ type }: Configuring): string => type.slice(0, type.indexOf('.'))
const isOfTheSame = (one: Configuring, other: Configuring): boolean =>
  kindOf(one) === kindOf(other) && idIn(one).join() === idIn(other).join()

const isRemoval = ({ type }: LoggedEvent): boolean => type.endsWith('.removed')

/** What changed, in the order in which it did; where something was removed, the whole lists of the rest. */
function documentOf(
  run: readonly Configuring[],
  state: OrganizationState,
  organization: OrganizationSettings,
  prune: boolean,
): ResolvedConfiguration {
  const listOf = <T>(kind: 'account' | 'team' | 'agent' | 'app', all: Iterable<T>, idOf: (value: T) => string) => {
    const own = run.filter(({ type }) => type.startsWith(`${kind}.`))
    if (own.length === 0) return undefined
    const byId = new Map(Array.from(all, (value) => [idOf(value), value]))
    const changed = own.flatMap(idIn)
    const ids = new Set([...changed, ...(prune ? byId.keys() : [])])
    return [...ids].flatMap((id) => byId.get(id) ?? [])
  }
  const teams = listOf('team', state.teams.values(), ({ teamId }) => teamId)
  const accounts = listOf('account', state.accounts.values(), ({ settings }) => settings.accountId)
  const agents = listOf('agent', state.agents.values(), ({ agentId }) => agentId)
  const apps = listOf('app', state.apps.values(), ({ appId }) => appId)
  return {
    organization,
    ...(teams !== undefined && { teams }),
    ...(accounts !== undefined && { accounts: accounts.map(({ settings }) => settings) }),
    ...(agents !== undefined && { agents: agents.map(configurationOf) }),
    ...(apps !== undefined && { apps: apps.map(settingsOf) }),
  }
}

function settingsOf({ suspended: _, ...settings }: AppState): AppSettings {
  return settings
}

function idIn(event: Configuring): string[] {
  if ('accountId' in event.facts) return [event.facts.accountId]
  if ('teamId' in event.facts) return [event.facts.teamId]
  if ('agentId' in event.facts) return [event.facts.agentId]
  return 'appId' in event.facts ? [event.facts.appId] : []
}
