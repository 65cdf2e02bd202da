import { readFile } from 'node:fs/promises'
import { type AccountSettings, type AppliedConfiguration, errors, type Scope } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import { Refused } from '../http/refused.ts'
import { insertLink } from '../identity/links.ts'
import { readAgent, readOrganization } from '../identity/organization-store.ts'
import { createTokenFor } from '../identity/token-grants.ts'
import type { Tokens } from '../identity/tokens.ts'
import { applyConfiguration, type ConfigurationPorts } from './configuration.ts'
import { parseDocument, resolveDocument } from './configuration-document.ts'
import { readConfiguration } from './configuration-store.ts'
import { markExample } from './example.ts'
import { listOrganizations } from './organizations.ts'

/** What whoever runs the installation does at its machine, without a token: the base of `duoke apply`, `token`, `start`. */
export type OperatorActions = {
  organizations(): Promise<string[]>
  apply(document: unknown, how?: { readonly dryRun?: boolean; readonly prune?: boolean }): Promise<Applied>
  createToken(org: string, request: TokenRequest): Promise<TokenMade>
  /** A one-time link that signs the agent in; `publicUrl` is where the browser finds the server. */
  createFirstLink(org: string, agentId: string, publicUrl: string): Promise<{ url: string; expiresAt: string }>
  /** Says that the organization holds example data, which its administrator may remove with one key. */
  markExample(org: string): Promise<void>
  /** What the example is by now, after whatever its users made of it; null when the organization holds none. */
  readExample(org: string): Promise<Example | null>
}
export type Example = { readonly name: string; readonly accounts: readonly AccountSettings[] }
export type Applied =
  | ({ readonly ok: true } & AppliedConfiguration)
  | { readonly ok: false; readonly sentence: string; readonly details: readonly string[] }
export type TokenMade =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly sentence: string }
export type TokenRequest = {
  readonly holder: Parameters<typeof createTokenFor>[1]['holder']
  readonly scopes?: readonly Scope[]
  readonly expiresInMs?: number
  readonly label?: string
}

export type OperatorPorts = ConfigurationPorts & {
  readonly database: Database
  readonly tokens: Tokens
  readonly randomBytes: (count: number) => Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
}

export function createOperatorActions(ports: OperatorPorts): OperatorActions {
  const { database, nowMs, randomBytes } = ports
  const sources = { readEnv: (name: string) => ports.env[name], readFile: (path: string) => readFile(path, 'utf8') }
  return {
    organizations: () => database.withWorker(listOrganizations, { readOnly: true }),
    async apply(value, { dryRun = false, prune = false } = {}) {
      try {
        const document = await resolveDocument(parseDocument(value), sources)
        const application = { document, actor: { kind: 'operator' }, dryRun, prune, lane: 'agents' } as const
        return { ok: true, ...(await applyConfiguration(ports, application)) }
      } catch (thrown) {
        return { ok: false, ...explained(thrown) }
      }
    },
    async createToken(org, { holder, scopes, expiresInMs, label = '' }) {
      try {
        const grant = { org, holder, lastsMs: expiresInMs ?? null, label, giver: null }
        const { token } = await createTokenFor(ports, { ...grant, ...(scopes !== undefined && { scopes }) })
        return { ok: true, token }
      } catch (thrown) {
        return { ok: false, sentence: explained(thrown).sentence }
      }
    },
    createFirstLink: (org, agentId, publicUrl) =>
      database.withOrganization(org, async (tx) => {
        const agent = await readAgent(tx, org, agentId)
        if (agent === null) throw new Refused('not_found', { detail: `There is no agent ${agentId}.` })
        return insertLink(tx, { org, agentId, nowMs: nowMs(), publicUrl }, randomBytes)
      }),
    markExample: (org) => database.withWorker((tx) => markExample(tx, org)),
    readExample: (org) =>
      database.withOrganization(
        org,
        async (tx) => {
          const organization = await readOrganization(tx, org)
          if (organization === null || !organization.example) return null
          const { accounts } = await readConfiguration(tx, org)
          return { name: organization.name, accounts: Array.from(accounts.values(), ({ settings }) => settings) }
        },
        { readOnly: true },
      ),
  }
}

/** A refusal in words for a terminal; anything else is a fault and goes on as one. */
function explained(thrown: unknown): { sentence: string; details: string[] } {
  if (!(thrown instanceof Refused)) throw thrown
  const { sentence, whatToDo } = errors[thrown.code]
  const { detail, errors: fields = [] } = thrown.details
  return {
    sentence: [sentence, detail, whatToDo].filter((part) => part !== undefined).join(' '),
    details: fields.map(({ path, message }) => `${path}: ${message}`),
  }
}
