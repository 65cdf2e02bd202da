// Whatever happens to conversations, servers and apps: an app is pushed exactly what the log has for its scopes. Servers
// are processes of their own, and end by order or by kill -9, most of all between an app's answer and the feed's position.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { LoggedEvent } from '@duoke/contract'
import type { Random } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { idOf, type StubApp, say } from '../src/channel/testing/stub-app.ts'
import { startTimers } from '../src/conversation/timers-worker.ts'
import { appFailpointNames, noFailpoint } from '../src/events/failpoint.ts'
import { type AppStage, msgIdOf, setAppStage } from './support/app-stage.ts'
import { type ChannelProcess, startChannelProcess } from './support/channel-process.ts'
import { eventually } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed } from './support/for-each-seed.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())

const agents = ['lili', 'ming']
const steps = 40
/** Longer than the three tries of a push, a probe that somebody asks for, and what was missed. */
const drainWithinMs = 120_000
/** Servers of one name take over at once what the one before had leased. */
const name = 'pusher'
/** What the histories together must have seen, or they prove nothing about it. */
const happened = new Set<string>()
const mustHappen = [...appFailpointNames.map((place) => `killed at ${place}`), 'killed at any moment', 'pushed again']

test('never blind: the ids that apps are pushed are those of the log for their scopes, in order, through transfer, close, switch, restart, kill -9 and suspension', {
  timeout: 3_600_000,
}, async () => {
  const missing = () => mustHappen.filter((what) => !happened.has(what))
  await forEachSeed('never blind', proofSize('neverBlind'), oneHistory, () => missing().length > 0)
  if (process.env['DUOKE_SEED'] === undefined) assert.deepEqual(missing(), [])
})

test('a question whose server died before asking it is not overtaken by the next one', {
  timeout: 120_000,
}, async () => {
  await using stage = await setAppStage(database.connection, { isDriven: true })
  await using _timers = timersOf(stage)
  await stage.crowd(1)
  const bot = await stage.attach('bot', { role: 'responder' })
  bot.behave = () => say('好')
  await using dying = await startChannelProcess(stage.ground, { name, crash: { at: 'after_commit', after: 1 } })
  moveTo(stage, dying.url)
  const first = stage.simulator.act('shop', 'f0', { type: 'text', text: 'first' })
  assert.equal(await dying.ended, 'SIGKILL')
  await using next = await startChannelProcess(stage.ground, { name })
  moveTo(stage, next.url)
  const second = stage.simulator.act('shop', 'f0', { type: 'text', text: 'second' })
  assert.ok(first.kind === 'acted' && second.kind === 'acted')
  await Promise.all([first.done, second.done])
  const texts = () => [...new Set(bot.pushes.flatMap(({ push }) => (push.kind === 'text' ? [push.content] : [])))]
  await eventually(() => (texts().length === 2 ? true : null))
  assert.deepEqual(texts(), ['first', 'second'])
})

function timersOf(stage: AppStage) {
  const { log, database: rows, errors } = stage.server
  const onError = (error: unknown) => void errors.push(error)
  return startTimers({ database: rows, log, failpoint: noFailpoint, nowMs: Date.now, onError })
}

async function oneHistory(_seed: number, random: Random): Promise<void> {
  // The first server only takes commands and fires timers; those that push come and go.
  await using stage = await setAppStage(database.connection, { isDriven: true })
  await using _timers = timersOf(stage)
  await using servers = await startServers(stage, random)
  const written: Promise<unknown>[] = []
  await staff(stage)
  const bot = await stage.attach('bot', { role: 'responder', priority: 1 })
  const crm = await stage.attach('crm', { stub: { format: 'json', mode: 'plain' } })
  const sessions = await stage.attach('sessions', { scopes: ['sessions:manage'] })
  bot.behave = ({ push }) => (push.kind === 'text' && random.chance(0.5) ? say('好') : { kind: 'acknowledge' })
  await eventually(() => (bot.verifications > 0 ? true : null))
  await crowd(stage)
  const apps = { bot, crm, sessions }
  for (let step = 0; step < steps; step += 1) {
    const chance = random.below(100)
    if (chance < 45) await servers.orEnded(writes(stage, random, written))
    else if (chance < 75) await handOver(stage, random)
    else if (chance < 81) await suspend(stage, random)
    else if (chance < 87) await fall(random.pick([bot, crm]), random)
    else if (chance < 92) await servers.killOne()
    else await servers.stopOne()
    await servers.reviveDead()
  }
  await servers.reviveDead('sound')
  await Promise.all(written)
  for (const app of [bot, crm]) await app.up()
  for (const appId of ['bot', 'crm', 'sessions']) await resume(stage, appId)
  for (const [appId, app] of Object.entries(apps)) await assertSawAll(stage, appId, app)
}

type Servers = AsyncDisposable & {
  /** Waits for what a server does, or for its end. */
  orEnded(work: Promise<unknown>): Promise<void>
  killOne(): Promise<void>
  stopOne(): Promise<void>
  /** @param next `sound`: one that will not be killed at a place, whatever the one before was. */
  reviveDead(next?: 'sound'): Promise<void>
}

/** One server at a time, most of which are to die at a place on the way to an app. */
async function startServers(stage: AppStage, random: Random): Promise<Servers> {
  let place: string | null = null
  async function next(isSound: boolean): Promise<ChannelProcess> {
    const at = isSound || random.chance(0.3) ? undefined : random.pick(appFailpointNames)
    place = at ?? null
    const fuse = at === undefined ? {} : { crash: { at, after: 1 + random.below(12) } }
    const started = await startChannelProcess(stage.ground, { name, ...fuse })
    if (started.url.startsWith('http')) moveTo(stage, started.url)
    return started
  }
  let server = await next(true)

  async function tellEnd(): Promise<void> {
    const signal = await server.ended
    if (signal === 'SIGKILL') happened.add(place === null ? 'killed at any moment' : `killed at ${place}`)
    else assert.equal(signal, null)
  }
  return {
    orEnded: async (work) => void (await Promise.race([work, server.ended])),
    async killOne() {
      await wait(random.below(50))
      if (!server.hasEnded()) place = null
      server.kill()
      await server.ended
    },
    async stopOne() {
      await server[Symbol.asyncDispose]()
    },
    async reviveDead(wanted) {
      if (wanted === 'sound' && !server.hasEnded() && place !== null) await server[Symbol.asyncDispose]()
      for (let isFirst = true; server.hasEnded(); isFirst = false) {
        await tellEnd()
        // Its first pushes may kill a server before it listens: the next one is left alone.
        server = await next(wanted === 'sound' || !isFirst)
      }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
    },
  }
}

function moveTo(stage: AppStage, url: string): void {
  const settings = stage.simulator.world.account('shop')?.settings
  assert.ok(settings)
  stage.simulator.world.putAccount({ ...settings, pushUrl: `${url}/wechat/${stage.accountId}` })
}

async function crowd(stage: AppStage): Promise<void> {
  const account = stage.simulator.world.account('shop')
  assert.ok(account)
  for (const id of ['f0', 'f1']) {
    stage.simulator.world.addFollower(account, { id, name: id }).followingSinceMs = Date.now()
  }
}

async function staff(stage: AppStage): Promise<void> {
  const fields = { nickname: '小明', capacity: 50 }
  await stage.submit({ type: 'agent.change', actor: { kind: 'operator' }, agentId: 'ming', create: true, fields })
  for (const agentId of agents) {
    const status = { type: 'agent.set-status', status: 'online', cause: 'chosen' } as const
    await stage.submit({ ...status, actor: { kind: 'agent', agentId }, agentId })
  }
}

/** WeChat insists for a while when the server dies under it. */
async function writes(stage: AppStage, random: Random, written: Promise<unknown>[]): Promise<void> {
  const acted = stage.simulator.act('shop', random.pick(['f0', 'f1']) ?? '', { type: 'text', text: `${random.next()}` })
  assert.ok(acted.kind === 'acted')
  written.push(acted.done)
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
  assertRepeatedAlike(app)
}

/** A repetition is the same push once more, as WeChat's are: an app that knows the id has it all. */
function assertRepeatedAlike(app: StubApp): void {
  const first = new Map<string, string>()
  for (const { id, document, push } of app.pushes) {
    if (push.kind === 'event') continue
    const known = first.get(id)
    if (known !== undefined) happened.add('pushed again')
    assert.equal(document, known ?? document, id)
    first.set(id, document)
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
