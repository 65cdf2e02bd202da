// One organization with one account, its WeChat, its followers, and as many servers as a test wants.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AccountSettings, LoggedEvent, OutgoingContent } from '@duoke/contract'
import { type Clock, type Simulator, startSimulator } from '@duoke/simulator'
import { createSecretsSealer } from '../../src/channel/account-secrets.ts'
import type { Connection } from '../../src/database/connection.ts'
import { type EventRow, eventColumns, readEventRow } from '../../src/events/rows.ts'
import { createSecretBox, type SecretBox } from '../../src/identity/secret-box.ts'
import { insertOrganization } from '../../src/platform/configuration-store.ts'
import { defaultSettings } from '../../src/platform/default-settings.ts'
import { type Server, type ServerOptions, startChannelServer } from './channel-server.ts'

export type Stage = AsyncDisposable & {
  readonly organizationId: string
  readonly accountId: string
  readonly simulator: Simulator
  readonly servers: readonly Server[]
  readonly server: Server
  readonly openid: string
  readonly mediaFolder: string
  /** For a server in another process. */
  readonly ground: { readonly connection: Connection; readonly key: string; readonly mediaFolder: string }
  startServer(options?: ServerOptions): Promise<Server>
  of<T extends LoggedEvent['type']>(type: T): Promise<Extract<LoggedEvent, { type: T }>[]>
  /** The follower writes; resolves when WeChat has its answer. */
  write(text: string): Promise<void>
  /** More followers, who each write once; answers their openids. */
  crowd(count: number): Promise<string[]>
  /** The agent `lili` answers, whoever holds the conversation; the message's id. */
  answer(content: OutgoingContent | string, to?: string): Promise<string>
  /** What became of a message, when it is known: the outcome and WeChat's code. */
  outcomeOf(messageId: string): Promise<string>
  configure(changes: Partial<AccountSettings>, secrets?: Partial<Secrets>): Promise<void>
  /** What the follower's phone shows of the account. */
  phone(): string[]
  calls(path: string): number
}
type Secrets = { appSecret: string; token: string; encodingAesKey: string }
export type StageOptions = ServerOptions & { servers?: number; clock?: Clock; account?: Partial<AccountSettings> }

export async function setStage(connection: Connection, options: StageOptions = {}): Promise<Stage> {
  const held = new AsyncDisposableStack()
  const nowMs = options.nowMs ?? Date.now
  const id = randomBytes(4).toString('hex')
  const [organizationId, accountId] = [`org-${id}`, `oa-${id}`]
  const mediaFolder = mkdtempSync(join(tmpdir(), 'duoke-media-'))
  held.defer(() => rmSync(mediaFolder, { recursive: true, force: true }))
  const simulator = held.use(await startSimulator({ port: 0, ...(options.clock && { clock: options.clock }) }))
  const key = randomBytes(32)
  const secretBox = createSecretBox(key, randomBytes)
  const ground = { connection, secretBox, mediaFolder, drawId: createIds(id) }
  const startServer = async (more: ServerOptions = {}) =>
    held.use(await startChannelServer(ground, { ...options, ...more }))

  const server = await startServer()
  const servers = [server]
  while (servers.length < (options.servers ?? 1)) servers.push(await startServer())
  const secrets: Secrets = { appSecret: 's'.repeat(32), token: `token${id}`, encodingAesKey: 'A'.repeat(43) }
  const settings = { ...exampleSettings(id, accountId, simulator.url), ...options.account }
  const configure = createConfigure({ server, organizationId, secretBox, nowMs, settings, secrets })
  await server.database.withWorker((tx) =>
    insertOrganization(tx, { id: organizationId, name: 'Acme', timeZone: 'UTC', epoch: 'e1' }),
  )
  await configure({})
  const account = simulator.world.putAccount({
    ...{ id: 'shop', name: 'Acme', ...secrets, pushUrl: `${server.url}/wechat/${accountId}` },
    ...{ originalId: settings.originalId, appId: settings.appId, mode: settings.mode },
  })
  const follower = simulator.world.addFollower(account, { id: 'wang', name: '王' })
  follower.followingSinceMs = nowMs()
  const { openid } = follower
  const facts = { organizationId, accountId, simulator, server, servers, openid, mediaFolder }
  return {
    ...facts,
    ground: { connection, key: key.toString('hex'), mediaFolder },
    startServer,
    configure,
    ...eventsOf(facts),
    ...peopleOf(facts, nowMs),
    calls: (path) => simulator.world.journal.calls().filter((call) => call.path === path).length,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

type Facts = Pick<Stage, 'organizationId' | 'simulator' | 'server' | 'openid'>

function createIds(id: string): (kind: string) => string {
  let drawn = 0
  return (kind) => {
    drawn += 1
    return `${kind.slice(0, 2)}_${id}_${drawn}`
  }
}

function exampleSettings(id: string, accountId: string, apiBase: string): AccountSettings {
  return {
    ...{ accountId, apiBase, kind: 'official-account', name: 'Acme 服务号', wechatId: 'acme' },
    ...{ originalId: `gh_${id}`, appId: `wx${id}${id}`, mode: 'safe', teams: [], greeting: null },
    ...{ keywordReplies: [], secretsDigest: '' },
  }
}

function createConfigure(ports: {
  readonly server: Server
  readonly organizationId: string
  readonly secretBox: SecretBox
  readonly nowMs: () => number
  readonly settings: AccountSettings
  readonly secrets: Secrets
}): Stage['configure'] {
  const { server, organizationId, settings, secrets } = ports
  const sealer = createSecretsSealer(ports.secretBox, ports.nowMs)
  let stored: Uint8Array | null = null
  return async (changes, given = {}) => {
    Object.assign(settings, changes, { secretsDigest: randomBytes(4).toString('hex') })
    Object.assign(secrets, given)
    stored = sealer.sealSecrets(organizationId, stored, secrets)
    const document = {
      organization: { ...defaultSettings, name: 'Acme' },
      accounts: [{ ...settings }],
      agents: [{ agentId: 'lili', nickname: '莉莉', role: 'agent' as const, teams: [], capacity: 50, disabled: false }],
    }
    await server.log.submit(
      organizationId,
      { type: 'configuration.apply', actor: { kind: 'operator' }, document, prune: false, dryRun: false },
      { lane: 'agents', attachment: { accountSecrets: { [settings.accountId]: stored } } },
    )
  }
}

function eventsOf({ server, organizationId }: Facts): Pick<Stage, 'of' | 'outcomeOf'> {
  async function of<T extends LoggedEvent['type']>(type: T): Promise<Extract<LoggedEvent, { type: T }>[]> {
    const text = `select ${eventColumns} from event where org_id = $1 and type = $2 order by position`
    const { rows } = await server.database.withOrganization(organizationId, (tx) =>
      tx.query<EventRow>({ text, values: [organizationId, type] }),
    )
    return rows.map(readEventRow).filter((event): event is Extract<LoggedEvent, { type: T }> => event.type === type)
  }
  return {
    of,
    outcomeOf: (messageId) =>
      eventually(async () => {
        const settled = (await of('delivery.settled')).find((event) => event.facts.messageId === messageId)
        if (settled === undefined) return null
        const { outcome, code } = settled.facts
        return code === undefined ? outcome : `${outcome} ${code}`
      }),
  }
}

function peopleOf(facts: Facts, nowMs: () => number): Pick<Stage, 'write' | 'crowd' | 'answer' | 'phone'> {
  const { simulator, server, organizationId, openid } = facts
  const { of } = eventsOf(facts)
  async function writes(followerId: string, text: string): Promise<void> {
    const acted = simulator.act('shop', followerId, { type: 'text', text })
    if (acted.kind === 'refused') throw new Error(acted.reason)
    await acted.done
  }
  return {
    write: (text) => writes('wang', text),
    async crowd(count) {
      const account = simulator.world.account('shop')
      if (account === undefined) throw new Error('the stage has an account')
      const members = Array.from({ length: count }, (_, i) =>
        simulator.world.addFollower(account, { id: `f${i}`, name: `F${i}` }),
      )
      for (const member of members) {
        member.followingSinceMs = nowMs()
        await writes(member.id, 'hi')
      }
      return members.map((member) => member.openid)
    },
    async answer(content, to = openid) {
      const started = (await of('conversation.started')).find((event) => event.personal?.openid === to)
      if (started === undefined) throw new Error('this follower has not written yet')
      const outcome = await server.log.submit(
        organizationId,
        {
          ...{ type: 'message.submit', actor: { kind: 'agent', agentId: 'lili' }, anyScope: true },
          conversationId: started.facts.conversationId,
          content: typeof content === 'string' ? { type: 'text', text: content } : content,
        },
        { lane: 'agents' },
      )
      if (!outcome.accepted) throw new Error(outcome.code)
      return outcome.result.messageId ?? ''
    },
    phone() {
      const follower = simulator.world.follower('shop', 'wang')
      const chat = follower === undefined ? [] : simulator.world.chat(follower)
      return chat
        .filter((entry) => entry.from === 'account')
        .map(({ content }) => (content.kind === 'text' ? content.text : content.kind))
    },
  }
}

/** Asks until there is an answer; the test's own time limit ends it. */
export async function eventually<T>(ask: () => Promise<T | null> | T | null): Promise<T> {
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.5, 100)) {
    const answer = await ask()
    if (answer !== null) return answer
    await wait(waitMs)
  }
}
