import {
  type AccountSettings,
  type Actor,
  type AppliedConfiguration,
  type ConfigurationChange,
  defaultCustomerSettings,
} from '@duoke/contract'
import {
  type AppState,
  type Command,
  decide,
  emptyOrganization,
  newestRules,
  type ResolvedConfiguration,
} from '@duoke/domain'
import type { CommandAttachment } from '../conversation/attachment.ts'
import type { Database } from '../database/client.ts'
import type { Log } from '../events/log.ts'
import type { SubmitOptions } from '../events/organization-log.ts'
import { CommandParked } from '../events/outcome.ts'
import { Refused } from '../http/refused.ts'
import { isLongEnough, leastPasswordLength, type Passwords } from '../identity/passwords.ts'
import { endTokens } from '../identity/token-store.ts'
import type { Tokens } from '../identity/tokens.ts'
import { appSettings, digestOf, sealedAppSecrets } from './app-configuration.ts'
import { crossChecks } from './configuration-checks.ts'
import { type LiteralDocument, refuse } from './configuration-document.ts'
import { insertOrganization, readConfiguration, type StoredConfiguration, takenIds } from './configuration-store.ts'
import { defaultSettings } from './default-settings.ts'
import { loadWarnings } from './load-checks.ts'
import { rulesWarnings } from './rules-checks.ts'
import type { GivenSecrets, SecretsPorts } from './secrets.ts'

export type ConfigurationPorts = SecretsPorts & {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly passwords: Passwords
  readonly tokens: Pick<Tokens, 'forget'>
  readonly nowMs: () => number
  readonly drawEpoch: () => string
}

export type Application = {
  readonly document: LiteralDocument
  readonly actor: Actor
  readonly dryRun: boolean
  readonly prune: boolean
  readonly key?: string | undefined
  readonly lane: SubmitOptions['lane']
}

/** Applies a configuration document: everything in one command, so that nobody ever sees half of it. */
export async function applyConfiguration(
  ports: ConfigurationPorts,
  application: Application,
): Promise<AppliedConfiguration> {
  const { document, prune, dryRun } = application
  const org = document.organization.id
  const stored = await ports.database.withOrganization(org, (tx) => readConfiguration(tx, org), { readOnly: true })
  const errors = crossChecks(document, stored, prune)
  if (errors.length > 0) refuse(errors)
  await refuseTaken(ports, org, document)
  const passwords = await changedPasswords(ports, document, stored)
  const command: Command = {
    type: 'configuration.apply',
    actor: application.actor,
    document: resolved(ports, document, stored),
    prune,
    dryRun,
  }
  const changes =
    dryRun && !stored.exists
      ? preview(command, ports.nowMs())
      : await submit(ports, application, command, stored, passwords)
  return {
    changes: changes.map((change) => shown(change, org, passwords)),
    warnings: [
      ...rulesWarnings({ document, stored, prune }, ports.nowMs()),
      ...loadWarnings({ document, stored, prune }),
    ],
  }
}

/** The document that `apply` would take, without what is write-only. */
export function exportDocument(org: string, stored: StoredConfiguration): Record<string, unknown> {
  return {
    version: 1,
    organization: { id: org, ...stored.settings },
    accounts: Array.from(stored.accounts.values(), ({ settings: { accountId, secretsDigest: _, ...rest } }) => ({
      id: accountId,
      ...rest,
    })),
    teams: stored.teams.map(({ teamId, ...rest }) => ({ id: teamId, ...rest })),
    agents: Array.from(stored.agents.values(), ({ agentId, passwordHash: _, ...rest }) => ({ id: agentId, ...rest })),
    apps: Array.from(stored.apps.values(), exportApp),
    ...(stored.rules !== null && { rules: newestRules(stored) }),
  }
}

function exportApp({ appId: id, suspended: _, attachments, ...rest }: AppState) {
  const accounts = attachments.map(({ accountId, wechatAppId, secretsDigest: _digest, ...attachment }) => ({
    account: accountId,
    appId: wechatAppId,
    ...attachment,
  }))
  return { id, ...rest, accounts }
}

export async function refuseTaken(
  { database }: Pick<ConfigurationPorts, 'database'>,
  org: string,
  { accounts = [], apps = [] }: Pick<LiteralDocument, 'accounts' | 'apps'>,
): Promise<void> {
  const attachments = apps.flatMap(({ accounts: attached = [] }) => attached)
  const ids = {
    accountIds: accounts.map(({ id }) => id),
    appIds: [...accounts, ...attachments].map(({ appId }) => appId),
  }
  const taken = await database.withWorker((tx) => takenIds(tx, org, ids), { readOnly: true })
  if (taken.length > 0) throw new Refused('taken', { detail: taken.join(', ') })
}

/** Hashes of the passwords that differ from what is there: applying the same document again changes nothing. */
async function changedPasswords(
  ports: ConfigurationPorts,
  { agents = [] }: LiteralDocument,
  stored: StoredConfiguration,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>()
  for (const [at, { id, password }] of agents.entries()) {
    const before = stored.agents.get(id)?.passwordHash ?? null
    if (password === undefined || (before !== null && (await ports.passwords.verify(password, before)))) continue
    if (!isLongEnough(password)) {
      const message = `has fewer than ${leastPasswordLength} characters`
      refuse([{ path: `/agents/${at}/password`, message }])
    }
    hashes.set(id, await ports.passwords.hash(password))
  }
  return hashes
}

function resolved(
  ports: ConfigurationPorts,
  document: LiteralDocument,
  stored: StoredConfiguration,
): ResolvedConfiguration {
  const { id: _, sessions, customers, load, ...given } = document.organization
  return {
    organization: {
      ...defaultSettings,
      ...stored.settings,
      ...given,
      sessions: { ...defaultSettings.sessions, ...stored.settings?.sessions, ...sessions },
      customers: { ...defaultCustomerSettings, ...stored.settings?.customers, ...customers },
      ...(load !== undefined && { load: { ...stored.settings?.load, ...load } }),
    },
    ...(document.accounts && {
      accounts: document.accounts.map((account) => accountSettings(ports, document, account.id, stored)),
    }),
    ...(document.teams && { teams: document.teams.map(({ id, ...rest }) => ({ teamId: id, ...rest })) }),
    ...(document.agents && {
      agents: document.agents.map(({ id, password: _password, ...agent }) => {
        const { passwordHash: _hash, ...before } = stored.agents.get(id) ?? { passwordHash: null }
        return { role: 'agent', teams: [], capacity: 5, disabled: false, ...before, ...agent, agentId: id } as const
      }),
    }),
    ...(document.rules && { rules: document.rules }),
    ...(document.apps && {
      apps: document.apps.map((app) => appSettings(ports, document.organization.id, app, stored)),
    }),
  }
}

function accountSettings(
  ports: ConfigurationPorts,
  document: LiteralDocument,
  accountId: string,
  stored: StoredConfiguration,
): AccountSettings {
  const account = document.accounts?.find(({ id }) => id === accountId)
  if (account === undefined) throw new Error('an account of the document')
  const before = stored.accounts.get(accountId)
  const { id: _id, appSecret: _a, token: _t, encodingAesKey: _e, ...given } = account
  const secrets = secretsOf(ports, document.organization.id, account, before?.secrets ?? null)
  return {
    wechatId: null,
    mode: 'safe',
    apiBase: 'https://api.weixin.qq.com',
    teams: [],
    routing: 'automatic',
    greeting: null,
    keywordReplies: [],
    ...before?.settings,
    ...given,
    accountId,
    secretsDigest: digestOf(ports, secrets),
  }
}

type GivenAccount = NonNullable<LiteralDocument['accounts']>[number]

/** What is left out stays what it is; the checks have seen to it that a new account leaves out nothing. */
function secretsOf(
  ports: ConfigurationPorts,
  org: string,
  account: GivenAccount,
  stored: Uint8Array | null,
): GivenSecrets {
  const before = stored === null ? null : ports.openSecrets(org, stored)
  return {
    appSecret: account.appSecret ?? before?.appSecret ?? '',
    token: account.token ?? before?.token ?? '',
    encodingAesKey: account.encodingAesKey ?? before?.encodingAesKey ?? null,
  }
}

async function submit(
  ports: ConfigurationPorts,
  application: Application,
  command: Command,
  stored: StoredConfiguration,
  passwords: ReadonlyMap<string, string>,
): Promise<ConfigurationChange[]> {
  const { document, dryRun, key, lane } = application
  const { id: org, name, timeZone = defaultSettings.timeZone } = document.organization
  if (!stored.exists) {
    await ports.database.withWorker((tx) =>
      insertOrganization(tx, { id: org, name, timeZone, epoch: ports.drawEpoch() }),
    )
  }
  const attachment: CommandAttachment = {
    accountSecrets: Object.fromEntries(
      (document.accounts ?? []).map((account) => {
        const before = stored.accounts.get(account.id)?.secrets ?? null
        return [account.id, ports.sealSecrets(org, before, secretsOf(ports, org, account, before))]
      }),
    ),
    appSecrets: sealedAppSecrets(ports, org, document.apps ?? [], stored),
    passwordHashes: Object.fromEntries(passwords),
  }
  const options = { lane, ...(key !== undefined && { key }), ...(!dryRun && { attachment }) }
  const outcome = await ports.log
    .submit(org, command, options)
    .catch((thrown: unknown) => refuseRace(ports, org, document, thrown))
  if (!outcome.accepted)
    throw new Refused(outcome.code, { ...(outcome.detail !== undefined && { detail: outcome.detail }) })
  if (!dryRun) {
    for (const agentId of passwords.keys()) {
      const secured = { type: 'agent.secure', actor: application.actor, agentId, change: 'password-set' } as const
      await ports.log.submit(org, secured, { lane })
    }
    await endSignInsOf(
      ports,
      org,
      [...passwords.keys()].filter((id) => stored.agents.get(id)?.passwordHash),
    )
  }
  return outcome.result.changes ?? []
}

/** Two organizations that give the same account or appId at the same instant: the second meets what keeps them unique (T7). */
export async function refuseRace(
  ports: Pick<ConfigurationPorts, 'database'>,
  org: string,
  document: Pick<LiteralDocument, 'accounts' | 'apps'>,
  thrown: unknown,
): Promise<never> {
  const cause: unknown = thrown instanceof CommandParked ? thrown.cause : undefined
  const isTaken = typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '23505'
  // By now the first one's is there to be named.
  if (isTaken) await refuseTaken(ports, org, document)
  throw isTaken ? new Refused('taken') : thrown
}

/** Whoever knew the old password has no session left. */
async function endSignInsOf(ports: ConfigurationPorts, org: string, agentIds: readonly string[]): Promise<void> {
  for (const agentId of agentIds) {
    const ended = await ports.database.withOrganization(org, (tx) =>
      endTokens(tx, org, { signInsOf: agentId, but: null }, ports.nowMs()),
    )
    ports.tokens.forget(org, ended)
  }
}

/** What applying to an organization that does not exist yet would do; nothing of it is kept. */
function preview(command: Command, atMs: number): ConfigurationChange[] {
  const context = { atMs, ids: { draw: (kind: string) => `${kind}_preview` }, digest: () => '' }
  const decision = decide(emptyOrganization(), command, context)
  if (!decision.accepted)
    throw new Refused(decision.code, { ...(decision.detail !== undefined && { detail: decision.detail }) })
  return decision.result.changes ?? []
}

/** The domain knows one organization and no passwords; the reader knows several, and asked about a password. */
function shown(change: ConfigurationChange, org: string, passwords: ReadonlyMap<string, string>): ConfigurationChange {
  if (change.kind === 'organization') return { ...change, id: org }
  if (change.kind !== 'agent' || !passwords.has(change.id)) return change
  const isSame = change.change === 'unchanged'
  return { ...change, ...(isSame && { change: 'changed' as const }), fields: [...change.fields, 'password'] }
}
