// A whole installation in one process and in virtual time: WeChat, followers, agents, and a server that may die at any step.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  createOutboundHttp,
  type HttpRequest,
  ManualClock,
  type Simulator,
  seededRandom as seededBytes,
  startSimulator,
} from '@duoke/simulator'
import type { App } from '../../src/app.ts'
import { DatabaseUnavailable } from '../../src/database/trouble.ts'
import type { Json } from './app.ts'
import { testDatabase } from './database.ts'
import type { SendFault } from './sim-egress.ts'
import { type Fuse, type Life, startLife } from './sim-life.ts'

export const organizationId = 'acme'
export const accountId = 'acme-oa'
export const teamIds = ['presale', 'aftersale'] as const
export const agentIds = ['lili', 'ming', 'hua', 'ying'] as const
export const greeting = '欢迎关注'
export const keyword = '营业时间'
export const keywordReply = '九点到六点'

const startMs = Date.UTC(2026, 2, 2, 4)
const wechat = { originalId: 'gh_0a81e05b394e', appId: 'wxba5fad812f8e6fb9' }
const secrets = { appSecret: 's'.repeat(32), token: 'simulationToken', encodingAesKey: 'A'.repeat(43) }

export type SimStage = AsyncDisposable & {
  readonly clock: ManualClock
  readonly simulator: Simulator
  readonly app: () => App
  readonly isAlive: () => boolean
  readonly errors: string[]
  /** Requests that WeChat has made, for a stranger who overheard them to make again. */
  readonly overheard: HttpRequest[]
  repeat(request: HttpRequest): Promise<number>
  /** Ends the server as a power cut does: at once, or when it next passes that place. */
  crash(fuse?: Fuse): void
  /** A new server on what the dead one left; answers the messages that it had claimed: nobody knows what became of them. */
  restart(): Promise<readonly string[]>
  rows<Row>(text: string): Promise<Row[]>
  /** Until nothing more happens without time passing. */
  settle(): Promise<void>
  /** Everything that the server does by itself, once. */
  work(): Promise<void>
  ask(agentId: string, method: Method, path: string, body?: object): Promise<Answer>
}
type Method = 'GET' | 'POST' | 'PUT'
/** `died`: the server ended before it answered. */
export type Answer = { readonly status: number | 'died'; readonly body: Json; readonly cursor: string }

export type SimPorts = {
  readonly seed: number
  readonly faultFor: (openid: string) => SendFault | null
  readonly onSend: (text: string, fault: SendFault | null) => void
  /** Takes care of what a dead server still waits for; nobody else needs to. */
  readonly bury: (ended: Promise<void>) => void
}

export async function setSimStage(ports: SimPorts): Promise<SimStage> {
  const held = new AsyncDisposableStack()
  const data = mkdtempSync(join(tmpdir(), 'duoke-sim-'))
  held.defer(() => rmSync(data, { recursive: true, force: true }))
  const { connection } = held.use(await testDatabase())
  const clock = new ManualClock(startMs)
  const outside = overhearingHttp()
  const random = seededBytes(`wechat ${ports.seed}`)
  const simulator = held.use(await startSimulator({ port: 0, clock, random, http: outside.http }))
  const { world } = simulator
  const errors: string[] = []
  let lives = 0

  async function born(): Promise<Life> {
    lives += 1
    const name = `server ${ports.seed} ${lives}`
    const onError = (line: string) => void errors.push(line)
    const born = await startLife({ ...ports, name, data, connection, clock, world, onError })
    world.putAccount({
      ...{ id: 'shop', name: 'Acme', ...secrets, ...wechat, mode: 'safe' },
      pushUrl: `${born.url}/wechat/${accountId}`,
      menu: [{ name: '人工客服', type: 'click', key: 'HUMAN' }],
    })
    return born
  }
  let life = await born()
  held.defer(() => {
    life.crash()
    ports.bury(life.end())
  })
  const tokens = await configure(life.app, simulator.url)
  const rows = async <Row>(text: string): Promise<Row[]> =>
    (await life.app.ground.database.withWorker((tx) => tx.query<Row>({ text }))).rows
  const isQuiet = () => !life.isBusy() && outside.underWay() === 0
  return {
    ...{ clock, simulator, errors, overheard: outside.overheard, repeat: outside.repeat },
    app: () => life.app,
    isAlive: () => !life.isDead(),
    crash: (fuse) => life.crash(fuse),
    async restart() {
      if (!life.isDead()) life.crash()
      ports.bury(life.end())
      life = await born()
      const left = await rows<{ message_id: string }>(`select message_id from outbox where status = 'claimed'`)
      return left.map((row) => row.message_id)
    },
    rows,
    async settle() {
      for (let quiet = 0; quiet < 2; quiet = isQuiet() ? quiet + 1 : 0) await wait(1)
    },
    async work() {
      const { app, died } = life
      // The dead's errors are not told.
      const { timers, channel } = app
      const polls = [() => timers.runOnce(), () => channel.delivery.poll(), () => channel.fetcher.poll()]
      const all = Promise.all(polls.map(untilDone))
      await Promise.race([died, all.catch((error: unknown) => life.isDead() || errors.push(inWords(error)))])
    },
    ask: (agentId, method, path, body) => ask(life, tokens.get(agentId) ?? '', method, path, body),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/**
 * A worker that gave up on a database which was too slow for it has committed nothing and looks again, as the server's own
 * do: on a machine where others leave it no processor that may happen.
 */
async function untilDone(poll: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await poll()
      return
    } catch (error) {
      const isTooSlow = error instanceof DatabaseUnavailable && error.code === '08006'
      if (!isTooSlow || attempt === 3) throw error
    }
  }
}

const inWords = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? `${error}, because ${inWords(error.cause)}` : String(error)

async function configure({ operator }: App, apiBase: string): Promise<ReadonlyMap<string, string>> {
  const applied = await operator.apply({
    version: 1,
    organization: {
      ...{ id: organizationId, name: 'Acme', timeZone: 'Asia/Shanghai' },
      ...{ idleWarningAfterMs: 1_800_000, idleCloseAfterMs: 3_600_000 },
    },
    accounts: [
      {
        ...{ id: accountId, kind: 'official-account', name: 'Acme 服务号', apiBase, greeting, ...wechat, ...secrets },
        // Only a supervisor of the other team may take what waits.
        teams: [teamIds[0]],
        keywordReplies: [{ match: 'equals', keywords: [keyword], reply: keywordReply }],
      },
    ],
    teams: teamIds.map((id) => ({ id, name: id })),
    agents: agentIds.map((id, at) => ({
      ...{ id, nickname: id, role: at % 2 === 1 ? 'supervisor' : 'agent' },
      ...{ teams: [teamIds[at % 2] ?? ''], capacity: 1 + (at % 2) },
    })),
  })
  if (!applied.ok) throw new Error(`${applied.sentence} ${applied.details.join(' ')}`)
  const tokens = new Map<string, string>()
  for (const id of agentIds) {
    const made = await operator.createToken(organizationId, { holder: { kind: 'agent', id } })
    if (!made.ok) throw new Error(made.sentence)
    tokens.set(id, made.token)
  }
  return tokens
}

async function ask(life: Life, token: string, method: Method, url: string, body?: object): Promise<Answer> {
  const asked = life.app.http.inject({
    ...{ method, url, headers: { authorization: `Bearer ${token}` } },
    ...(body !== undefined && { payload: body }),
  })
  const reply = await Promise.race([
    life.died,
    asked.then(
      (done) => done,
      () => 'died' as const,
    ),
  ])
  if (reply === 'died') return { status: 'died', body: null, cursor: '' }
  const cursor = String(reply.headers['duoke-cursor'] ?? '')
  return { status: reply.statusCode, body: reply.body === '' ? null : JSON.parse(reply.body), cursor }
}

/** WeChat's way out, with what went over it. */
function overhearingHttp() {
  const real = createOutboundHttp()
  const overheard: HttpRequest[] = []
  let underWay = 0
  async function request(asked: HttpRequest) {
    underWay += 1
    try {
      return await real.request(asked)
    } finally {
      underWay -= 1
    }
  }
  return {
    overheard,
    underWay: () => underWay,
    http: {
      request(asked: HttpRequest) {
        overheard.push(asked)
        return request(asked)
      },
      close: () => real.close(),
    },
    async repeat(asked: HttpRequest): Promise<number> {
      const again = await request({ ...asked, signal: AbortSignal.timeout(5_000) }).catch(() => null)
      return again?.status ?? 0
    },
  }
}
