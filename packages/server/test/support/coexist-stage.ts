// One account with three apps, two agents and two servers that may die, in one process and in virtual time.
import type { Command, Random } from '@duoke/domain'
import { ManualClock } from '@duoke/simulator'
import type { AccountDirectory, ChannelAccount } from '../../src/channel/account-directory.ts'
import { credentialsOf } from '../../src/channel/account-secrets.ts'
import { createAppHealth } from '../../src/channel/app-pushes/app-health.ts'
import { createArbitration } from '../../src/channel/app-pushes/arbitrate.ts'
import { createAsking } from '../../src/channel/app-pushes/ask.ts'
import type { Delivery } from '../../src/channel/app-pushes/delivery-log.ts'
import type { FeedApps } from '../../src/channel/app-pushes/feed-apps.ts'
import type { Egress } from '../../src/channel/egress.ts'
import { createReceiver, type Receiver } from '../../src/channel/receive.ts'
import type { Database } from '../../src/database/client.ts'
import { noFailpoint } from '../../src/events/failpoint.ts'
import { type CoexistingApp, createAppsEgress, type Deed, drawApps } from './coexist-apps.ts'
import { createMemoryLog, type MemoryLog, type Submit } from './coexist-log.ts'
import { documentOf } from './log-stage.ts'

export const agentIds = ['agent1', 'agent2'] as const
export const keyword = '价格'
export const keywordReply = '￥9'
const startMs = Date.UTC(2026, 2, 2, 4)
const desk = { org: 'acme', accountId: 'acme-oa', agents: agentIds }

export type CoexistServer = { readonly receiver: Receiver; readonly isDead: () => boolean; die(): void }
export type CoexistStage = {
  readonly clock: ManualClock
  readonly random: Random
  readonly log: MemoryLog
  readonly account: ChannelAccount
  readonly apps: readonly CoexistingApp[]
  readonly deeds: Deed[]
  /** What the apps' owners can read of it. */
  readonly deliveries: Delivery[]
  readonly deathsMs: number[]
  readonly errors: unknown[]
  server(): CoexistServer
  /** One server ends as by a power cut, and another takes its place. */
  crash(): void
  act(command: Command): void
}

export async function setCoexistStage(random: Random): Promise<CoexistStage> {
  const clock = new ManualClock(startMs)
  const log = createMemoryLog({ clock, random })
  const apps = drawApps(random, desk.accountId)
  const settings = { ...documentOf(desk, 3).accounts?.[0], wechatId: 'acme', mode: 'safe' as const }
  const keywordReplies = [{ match: 'equals' as const, keywords: [keyword], reply: keywordReply }]
  const document = documentOf(desk, 3)
  const [first] = document.accounts ?? []
  if (first === undefined) throw new Error('a desk has an account')
  const account: ChannelAccount = {
    organizationId: desk.org,
    settings: { ...first, ...settings, accountId: desk.accountId, keywordReplies },
    isDegraded: false,
    secrets: { appSecret: 's', token: 'wechat', encodingAesKey: 'A'.repeat(43) },
  }
  const [deeds, deliveries, deathsMs, errors]: [Deed[], Delivery[], number[], unknown[]] = [[], [], [], []]
  const egress = createAppsEgress({ clock, random, apps, deeds })
  const ports = { clock, random, log, account, apps, egress, deliveries, errors }
  const servers = [startServer(ports), startServer(ports)]
  const act = (command: Command) => void log.submit(desk.org, command, { lane: 'agents' })
  act({
    ...({ type: 'configuration.apply', actor: { kind: 'operator' }, prune: false, dryRun: false } as const),
    document: { ...document, accounts: [account.settings], apps: apps.map((app) => app.settings) },
  })
  for (const agentId of agentIds) {
    const status = random.chance(0.8) ? 'online' : 'offline'
    act({ type: 'agent.set-status', actor: { kind: 'agent', agentId }, agentId, status, cause: 'chosen' })
  }
  await clock.advance(1_000)
  return {
    ...{ clock, random, log, account, apps, deeds, deliveries, deathsMs, errors, act },
    server: () => servers[random.below(servers.length)] ?? startServer(ports),
    crash() {
      servers.splice(random.below(servers.length), 1, startServer(ports)).map((server) => server.die())
      deathsMs.push(clock.nowMs())
    },
  }
}

type Ports = Pick<CoexistStage, 'clock' | 'random' | 'log' | 'account' | 'apps' | 'deliveries' | 'errors'> & {
  readonly egress: Egress
}

/** The whole road of a push as a server has it; only the database, the feeds behind the questions and the network are played. */
function startServer(ports: Ports): CoexistServer {
  const { clock, random, log, account, deliveries, errors } = ports
  let isDead = false
  const mortal = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      work.then(
        (value) => void (isDead || resolve(value)),
        (error) => void (isDead || reject(error)),
      )
    })
  const submit: Submit = (organizationId, command, options) =>
    isDead ? new Promise(() => {}) : mortal(log.submit(organizationId, command, options))
  const tools = {
    log: { submit },
    nowMs: () => clock.nowMs(),
    after: (ms: number, run: () => void) => clock.after(ms, run),
    randomBytes: (count: number) => Uint8Array.from({ length: count }, () => random.below(256)),
    egress: { request: (asked: Parameters<Egress['request']>[0]) => mortal(ports.egress.request(asked)), close() {} },
    onError: (error: unknown) => void errors.push(error),
    failpoint: noFailpoint,
    apps: appsOf(ports),
    health: createAppHealth({
      log: { submit },
      nowMs: () => clock.nowMs(),
      onError: (error) => void errors.push(error),
    }),
    mediaIds: { namesOf: async (_owner: unknown, id: string) => ({ ours: id, theirs: null }) },
    feeds: { ready: async () => true, asking() {} },
    store: { write: async (_: string, rows: readonly Delivery[]) => void deliveries.push(...rows) },
    database: databaseOf(log),
  }
  const arbitration = createArbitration({ ...tools, ask: createAsking(tools) })
  const receiver = createReceiver({
    ...tools,
    arbitration,
    directory: directoryOf(account),
    drawMediaId: () => 'media',
    onPush: () => {},
  })
  return {
    receiver,
    isDead: () => isDead,
    die() {
      isDead = true
    },
  }
}

function directoryOf(account: ChannelAccount): AccountDirectory {
  const find = async () => account
  const credentials = () => credentialsOf(account.secrets, account.settings, startMs)
  return { find, findAgain: find, credentials, forget() {} }
}

function appsOf({ apps, account, log }: Ports): FeedApps {
  return {
    async find({ appId, accountId }) {
      const app = apps.find(({ settings }) => settings.appId === appId)
      const [attachment] = app?.settings.attachments ?? []
      if (app === undefined || attachment?.push == null) return null
      const { scopes } = app.settings
      const target = { server: attachment.push, credentials: app.credentials }
      const isSuspended = log.state.apps.get(appId)?.suspended[accountId] !== undefined
      return { target, scopes, attachment, isSuspended, account: account.settings }
    },
    forget() {},
  }
}

/** Answers the one question that the road puts to a database: what was chosen. */
function databaseOf(log: MemoryLog): Database {
  const query = async ({ values }: { values?: readonly unknown[] }) => {
    const [, key, , messageId] = values ?? []
    const kept = log.seen.get(String(key))
    if (kept !== undefined) return { rows: [{ result: JSON.stringify(kept.result) }] }
    const isChosen = log.steps.some(({ events }) =>
      events.some((event) => event.type === 'reply.arbitrated' && event.facts.messageId === messageId),
    )
    return { rows: isChosen ? [{ result: null }] : [] }
  }
  const withOrganization = (_: string, work: (tx: { query: typeof query }) => unknown) => work({ query })
  return { withOrganization } as unknown as Database // what is asked of it is in this file
}
