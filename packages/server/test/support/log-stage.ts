// Logs over one database, as several servers have them, and organizations to try them on.
import { randomBytes } from 'node:crypto'
import { type Actor, type AppAttachment, defaultSessionSettings, type LoggedEvent } from '@duoke/contract'
import type { Command, ResolvedConfiguration } from '@duoke/domain'
import { createReplica } from '../../src/conversation/replica.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/client.ts'
import type { Connection } from '../../src/database/connection.ts'
import { noFailpoint } from '../../src/events/failpoint.ts'
import { type CreateLogPorts, createLog, type Log } from '../../src/events/log.ts'
import type { SubmitOptions } from '../../src/events/organization-log.ts'
import type { Outcome } from '../../src/events/outcome.ts'
import { readEvents } from '../../src/events/rows.ts'
import { liveProjections } from '../../src/ground.ts'
import { insertOrganization } from '../../src/platform/configuration-store.ts'

export type LogServer = AsyncDisposable & {
  readonly log: Log
  readonly database: Database
  readonly errors: unknown[]
  readonly parked: Command[]
}

export type LogServerOptions = Partial<CreateLogPorts> & {
  readonly connection: Connection
  readonly coldLimit?: number
  /** What the log gets instead of the database itself. */
  readonly disturb?: (database: Database) => Database
  readonly client?: Partial<DatabaseOptions>
}

export function startLogServer(options: LogServerOptions): LogServer {
  const { connection, coldLimit, disturb = (database) => database, client, ...ports } = options
  const held = new AsyncDisposableStack()
  const errors: unknown[] = []
  const parked: Command[] = []
  const database = held.use(openDatabase({ connection, onError: (error) => errors.push(error), ...client }))
  const prefix = randomBytes(3).toString('hex')
  let drawn = 0
  const log = held.use(
    createLog({
      replica: createReplica(coldLimit === undefined ? {} : { coldLimit }),
      projections: liveProjections,
      failpoint: noFailpoint,
      batchTimeMs: (databaseMs) => databaseMs,
      drawId: (kind) => `${kind}-${prefix}${++drawn}`,
      randomBytes: (count) => randomBytes(count),
      onParked: (_org, command) => parked.push(command),
      onError: (error) => errors.push(error),
      ...ports,
      database: disturb(database),
    }),
  )
  return { log, database, errors, parked, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

export const operator: Actor = { kind: 'operator' }
export const byAgent = (agentId: string): Actor => ({ kind: 'agent', agentId })

export type Desk = {
  readonly org: string
  readonly accountId: string
  readonly agents: readonly string[]
}

let madeSoFar = 0

/** An organization with an account and agents who are online. */
export async function openDesk(
  { log, database }: Pick<LogServer, 'log' | 'database'>,
  options: { readonly agents?: number; readonly capacity?: number; readonly epoch?: string } = {},
): Promise<Desk> {
  madeSoFar += 1
  const org = `org-${randomBytes(3).toString('hex')}-${madeSoFar}`
  const { agents: count = 2, capacity = 3, epoch = 'e1' } = options
  const desk: Desk = { org, accountId: `oa-${org}`, agents: Array.from({ length: count }, (_, at) => `agent${at + 1}`) }
  await database.withWorker((tx) => insertOrganization(tx, { id: org, name: 'Acme', timeZone: 'UTC', epoch }))
  await must(log, org, configure(documentOf(desk, capacity)))
  for (const agentId of desk.agents) {
    await must(log, org, { ...setOnline, actor: byAgent(agentId), agentId })
  }
  return desk
}

const setOnline = { type: 'agent.set-status', status: 'online', cause: 'chosen' } as const

export function configure(document: ResolvedConfiguration, prune = false): Command {
  return { type: 'configuration.apply', actor: operator, document, prune, dryRun: false }
}

export function documentOf(desk: Desk, capacity: number): ResolvedConfiguration {
  return {
    organization: {
      name: 'Acme',
      timeZone: 'Asia/Shanghai',
      idleWarningAfterMs: 1_500_000,
      idleCloseAfterMs: 1_800_000,
      idleWarningText: '还在吗？',
      vanishedGraceMs: 30_000,
      silentAccountAfterMs: 3_600_000,
      answerExpiresAfterMs: 600_000,
      sessions: defaultSessionSettings,
    },
    teams: [{ teamId: 'presale', name: '售前' }],
    accounts: [
      {
        accountId: desk.accountId,
        kind: 'official-account',
        name: 'Acme 服务号',
        wechatId: null,
        originalId: `gh_${desk.org}`,
        appId: `wx_${desk.org}`,
        mode: 'safe',
        apiBase: 'http://127.0.0.1:1',
        teams: [],
        greeting: null,
        keywordReplies: [],
        secretsDigest: '',
      },
    ],
    agents: desk.agents.map((agentId, at) => ({
      agentId,
      nickname: `客服${at + 1}`,
      role: at === 0 ? 'supervisor' : 'agent',
      teams: at % 2 === 0 ? ['presale'] : [],
      capacity,
      disabled: false,
    })),
    apps: [
      {
        appId: 'bot',
        name: 'Bot',
        scopes: [],
        contact: null,
        rateLimit: null,
        allowedAddresses: [],
        attachments: [appAt(desk)],
      },
    ],
  }
}

function appAt(desk: Desk): AppAttachment {
  return {
    ...{ accountId: desk.accountId, wechatAppId: `wx_bot_${desk.org}`, role: 'observer', priority: 0, when: null },
    ...{ lateReplies: 'drop', echo: false, agentNames: 'omit', push: null, secretsDigest: '' },
  }
}

/** The customer at this address writes. */
export function says(desk: Desk, openid: string, text = '在吗'): Extract<Command, { type: 'customer.act' }> {
  return {
    type: 'customer.act',
    accountId: desk.accountId,
    openid,
    act: 'message',
    kind: 'text',
    content: { type: 'text', text },
    sentAtMs: Date.now(),
  }
}

export type Accepted = Extract<Outcome, { accepted: true }>

/** Submits what must be accepted. */
export async function must(
  log: Pick<Log, 'submit'>,
  org: string,
  command: Command,
  options: Partial<SubmitOptions> = {},
): Promise<Accepted> {
  const outcome = await log.submit(org, command, { lane: 'agents', ...options })
  if (!outcome.accepted) throw new Error(`${command.type} was refused: ${outcome.code} ${outcome.detail ?? ''}`)
  return outcome
}

export async function readLog(database: Database, org: string): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = []
  for (;;) {
    const page = await database.withOrganization(org, (tx) => readEvents(tx, org, all.at(-1)?.position ?? 0, 2000))
    if (page.length === 0) return all
    all.push(...page)
  }
}
