import type { LoggedEvent } from '@duoke/contract'
import { type AgentState, askedIn, loadOf, type OrganizationState } from '@duoke/domain'
import type { Statement } from '../database/client.ts'
import type { AppliedBatch, Projection } from '../events/batch.ts'
import { writeAppAttachments } from './app-attachment-store.ts'
import type { StoredAgent, StoredSettings } from './replica.ts'

type Kind = 'account' | 'team' | 'agent' | 'app'

/** Rows of the configuration and of agents' status: for each kind one statement, however many the batch touches. */
export const writeConfiguration: Projection = (batch) => {
  const touched = {
    account: new Set<string>(),
    team: new Set<string>(),
    agent: new Set<string>(),
    app: new Set<string>(),
  }
  const removed = {
    account: new Set<string>(),
    team: new Set<string>(),
    agent: new Set<string>(),
    app: new Set<string>(),
  }
  let isRuleTouched = false
  for (const { event } of batch.sealed) {
    for (const { kind, id } of changesOf(event)) touched[kind].add(id)
    const gone = removalIn(event)
    if (gone !== null) removed[gone.kind].add(gone.id)
    isRuleTouched ||= /\.(configured|removed)$|^rules\./.test(event.type)
  }
  return [
    ...endAccess(batch.organizationId, removed),
    ...kinds.flatMap((kind) => writeRows(batch, kind, [...touched[kind]])),
    ...writeAppAttachments(batch, [...touched.app]),
    ...(isRuleTouched ? [writeOrganization(batch)] : []),
  ]
}

const kinds = ['account', 'team', 'agent', 'app'] as const

function writeOrganization({ organizationId, state }: AppliedBatch): Statement {
  const { settings, ruleVersion, rules } = state
  const stored: StoredSettings = { settings, ruleVersion, ...(rules !== null && { rules }) }
  return {
    name: 'store_organization',
    text: `update organization set config = $2::json, name = coalesce($3, name), time_zone = coalesce($4, time_zone)
      where org_id = $1`,
    values: [organizationId, JSON.stringify(stored), settings?.name ?? null, settings?.timeZone ?? null],
  }
}

function changesOf(event: LoggedEvent): { kind: Kind; id: string }[] {
  switch (event.type) {
    case 'account.configured':
    case 'account.removed':
    case 'account.silenced':
    case 'account.heard':
    case 'account.degraded':
    case 'account.recovered':
      return [{ kind: 'account', id: event.facts.accountId }]
    case 'team.configured':
    case 'team.removed':
      return [{ kind: 'team', id: event.facts.teamId }]
    case 'agent.configured':
    case 'agent.removed':
    case 'agent.status-changed':
    case 'agent.capacity-changed':
      return [{ kind: 'agent', id: event.facts.agentId }]
    case 'app.configured':
    case 'app.suspended':
    case 'app.recovered':
    case 'app.removed':
      return [{ kind: 'app', id: event.facts.appId }]
    case 'session.queued':
    case 'session.assigned':
    case 'session.closed':
    case 'session.parked':
      // A session that comes or goes moves the agent's idle time.
      return agentsOf(event).map((id) => ({ kind: 'agent', id }))
    case 'session.broadcast':
    case 'session.broadcast-joined':
    case 'session.broadcast-left':
    case 'session.broadcast-ended':
      return askedIn(event).map((id) => ({ kind: 'agent', id }))
    case 'session.offered':
    case 'session.offer-ended':
    case 'session.resumed':
    case 'session.wrap-up-began':
      return [{ kind: 'agent', id: event.facts.agentId }]
    case 'session.disposed':
      return event.facts.agentId === null ? [] : [{ kind: 'agent', id: event.facts.agentId }]
    default:
      return []
  }
}

function agentsOf(
  event: Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' | 'session.closed' | 'session.parked' }>,
): string[] {
  const { countsNoMoreFor = [] } = event.facts
  if (event.type === 'session.parked') return [event.facts.agentId, ...countsNoMoreFor]
  const from = event.facts.from.kind === 'agent' ? [event.facts.from.agentId] : []
  const to = event.type === 'session.assigned' && event.facts.to.kind === 'agent' ? [event.facts.to.agentId] : []
  return [...from, ...to, ...countsNoMoreFor]
}

function removalIn(event: LoggedEvent): { kind: Kind; id: string } | null {
  switch (event.type) {
    case 'account.removed':
    case 'team.removed':
    case 'agent.removed':
    case 'app.removed':
      return changesOf(event)[0] ?? null
    default:
      return null
  }
}

/** Whoever is removed signs in no more, even when somebody of the same id is added in the same batch (F65). */
function endAccess(
  organizationId: string,
  removed: { readonly agent: ReadonlySet<string>; readonly app: ReadonlySet<string> },
): Statement[] {
  if (removed.agent.size === 0 && removed.app.size === 0) return []
  const values = [organizationId, [...removed.agent], [...removed.app]]
  const statement: Statement = {
    name: 'store_end_access',
    text: `with forgotten as (delete from credential where org_id = $1 and agent_id = any($2::text[]))
      update token set ended_at = now() where org_id = $1 and ended_at is null
        and ((holder_kind = 'agent' and holder_id = any($2::text[])) or (holder_kind = 'app' and holder_id = any($3::text[])))`,
    values,
  }
  return [statement]
}

type Row = { readonly id: string; readonly config: string; readonly appId?: string }

function writeRows(batch: AppliedBatch, kind: Kind, ids: readonly string[]): readonly Statement[] {
  if (ids.length === 0) return []
  const { organizationId, state } = batch
  const rows = ids.flatMap((id) => rowOf(state, kind, id) ?? [])
  const statements: Statement[] = []
  if (rows.length < ids.length) {
    const kept = new Set(rows.map(({ id }) => id))
    statements.push({
      name: `store_remove_${kind}`,
      text: `delete from ${kind} where org_id = $1 and ${kind}_id = any($2::text[])`,
      values: [organizationId, ids.filter((id) => !kept.has(id))],
    })
  }
  if (rows.length === 0) return statements
  const values = [organizationId, rows.map(({ id }) => id), rows.map(({ config }) => config)]
  if (kind === 'account') {
    statements.push({
      name: 'store_account',
      text: `insert into account (org_id, account_id, app_id, config)
        select $1, u.id, u.app_id, u.config::json from unnest($2::text[], $3::text[], $4::text[]) as u(id, config, app_id)
        on conflict (org_id, account_id) do update set app_id = excluded.app_id, config = excluded.config`,
      values: [...values, rows.map(({ appId }) => appId)],
    })
    return statements
  }
  statements.push({
    name: `store_${kind}`,
    text: `insert into ${kind} (org_id, ${kind}_id, config)
      select $1, u.id, u.config::json from unnest($2::text[], $3::text[]) as u(id, config)
      on conflict (org_id, ${kind}_id) do update set config = excluded.config`,
    values,
  })
  return statements
}

function storedAgent(
  { held: _held, offered: _offered, broadcasts: _broadcasts, parked: _parked, loads: _loads, ...agent }: AgentState,
  load: number,
): StoredAgent {
  return { ...agent, load }
}

/** As the batch left it; null when it is gone. */
function rowOf(state: OrganizationState, kind: Kind, id: string): Row | null {
  switch (kind) {
    case 'account': {
      const account = state.accounts.get(id)
      return account === undefined ? null : { id, config: JSON.stringify(account), appId: account.settings.appId }
    }
    case 'agent': {
      const agent = state.agents.get(id)
      return agent === undefined ? null : { id, config: JSON.stringify(storedAgent(agent, loadOf(agent))) }
    }
    case 'team':
    case 'app': {
      const config = (kind === 'team' ? state.teams : state.apps).get(id)
      return config === undefined ? null : { id, config: JSON.stringify(config) }
    }
    default:
      return kind satisfies never
  }
}
