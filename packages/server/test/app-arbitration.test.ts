import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { seededRandom } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { type Behaviour, type StubApp, say } from '../src/channel/testing/stub-app.ts'
import { type AppStage, type Attaching, setAppStage } from './support/app-stage.ts'
import { eventually } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 120_000 }
const responder = (priority: number, more: Attaching = {}): Attaching => ({ role: 'responder', priority, ...more })

/** How long WeChat waited for the answer to what the follower writes. */
async function timed(stage: AppStage, text: string): Promise<number> {
  const startedMs = performance.now()
  await stage.write(text)
  return performance.now() - startedMs
}

test(
  'a responder answers within the push, takes the conversation, and is asked again as its holder',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const bot = await stage.attach('bot', responder(1))
    bot.behave = ({ push }) => say(push.kind === 'text' ? `收到：${push.content}` : '?')
    const silent = await stage.attach('observer')
    await stage.write('一')
    await stage.write('二')
    assert.deepEqual(stage.phone(), ['收到：一', '收到：二'])
    assert.deepEqual(
      bot.pushes.map(({ role }) => role),
      ['responder', 'responder'],
    )
    await eventually(() => (silent.pushes.length === 2 ? true : null))
    const [assigned] = await stage.of('session.assigned')
    assert.deepEqual([assigned?.facts.to, assigned?.facts.cause], [{ kind: 'app', appId: 'bot' }, 'responder'])
    const settled = await stage.of('delivery.settled')
    assert.deepEqual(
      settled.map(({ facts }) => facts.outcome),
      ['unknown', 'unknown'],
    )
    const rows = await eventually(async () => {
      const asks = (await stage.deliveries('bot')).filter(({ kind }) => kind === 'ask')
      return asks.length === 2 ? asks : null
    })
    assert.deepEqual(
      rows.map(({ outcome, reply, became }) => [outcome, reply, became]),
      [
        ['reply', 'text', 'sent'],
        ['reply', 'text', 'sent'],
      ],
    )
    await wait(300)
    assert.equal(bot.pushes.length, 2)
  },
)

test(
  'F59: of two apps that both claim the passive reply the one with the higher priority answers, and the other is told',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const [first, second] = [await stage.attach('first', responder(10)), await stage.attach('second', responder(5))]
    const random = seededRandom(59)
    const races = proofSize('replyRaces')
    const claim = (appId: string, app: StubApp) => {
      app.behave = ({ push }) => {
        const next = say(`${appId} ${push.kind === 'text' ? push.content : ''}`)
        return { kind: 'after', ms: random.below(15), next }
      }
    }
    claim('first', first)
    claim('second', second)
    for (let race = 0; race < races; race += 1) {
      await stage.write(`${race}`)
      const held = await stage.conversationId()
      // Nobody holds it when the next race begins.
      await stage.submit({ type: 'session.close', actor: { kind: 'operator' }, conversationId: held })
    }
    assert.deepEqual(
      stage.phone(),
      Array.from({ length: races }, (_, race) => `first ${race}`),
    )
    const arbitrated = await stage.of('reply.arbitrated')
    assert.equal(arbitrated.length, races)
    for (const { facts } of arbitrated) assert.deepEqual(facts.winner, { kind: 'app', appId: 'first' })
    const told = await eventually(async () => {
      const asks = (await stage.deliveries('second')).filter(({ kind }) => kind === 'ask')
      return asks.length === races ? asks : null
    })
    for (const { outcome, became } of told) assert.deepEqual([outcome, became], ['reply', 'dropped'])
  },
)

test(
  'F58: an app that sleeps 0 to 10 s never keeps WeChat waiting for more than 3.5 s, and answers at most once',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const sleeper = await stage.attach('sleeper', responder(1))
    const sleeps = [0, 500, 1_500, 2_500, 2_900, 3_100, 4_000, 4_900, 6_000, 10_000]
    for (const [at, ms] of sleeps.entries()) {
      sleeper.behave = () => ({ kind: 'after', ms, next: say(`nach ${ms}`) })
      const before = stage.phone().length
      const tookMs = await timed(stage, `${at}`)
      assert.ok(tookMs <= 3_500, `${ms} ms of sleep: WeChat waited ${Math.round(tookMs)} ms`)
      assert.deepEqual(stage.phone().slice(before), ms < 2_950 ? [`nach ${ms}`] : [], `${ms}`)
      await stage
        .submit({ type: 'session.close', actor: { kind: 'operator' }, conversationId: await stage.conversationId() })
        .catch(() => {})
      if (ms > 3_000) await wait(6_000)
    }
    const rows = await stage.deliveries('sleeper')
    assert.deepEqual(rows.filter(({ became }) => became === 'sent').length, 5)
    const late = rows.filter(({ kind, became }) => kind === 'ask' && became === 'dropped')
    assert.equal(late.length, 3)
  },
)

const hostile: readonly (readonly [string, Behaviour])[] = [
  ['hangs', { kind: 'hang' }],
  ['answers garbage', { kind: 'body', body: '<<<' }],
  ['signs with a stolen token', { ...say('x'), signedWith: 'stolen' } as Behaviour],
  ['answers 2 MB', { kind: 'body', body: 'x'.repeat(2_000_000) }],
  ['fails', { kind: 'body', body: '', status: 500 }],
]

for (const [name, behaviour] of hostile) {
  test(
    `an app that ${name} does not delay one of higher right, and one of lower right answers within 3.5 s`,
    options,
    async () => {
      await using stage = await setAppStage(connection)
      const bad = await stage.attach('bad', responder(5))
      const good = await stage.attach('good', responder(10))
      bad.behave = () => behaviour
      good.behave = () => say('好')
      assert.ok((await timed(stage, '快')) < 1_000)
      await stage.submit({
        type: 'session.close',
        actor: { kind: 'operator' },
        conversationId: await stage.conversationId(),
      })
      await stage.change('good', { priority: 1 })
      assert.ok((await timed(stage, '慢')) <= 3_500)
      assert.deepEqual(stage.phone(), ['好', '好'])
    },
  )
}

test(
  'transfer_customer_service puts the customer into the queue or with the agent it names, and never reaches WeChat',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const bot = await stage.attach('bot', responder(1))
    const observer = await stage.attach('observer')
    await stage.submit({
      type: 'agent.set-status',
      actor: { kind: 'agent', agentId: 'lili' },
      agentId: 'lili',
      status: 'online',
      cause: 'chosen',
    })
    bot.behave = () => ({ kind: 'reply', reply: { type: 'transfer_customer_service', kfAccount: 'lili@acme' } })
    await stage.write('转人工')
    const [assigned] = await stage.of('session.assigned')
    assert.deepEqual(assigned?.facts.to, { kind: 'agent', agentId: 'lili' })
    assert.deepEqual(stage.phone(), [])
    await stage.write('有人吗')
    // The app goes on seeing everything, as one that does not answer.
    await eventually(() => (bot.pushes.length === 3 && observer.pushes.length === 3 ? true : null))
    assert.deepEqual(
      bot.pushes.map(({ role }) => role),
      ['responder', 'standby', 'standby'],
    )
    assert.equal((await stage.of('reply.arbitrated')).length, 1)
  },
)

test(
  'a late reply is sent as a customer message where its owner wants that, and dropped while an agent holds',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const bot = await stage.attach('bot', responder(1, { lateReplies: 'send' }))
    bot.behave = () => ({ kind: 'after', ms: 3_500, next: say('晚了') })
    await stage.write('一')
    assert.deepEqual(stage.phone(), [])
    // All were late, so it went to the humans, and waits: the app has no control.
    const late = await eventually(async () => (await stage.of('reply.came-late'))[0] ?? null)
    assert.deepEqual([late.facts.became, late.facts.reason], ['dropped', 'held_by_another'])
    await stage.submit({
      type: 'session.close',
      actor: { kind: 'operator' },
      conversationId: await stage.conversationId(),
    })
    await stage
      .submit({ type: 'session.close', actor: { kind: 'operator' }, conversationId: await stage.conversationId() })
      .catch(() => {})
    const row = (await stage.deliveries('bot')).find(({ kind }) => kind === 'ask')
    assert.deepEqual([row?.outcome, row?.became, row?.became_reason], ['reply', 'dropped', 'held_by_another'])
  },
)

test(
  'F26, F27: WeChat’s repetition of a push waits for the choice, on whichever server, and gets the same reply',
  options,
  async () => {
    await using stage = await setAppStage(connection, { servers: 2 })
    const bot = await stage.attach('bot', responder(1))
    bot.behave = () => ({ kind: 'after', ms: 600, next: say('一次') })
    stage.simulator.world.faults.add({ target: 'push', fault: { kind: 'duplicate', copies: 2, gapMs: 100 }, times: 1 })
    await stage.write('你好')
    await stage.simulator.idle()
    assert.deepEqual(stage.phone(), ['一次'])
    assert.equal(bot.pushes.length, 1)
    assert.equal((await stage.of('message.submitted')).length, 1)
    const answers = await repeatEverywhere(stage)
    for (const answer of answers) assert.match(answer, /<Encrypt>/)
    assert.equal(bot.pushes.length, 1)
  },
)

/** The same push once more, at each server. */
async function repeatEverywhere(stage: AppStage): Promise<string[]> {
  const { sealPush } = await import('@duoke/wechat')
  const settings = stage.simulator.world.account('shop')?.settings
  const [received] = await stage.of('message.received')
  assert.ok(settings && received?.personal?.raw !== undefined)
  const timestamp = Math.floor(Date.now() / 1000)
  const sealed = sealPush(settings, {
    ...{ document: received.personal.raw, format: 'xml', toUser: settings.originalId, openid: stage.openid },
    ...{ nonce: 'n', timestamp, random16: Buffer.alloc(16, 'x') },
  })
  const post = async (base: string) => {
    const url = `${base}/wechat/${stage.accountId}?${new URLSearchParams(sealed.query)}`
    return (await fetch(url, { method: 'POST', body: sealed.body })).text()
  }
  return Promise.all(stage.servers.map(({ url }) => post(url)))
}

test(
  'an app’s picture is the passive reply under WeChat’s own id, and stands in the record under ours',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const { id } = stage.simulator.world.media.add('shop', 'image', {
      ...{
        bytes: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
        contentType: 'image/png',
        extension: 'png',
        seconds: 0,
      },
    })
    const bot: StubApp = await stage.attach('bot', responder(1))
    bot.behave = () => ({ kind: 'reply', reply: { type: 'image', mediaId: id } })
    await stage.write('看图')
    assert.deepEqual(stage.phone(), ['image'])
    const [submitted] = await stage.of('message.submitted')
    assert.ok(submitted?.personal?.content.type === 'image')
    assert.notEqual(submitted.personal.content.mediaId, id)
  },
)
