// One organization with its followers and its agent, around a server that is killed and started again.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { QUOTA_TABLES, type RetryContract, type Simulator, startSimulator } from '@duoke/simulator'
import { openDatabase } from '../../src/database/client.ts'
import { openOperator } from '../../src/operator.ts'
import { ask } from './app.ts'
import { type KillAgent, startKillAgent } from './kill-agent.ts'
import { type Ground, type GroundName, openGround } from './kill-ground.ts'
import { assertNothingLost, type Summary, unfinishedWork } from './kill-invariants.ts'
import { keyword, type Load, type LoadOptions, startLoad } from './kill-load.ts'
import { type Crash, type Ended, type KillServer, startKillServer } from './kill-server.ts'

export type KillStage = AsyncDisposable & {
  readonly ground: Ground
  readonly simulator: Simulator
  readonly load: Load
  readonly agent: KillAgent
  readonly organizationId: string
  /** Starts a server and points WeChat and the agent at it; null when it ended before it listened. */
  start(crash?: Crash): Promise<KillServer | null>
  /** Asks a server to end, as an operator does, and says how and how quickly it did. */
  stop(server: KillServer): Promise<Ended & { readonly tookMs: number }>
  /** Everything heals, everything is finished; then what must be true is true. */
  check(server: KillServer | null): Promise<Summary>
}

export type KillStageOptions = {
  readonly ground: GroundName
  readonly load: LoadOptions
  /** WeChat's patience: shorter than in life, so that a minute holds many kills. */
  readonly retries?: RetryContract
}

/** A picture that was given up several times waits longer each time. */
const drainWithinMs = 120_000
export const stopWithinMs = 10_000

export async function setKillStage(options: KillStageOptions): Promise<KillStage> {
  await using building = new AsyncDisposableStack()
  const ground = building.use(await openGround(options.ground))
  const { retries = { timeoutMs: 1_500, tries: 3 } } = options
  const simulator = building.use(await startSimulator({ port: 0, retries }))
  // What a follower wrote while no server ran arrives afterwards all at once, and each message is answered: more than five.
  simulator.world.quotaTable = QUOTA_TABLES['2021-06']
  const installation = await install(ground, simulator.url)
  const { organizationId, pushTo } = installation
  simulator.world.putAccount({ ...installation.account, pushUrl: null })

  let url = 'http://127.0.0.1:9'
  const servers = building.adopt(new Set<KillServer>(), async (all) => {
    await Promise.all([...all].map((server) => server[Symbol.asyncDispose]()))
  })
  async function start(crash?: Crash): Promise<KillServer | null> {
    const server = startKillServer(ground.settings, crash ?? null)
    servers.add(server)
    const listening = await server.ready
    if (listening === null) {
      assert.equal((await server.ended).signal, 'SIGKILL', `the server does not start: ${server.said()}`)
      return null
    }
    url = listening
    simulator.world.putAccount({ ...installation.account, pushUrl: pushTo(listening) })
    return server
  }

  const first = await start()
  await goOnline(url, installation.token)
  const load = startLoad(simulator, options.load)
  building.defer(() => load.stop())
  const agent = startKillAgent(installation.token, () => url)
  building.defer(() => agent.stop())
  await load.nextAnswer()
  if (first !== null) assert.equal((await stop(first)).code, 0)

  const held = building.move()
  const facts = { ground, simulator, load, agent, organizationId, start, stop }
  return { ...facts, check: (server) => check(facts, server), [Symbol.asyncDispose]: () => held.disposeAsync() }
}

async function stop(server: KillServer): Promise<Ended & { readonly tookMs: number }> {
  const startedMs = performance.now()
  server.signal('SIGTERM')
  const ended = await server.ended
  return { ...ended, tookMs: performance.now() - startedMs }
}

async function check(stage: Omit<KillStage, 'check' | keyof AsyncDisposable>, server: KillServer | null) {
  const { ground, simulator, load, agent } = stage
  const last = server ?? (await stage.start())
  assert.ok(last !== null)
  await load.stop()
  simulator.world.faults.clear()
  await letClaimsAge(ground)
  await agent.settled()
  await untilDone(ground)
  await agent.stop()
  const ended = await stop(last)
  assert.equal(ended.code, 0, `SIGTERM ended it with ${ended.signal}: ${last.said()}`)
  assert.ok(ended.tookMs <= stopWithinMs, `it took ${ended.tookMs} ms to end`)
  await using database = await ground.connect()
  // Awaited here: the database goes with this block.
  return await assertNothingLost({ ...stage, ...load, connection: database.connection })
}

/** A server that shares its database judges the claims of others by their age, and its own not at all. */
async function letClaimsAge(ground: Ground): Promise<void> {
  await using place = await ground.connect()
  await using database = openDatabase({ connection: place.connection })
  await database.withWorker((tx) =>
    tx.query({ text: `update outbox set claimed_at = claimed_at - interval '1 minute' where status = 'claimed'` }),
  )
}

async function untilDone(ground: Ground): Promise<void> {
  await using place = await ground.connect()
  await using database = openDatabase({ connection: place.connection })
  const untilMs = performance.now() + drainWithinMs
  for (;;) {
    const left = await unfinishedWork(database)
    if (Object.values(left).every((count) => count === 0)) return
    assert.ok(performance.now() < untilMs, `still to do after ${drainWithinMs} ms: ${JSON.stringify(left)}`)
    await wait(100)
  }
}

async function goOnline(url: string, token: string): Promise<void> {
  const online = await ask(url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
  assert.equal(online.status, 200, JSON.stringify(online.body))
}

/** An account, an agent who has room for everybody, and a token for him; written before any server runs. */
async function install(ground: Ground, apiBase: string) {
  const unique = randomBytes(5).toString('hex')
  const [organizationId, accountId] = [`org-${unique}`, `oa-${unique}`]
  const secrets = { appSecret: 's'.repeat(32), token: `token${unique}`, encodingAesKey: 'A'.repeat(43) }
  const names = { originalId: `gh_${unique}`, appId: `wx${unique}${unique}`, mode: 'safe', name: '小店' } as const
  const keywordReplies = [{ match: 'contains', keywords: [keyword], reply: '价格见菜单。' }]
  const { DUOKE_DATA: data, DUOKE_DATABASE_URL: databaseUrl } = ground.settings
  await using operator = await openOperator({ env: { ...ground.settings }, data, databaseUrl })
  const applied = await operator.apply({
    version: 1,
    // Short, so that timers ring while the server is being killed.
    organization: { id: organizationId, name: 'Acme', idleCloseAfterMs: 1_000 },
    accounts: [{ id: accountId, kind: 'official-account', ...names, ...secrets, apiBase, keywordReplies }],
    agents: [{ id: 'lili', nickname: '莉莉', role: 'admin', capacity: 1000 }],
  })
  assert.ok(applied.ok, applied.ok ? '' : `${applied.sentence} ${applied.details.join(' ')}`)
  const made = await operator.createToken(organizationId, { holder: { kind: 'agent', id: 'lili' } })
  assert.ok(made.ok, made.ok ? '' : made.sentence)
  return {
    organizationId,
    token: made.token,
    account: { id: 'shop', ...names, ...secrets },
    pushTo: (url: string) => `${url}/wechat/${accountId}`,
  }
}
