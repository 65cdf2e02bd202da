import { ManualClock } from '../clock.ts'
import { createOutboundHttp } from '../http-out.ts'
import type { NewAccount } from '../model/account.ts'
import { seededRandom } from '../random.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts'
import { DeveloperServer } from './developer.ts'

export const START_MS = Date.UTC(2026, 2, 2, 4)

export const ACCOUNT: NewAccount = {
  id: 'shop',
  name: '小店',
  originalId: 'gh_0123456789ab',
  appId: 'wx0123456789abcdef',
  appSecret: 's'.repeat(32),
  token: 'testToken',
  encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
  mode: 'safe',
}

export interface Stage {
  simulator: Simulator
  developer: DeveloperServer
  clock: ManualClock
  openid: string
  /** A call of WeChat's API with a fresh token. */
  api(path: string, body?: unknown, query?: Record<string, string>): Promise<Record<string, unknown>>
  send(message?: Record<string, unknown>): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/** One account with one follower, a developer's server behind it, and time that stands still. */
export async function setStage(account: Partial<NewAccount> = {}, options: SimulatorOptions = {}): Promise<Stage> {
  const settings = { ...ACCOUNT, ...account }
  const developer = await DeveloperServer.start(settings)
  const clock = new ManualClock(START_MS)
  const simulator = await startSimulator({
    port: 0,
    clock,
    random: seededRandom('stage'),
    http: createOutboundHttp(),
    accounts: [{ ...settings, pushUrl: developer.url }],
    ...options,
  }).catch(async (error: unknown) => {
    await developer.close()
    throw error
  })
  const world = simulator.world.account('shop')
  if (!world) throw new Error('the stage has no account')
  const follower = simulator.world.addFollower(world, { id: 'wang', name: '王' })
  follower.followingSinceMs = clock.nowMs()
  const stage: Stage = {
    simulator,
    developer,
    clock,
    openid: follower.openid,
    api: (path, body, query) => callApi(simulator, path, body, query),
    async send(message = { msgtype: 'text', text: { content: '您好' } }) {
      const answer = await callApi(simulator, '/cgi-bin/message/custom/send', { touser: follower.openid, ...message })
      return Number(answer['errcode'])
    },
    async [Symbol.asyncDispose]() {
      await simulator.close()
      await developer.close()
    },
  }
  return stage
}

async function callApi(
  simulator: Simulator,
  path: string,
  body: unknown,
  query: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const stable = simulator.world.account('shop')?.tokens.stable(false)
  const url = new URL(path, simulator.url)
  if (stable?.kind === 'token') url.searchParams.set('access_token', stable.value)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(url, init)
  // WeChat's answers are JSON objects; a test that meets another shape fails on its fields.
  return (await response.json()) as Record<string, unknown>
}

/** Gives real sockets time while the clock of the simulator stands. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`never came true: ${what}`)
}
