import type { AccountSettings, OrganizationSettings } from '@duoke/contract'
import type {
  AccountState,
  AgentConfiguration,
  AgentState,
  AppState,
  OrganizationState,
  RulesState,
  TeamState,
} from '@duoke/domain'
import type { Transaction } from '../database/client.ts'

export type StoredAccount = {
  readonly settings: AccountSettings
  readonly secrets: Uint8Array | null
  readonly hasEncodingAesKey: boolean
}
export type StoredAgent = AgentConfiguration & { readonly passwordHash: string | null }

/** An organization as it is configured now; all empty when there is none yet. */
export type StoredConfiguration = {
  readonly exists: boolean
  readonly settings: OrganizationSettings | null
  readonly rules: RulesState | null
  readonly accounts: ReadonlyMap<string, StoredAccount>
  readonly teams: readonly TeamState[]
  readonly agents: ReadonlyMap<string, StoredAgent>
  readonly apps: ReadonlyMap<string, AppState>
  /** Sealed, by `attachmentKey`. */
  readonly appSecrets: ReadonlyMap<string, Uint8Array>
}

export const attachmentKey = (appId: string, accountId: string): string => `${appId}\n${accountId}`

type Row = { readonly config: string }

/** Every `config` column is written by conversation/configuration-store.ts from the folded state, so its shape is known. */
export async function readConfiguration(tx: Transaction, org: string): Promise<StoredConfiguration> {
  const values = [org]
  const organization = await tx.query<{ config: string | null }>({
    text: 'select config::text as config from organization where org_id = $1',
    values,
  })
  const accounts = await tx.query<Row & { secrets: Uint8Array | null }>({
    text: 'select config::text as config, secrets from account where org_id = $1 order by account_id',
    values,
  })
  const teams = await tx.query<Row>({
    text: 'select config::text as config from team where org_id = $1 order by team_id',
    values,
  })
  const agents = await tx.query<Row & { password_hash: string | null }>({
    text: `select g.config::text as config, c.password_hash from agent g
      left join credential c on c.org_id = g.org_id and c.agent_id = g.agent_id
      where g.org_id = $1 order by g.agent_id`,
    values,
  })
  const apps = await tx.query<Row>({
    text: 'select config::text as config from app where org_id = $1 order by app_id',
    values,
  })
  const secrets = await tx.query<{ app_id: string; account_id: string; secrets: Uint8Array }>({
    text: 'select app_id, account_id, secrets from app_attachment where org_id = $1 and secrets is not null',
    values,
  })
  const config = organization.rows[0]?.config ?? null
  const stored = config === null ? null : (JSON.parse(config) as Pick<OrganizationState, 'settings' | 'rules'>) // as said above
  return {
    exists: organization.rows.length > 0,
    settings: stored?.settings ?? null,
    rules: stored?.rules ?? null,
    accounts: new Map(accounts.rows.map((row) => accountOf(row))),
    teams: teams.rows.map((row) => JSON.parse(row.config) as TeamState), // as said above
    agents: new Map(agents.rows.map((row) => agentOf(row))),
    apps: new Map(apps.rows.map(appOf)),
    appSecrets: new Map(secrets.rows.map((row) => [attachmentKey(row.app_id, row.account_id), row.secrets])),
  }
}

function accountOf(row: Row & { secrets: Uint8Array | null }): [string, StoredAccount] {
  const { settings } = JSON.parse(row.config) as AccountState // as said above
  // Modes other than plain cannot be configured without a key.
  const hasEncodingAesKey = row.secrets !== null && settings.mode !== 'plain'
  return [settings.accountId, { settings, secrets: row.secrets, hasEncodingAesKey }]
}

function appOf(row: Row): [string, AppState] {
  const app = JSON.parse(row.config) as AppState // as said above
  return [app.appId, app]
}

function agentOf(row: Row & { password_hash: string | null }): [string, StoredAgent] {
  const { agentId, nickname, role, teams, capacity, disabled, skills, shifts } = JSON.parse(row.config) as AgentState // as said above
  const configured = {
    agentId,
    nickname,
    role,
    teams,
    capacity,
    disabled,
    ...(skills !== undefined && { skills }),
    ...(shifts !== undefined && { shifts }),
  }
  return [agentId, { ...configured, passwordHash: row.password_hash }]
}

/** Of these ids of accounts, and appIds of accounts and of apps, those that another organization of this installation has. */
export async function takenIds(
  tx: Transaction,
  org: string,
  { accountIds, appIds }: { readonly accountIds: readonly string[]; readonly appIds: readonly string[] },
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    text: `select account_id as id from account where org_id <> $1 and account_id = any($2::text[])
      union select app_id from account where org_id <> $1 and app_id = any($3::text[])
      union select wechat_app_id from app_attachment where org_id <> $1 and wechat_app_id = any($3::text[])`,
    values: [org, [...accountIds], [...appIds]],
  })
  return rows.map(({ id }) => id)
}

/** The organization's row is what its log is locked by; everything else about it is an event. */
export async function insertOrganization(
  tx: Transaction,
  organization: { readonly id: string; readonly name: string; readonly timeZone: string; readonly epoch: string },
): Promise<void> {
  await tx.query({
    text: `insert into organization (org_id, name, time_zone, epoch) values ($1, $2, $3, $4) on conflict do nothing`,
    values: [organization.id, organization.name, organization.timeZone, organization.epoch],
  })
}
