// Whatever happens to conversations, servers and apps: an app is pushed exactly what the log has for its scopes.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { LoggedEvent } from '@duoke/contract'
import { proofSize } from '../../../test/proof-sizes.ts'
import { idOf, type StubApp, say } from '../src/channel/testing/stub-app.ts'
import { type AppStage, msgIdOf, setAppStage } from './support/app-stage.ts'
import type { Server } from './support/channel-server.ts'
import { eventually } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed, type Random } from './support/seeded-random.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())

const agents = ['lili', 'ming']
const steps = 40
/** Longer than the three tries of a push, a probe that somebody asks for, and what was missed. */
const drainWithinMs = 60_000

test(
  'never blind: the ids that apps are pushed are those of the log for their scopes, in order, through transfer, close, switch, restart and suspension',
  { timeout: 3_600_000 },
  () => forEachSeed('never blind', proofSize('neverBlind'), oneHistory),
)

async function oneHistory(_seed: number, random: Random): Promise<void> {
  // The first server only takes commands; those that push come and go.
  await using stage = await setAppStage(database.connection, { isDriven: true })
  let server = await stage.startServer({ isDriven: false })
  moveTo(stage, server)
  await staff(stage)
  const bot = await stage.attach('bot', { role: 'responder', priority: 1 })
  const crm = await stage.attach('crm', { stub: { format: 'json', mode: 'plain' } })
  const sessions = await stage.attach('sessions', { scopes: ['sessions:manage'] })
  bot.behave = ({ push }) => (push.kind === 'text' && random.chance(0.5) ? say('好') : { kind: 'acknowledge' })
  await eventually(() => (bot.verifications > 0 ? true : null))
  await stage.crowd(2)
  const apps = { bot, crm, sessions }
  for (let step = 0; step < steps; step += 1) {
    const chance = random.below(100)
    if (chance < 45) await writes(stage, random)
    else if (chance < 80) await handOver(stage, random)
    else if (chance < 86) await suspend(stage, random)
    else if (chance < 92) await fall(random.pick([bot, crm]), random)
    else server = await restart(stage, server, random)
  }
  for (const app of [bot, crm]) await app.up()
  for (const appId of ['bot', 'crm', 'sessions']) await resume(stage, appId)
  for (const [appId, app] of Object.entries(apps)) await assertSawAll(stage, appId, app)
}

function moveTo(stage: AppStage, server: Server): void {
  const settings = stage.simulator.world.account('shop')?.settings
  assert.ok(settings)
  stage.simulator.world.putAccount({ ...settings, pushUrl: `${server.url}/wechat/${stage.accountId}` })
}

async function staff(stage: AppStage): Promise<void> {
  const fields = { nickname: '小明', capacity: 50 }
  await stage.submit({ type: 'agent.change', actor: { kind: 'operator' }, agentId: 'ming', create: true, fields })
  for (const agentId of agents) {
    const status = { type: 'agent.set-status', status: 'online', cause: 'chosen' } as const
    await stage.submit({ ...status, actor: { kind: 'agent', agentId }, agentId })
  }
}

async function writes(stage: AppStage, random: Random): Promise<void> {
  const acted = stage.simulator.act('shop', random.pick(['f0', 'f1']) ?? '', { type: 'text', text: `${random.next()}` })
  assert.ok(acted.kind === 'acted')
  await acted.done
}

/** What somebody does with a conversation; much of it is refused, as in life. */
async function handOver(stage: AppStage, random: Random): Promise<void> {
  const started = await stage.of('conversation.started')
  const conversationId = random.pick(started)?.facts.conversationId
  const agentId = random.pick(agents) ?? ''
  if (conversationId === undefined) return
  const by = { actor: { kind: 'operator' }, conversationId } as const
  const command = random.pick([
    { type: 'session.transfer', ...by, to: { agentId } },
    { type: 'session.transfer', ...by, to: { agentId } },
    { type: 'session.transfer', ...by, to: { appId: 'bot' } },
    { type: 'session.release', ...by },
    { type: 'session.close', ...by },
  ] as const)
  if (command !== undefined) await stage.submit(command).catch(() => {})
}

async function suspend(stage: AppStage, random: Random): Promise<void> {
  const appId = random.pick(['bot', 'crm']) ?? ''
  const by = { type: 'app.report', actor: { kind: 'operator' }, appId, accountId: stage.accountId } as const
  await stage.submit({ ...by, finding: { kind: 'suspended', reason: 'test', failures: 1 } })
  if (random.chance(0.5)) await resume(stage, appId)
}

async function resume(stage: AppStage, appId: string): Promise<void> {
  const by = { type: 'app.report', actor: { kind: 'operator' }, appId, accountId: stage.accountId } as const
  await stage.submit({ ...by, finding: { kind: 'recovered' } })
}

async function fall(app: StubApp | undefined, random: Random): Promise<void> {
  if (app === undefined) return
  await app.stop()
  await wait(random.below(400))
  if (random.chance(0.7)) await app.up()
}

/** The next server goes on where this one was, or a little before: what was not written down is pushed again. */
async function restart(stage: AppStage, server: Server, random: Random): Promise<Server> {
  await server[Symbol.asyncDispose]()
  await stage.server.database.withWorker((tx) =>
    tx.query({ text: 'update app_feed set position = greatest(position - $1, 3)', values: [random.below(3)] }),
  )
  const next = await stage.startServer({ isDriven: false })
  moveTo(stage, next)
  return next
}

async function assertSawAll(stage: AppStage, appId: string, app: StubApp): Promise<void> {
  const wanted = await wantedOf(stage, appId)
  const deadlineMs = performance.now() + drainWithinMs
  for (const [openid, ids] of wanted) {
    const seen = () => [
      ...new Set(app.pushes.filter(({ push }) => push.fromUser === openid).map(({ push }) => idOf(push))),
    ]
    while (seen().length < ids.length && performance.now() < deadlineMs) await wait(100)
    assert.deepEqual(seen(), ids, `${appId} and ${openid}`)
  }
}

/** What the log has for the app since it was attached, by customer. */
async function wantedOf(stage: AppStage, appId: string): Promise<Map<string, string[]>> {
  const all: LoggedEvent[] = []
  for (const type of [
    'conversation.started',
    'message.received',
    'session.assigned',
    'session.queued',
    'session.closed',
  ] as const) {
    all.push(...(await stage.of(type)))
  }
  const openids = new Map<string, string>()
  const wanted = new Map<string, Set<string>>()
  for (const event of all.sort((one, other) => one.position - other.position)) {
    if (event.type === 'conversation.started') openids.set(event.facts.conversationId, event.personal?.openid ?? '')
    const id = wantedId(event, appId !== 'sessions')
    if (id === null || !('conversationId' in event.facts)) continue
    const openid = openids.get(event.facts.conversationId) ?? ''
    const ids = wanted.get(openid) ?? new Set()
    wanted.set(openid, ids.add(id))
  }
  return new Map([...wanted].map(([openid, ids]) => [openid, [...ids]]))
}

function wantedId(event: LoggedEvent, seesMessages: boolean): string | null {
  if (event.type === 'message.received') return seesMessages ? msgIdOf(event) : null
  if (event.type !== 'session.assigned' && event.type !== 'session.queued' && event.type !== 'session.closed')
    return null
  const isFrom = event.facts.from.kind === 'agent'
  const isTo = event.type === 'session.assigned' && event.facts.to.kind === 'agent'
  const name = isFrom && isTo ? 'kf_switch_session' : isTo ? 'kf_create_session' : isFrom ? 'kf_close_session' : null
  return name === null ? null : `${name}@${Math.floor(event.atMs / 1000)}`
}
