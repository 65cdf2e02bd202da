// Three vendors' servers of stock packages in processes of their own, two agents and two servers, on one account.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Random, seededRandom } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { stubSettings } from '../src/channel/testing/stub-app.ts'
import { type AppStage, setAppStage } from './support/app-stage.ts'
import { checkProcesses } from './support/coexist-processes-rule.ts'
import { testDatabase } from './support/database.ts'
import type { StockSettings } from './support/stock-app-child.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())

const kits = { good: 'wechat', hanging: 'co-wechat', lying: 'wechat' } as const
const deeds = {
  good: ['reply', 'reply', 'silent', 'transfer'],
  hanging: ['hang', 'reply', 'reply', 'silent'],
  lying: ['garbage', 'reply', 'reply', 'silent'],
} as const
const appIds = ['good', 'hanging', 'lying'] as const
const agents = ['lili', 'ming'] as const
const pushesEach = 4
/** Schedules that run at the same time, each with a customer of its own. */
const atOnce = 10

test('F26 F58 F59: stock receivers of npm, one that hangs ten seconds and one that answers garbage, share an account with two agents', {
  timeout: 1_200_000,
}, async () => {
  await using stage = await setAppStage(database.connection, { servers: 2 })
  await using held = new AsyncDisposableStack()
  await staff(stage)
  const modes = { good: 'safe', hanging: 'plain', lying: 'compatible' } as const
  const priorities = { good: 1, hanging: 2, lying: 3 } as const
  for (const appId of appIds) {
    const stub = stubSettings({ mode: modes[appId] })
    await stage.attach(appId, { role: 'responder', priority: priorities[appId], stub })
    await stage.change(appId, { url: await startStockApp(held, { ...stub, appId, kit: kits[appId] }) })
  }
  const schedules = proofSize('coexistenceProcesses')
  for (let first = 0; first < schedules; first += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, schedules - first) }, (_, at) => first + at)
    await Promise.all(numbers.map((number) => runSchedule(stage, number, seededRandom(number + 1))))
  }
  await stage.simulator.idle()
  await checkProcesses(stage, schedules * pushesEach)
})

async function staff(stage: AppStage): Promise<void> {
  const fields = { nickname: '小明', capacity: 50 }
  await stage.submit({ type: 'agent.change', actor: { kind: 'operator' }, agentId: 'ming', create: true, fields })
  for (const agentId of agents) {
    const status = { type: 'agent.set-status', status: 'online', cause: 'chosen' } as const
    await stage.submit({ ...status, actor: { kind: 'agent', agentId }, agentId })
  }
}

async function startStockApp(held: AsyncDisposableStack, settings: StockSettings): Promise<string> {
  const program = join(import.meta.dirname, 'support', 'stock-app-child.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] })
  held.defer(async () => {
    child.stdin.end()
    await once(child, 'exit')
  })
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return String(line).trim()
}

/** A customer writes four times; in between an agent takes it, or somebody ends it. */
async function runSchedule(stage: AppStage, number: number, random: Random): Promise<void> {
  const { world } = stage.simulator
  const account = world.account('shop')
  assert.ok(account)
  const follower = world.addFollower(account, { id: `c${number}`, name: `C${number}` })
  follower.followingSinceMs = Date.now()
  for (let push = 0; push < pushesEach; push += 1) {
    const planned = appIds.map((appId) => `${appId}=${random.pick(deeds[appId])}`).join(' ')
    if (random.chance(0.5)) {
      const fault = { kind: 'duplicate', copies: 1 + random.below(2), gapMs: random.below(400) } as const
      world.faults.add({ target: 'push', fault, openid: follower.openid, times: 1 })
    }
    const acted = stage.simulator.act('shop', follower.id, { type: 'text', text: `${number}.${push} ${planned}` })
    assert.ok(acted.kind === 'acted')
    // Sometimes while the apps are still asked.
    if (random.chance(0.3)) await handOver(stage, follower.openid, random)
    await acted.done
    await handOver(stage, follower.openid, random)
  }
}

async function handOver(stage: AppStage, openid: string, random: Random): Promise<void> {
  const received = (await stage.of('conversation.started')).find(({ personal }) => personal?.openid === openid)
  const dice = random.next()
  const agentId = random.pick(agents) ?? 'lili'
  if (received === undefined || dice < 0.3) return
  const by = { actor: { kind: 'operator' }, conversationId: received.facts.conversationId } as const
  // Much of it is refused, as in life.
  if (dice < 0.5) await stage.submit({ type: 'session.transfer', ...by, to: { agentId } }).catch(() => {})
  else await stage.submit({ type: 'session.close', ...by }).catch(() => {})
}
