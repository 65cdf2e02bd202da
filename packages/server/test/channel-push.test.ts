import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import type { KeywordRule } from '@duoke/contract'
import { ManualClock } from '@duoke/simulator'
import { sealPush } from '@duoke/wechat'
import { eventually, type Stage, setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 30_000 }

test('F26: a push that WeChat repeats is one message, whichever server it reaches', options, async () => {
  await using stage = await setStage(connection, { servers: 2 })
  stage.simulator.world.faults.add({ target: 'push', fault: { kind: 'duplicate', copies: 2, gapMs: 10 }, times: 1 })
  await stage.write('你好')
  await stage.simulator.idle()
  assert.equal((await stage.of('message.received')).length, 1)
  assert.deepEqual(stage.server.outcomes, ['taken', 'repeated', 'repeated'])
})

test('F01, F26: a push whose answer was lost comes again and is recognised', options, async () => {
  const clock = new ManualClock(Date.now())
  await using stage = await setStage(connection, { clock, account: { keywordReplies: [keyword] } })
  stage.simulator.world.faults.add({ target: 'push', fault: { kind: 'cut' }, times: 1 })
  const written = stage.write('价格')
  const [push] = stage.simulator.world.journal.pushes('shop')
  await eventually(() => (push?.attempts.length === 1 ? true : null))
  // WeChat's next try: one time-out after the first.
  await clock.advance(5_000)
  await written
  assert.deepEqual(stage.server.outcomes, ['taken', 'repeated'])
  assert.equal((await stage.of('message.received')).length, 1)
  assert.deepEqual(stage.phone(), ['价目表'])
})
const keyword: KeywordRule = { match: 'equals', keywords: ['价格'], reply: '价目表' }

test('F27: the same push at two servers at the same instant is taken once', options, async () => {
  await using stage = await setStage(connection, { servers: 3 })
  const request = sealedPush(stage)
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      fetch(request(stage.servers[i % 3]?.url ?? ''), { method: 'POST', body: request.body }),
    ),
  )
  for (const answer of answers) assert.equal(await answer.text(), 'success')
  assert.equal((await stage.of('message.received')).length, 1)
  const outcomes = stage.servers.flatMap((server) => server.outcomes)
  assert.equal(outcomes.filter((outcome) => outcome === 'taken').length, 1)
})

test('a greeting is the passive reply to a follow, logged with an outcome nobody can know', options, async () => {
  await using stage = await setStage(connection, { account: { greeting: '欢迎关注' } })
  const acted = stage.simulator.act('shop', 'wang', { type: 'unfollow' })
  assert.ok(acted.kind === 'acted')
  await acted.done
  const followed = stage.simulator.act('shop', 'wang', { type: 'follow' })
  assert.ok(followed.kind === 'acted')
  await followed.done
  assert.deepEqual(stage.phone(), ['欢迎关注'])
  const [settled] = await stage.of('delivery.settled')
  assert.equal(settled?.facts.outcome, 'unknown')
  assert.equal((await stage.of('customer.followed')).length, 1)
})

test('F29: messages keep the order in which they arrived, and each keeps its own time', options, async () => {
  await using stage = await setStage(connection)
  stage.simulator.world.faults.add({ target: 'push', fault: { kind: 'reorder' }, times: 1 })
  const first = stage.simulator.act('shop', 'wang', { type: 'text', text: '一' })
  const second = stage.simulator.act('shop', 'wang', { type: 'text', text: '二' })
  assert.ok(first.kind === 'acted' && second.kind === 'acted')
  await Promise.all([first.done, second.done])
  const texts = (await stage.of('message.received')).map(({ personal }) =>
    personal?.content.type === 'text' ? personal.content.text : '',
  )
  assert.deepEqual(texts, ['二', '一'])
})

test(
  'F42: token and key are rotated while pushes arrive at two servers, and no genuine one is refused',
  options,
  async () => {
    await using stage = await setStage(connection, { servers: 2 })
    const world = stage.simulator.world
    let rotated = 0
    for (let round = 0; round < 30; round += 1) {
      if (round % 10 === 5) {
        rotated += 1
        const secrets = { token: `rotated${rotated}`, encodingAesKey: 'BCD'.charAt(rotated - 1).repeat(43) }
        await stage.configure({}, secrets)
        // The other end is changed a little later, and until then its pushes are of the old kind.
        await stage.write('still as before')
        const settings = world.account('shop')?.settings
        assert.ok(settings)
        world.putAccount({
          ...settings,
          ...secrets,
          pushUrl: `${stage.servers[rotated % 2]?.url}/wechat/${stage.accountId}`,
        })
      }
      await stage.write(`message ${round}`)
    }
    const refused = stage.servers
      .flatMap((server) => server.outcomes)
      .filter((outcome) => outcome.startsWith('refused'))
    assert.deepEqual(refused, [])
    assert.equal((await stage.of('message.received')).length, 33)
  },
)

test('F43: a kind nobody knows is logged with its raw push', options, async () => {
  await using stage = await setStage(connection)
  const acted = stage.simulator.act('shop', 'wang', { type: 'raw', fields: { MsgType: 'hologram', Beam: 'blue' } })
  assert.ok(acted.kind === 'acted')
  await acted.done
  const [received] = await stage.of('message.received')
  assert.deepEqual(received?.personal?.content, { type: 'unknown', name: 'hologram' })
  assert.match(received?.personal?.raw ?? '', /blue/)
})

test(
  'F30: an account that is silent for longer than configured is reported once, and again when heard',
  options,
  async () => {
    const clock = new ManualClock(Date.now())
    await using stage = await setStage(connection, { servers: 2, isDriven: true, clock, nowMs: () => clock.nowMs() })
    await stage.write('你好')
    const check = () => Promise.all(stage.servers.map((server) => server.channel.silence.check()))
    await check()
    await clock.advance(59 * 60_000)
    await check()
    assert.deepEqual(await stage.of('account.silenced'), [])
    await clock.advance(2 * 60_000)
    for (let i = 0; i < 3; i += 1) await check()
    const silenced = await stage.of('account.silenced')
    assert.equal(silenced.length, 1)
    assert.ok(silenced[0]?.facts.lastPushAt)
    await stage.write('在吗')
    await check()
    assert.equal((await stage.of('account.heard')).length, 1)
    assert.equal((await stage.of('account.silenced')).length, 1)
  },
)

test('F40: a genuine push replayed a day later is refused, and within minutes it is recognised', options, async () => {
  const clock = { now: Date.now() }
  await using stage = await setStage(connection, { nowMs: () => clock.now, isDriven: true })
  const request = sealedPush(stage, clock.now)
  const post = async () => (await fetch(request(stage.server.url), { method: 'POST', body: request.body })).status
  assert.equal(await post(), 200)
  clock.now += 5 * 60_000
  assert.equal(await post(), 200)
  clock.now += 24 * 3_600_000
  assert.equal(await post(), 403)
  assert.equal((await stage.of('message.received')).length, 1)
})

function sealedPush(stage: Stage, nowMs = Date.now()) {
  const settings = stage.simulator.world.account('shop')?.settings
  assert.ok(settings)
  const seconds = Math.floor(nowMs / 1000)
  const document = `<xml><ToUserName>${settings.originalId}</ToUserName><FromUserName>${stage.openid}</FromUserName><CreateTime>${seconds}</CreateTime><MsgType>text</MsgType><Content>once</Content><MsgId>77</MsgId></xml>`
  const input = { document, format: 'xml', toUser: settings.originalId, openid: stage.openid, nonce: 'n' } as const
  const sealed = sealPush(settings, { ...input, timestamp: seconds, random16: randomBytes(16) })
  const url = (base: string) => `${base}/wechat/${stage.accountId}?${new URLSearchParams(sealed.query)}`
  return Object.assign(url, { body: sealed.body })
}

test(
  'a remark written in WeChat’s console before is read once, and a customer without one costs no event',
  options,
  async () => {
    await using stage = await setStage(connection)
    const follower = stage.simulator.world.follower('shop', 'wang')
    assert.ok(follower)
    follower.remark = '老王'
    await stage.write('你好')
    const [changed] = await eventually(async () => {
      const found = await stage.of('customer.changed')
      return found.length === 0 ? null : found
    })
    assert.equal(changed?.personal?.profile['remark'], '老王')
    await stage.crowd(2)
    await eventually(() => (stage.calls('/cgi-bin/user/info') === 3 ? true : null))
    assert.equal((await stage.of('customer.changed')).length, 1)
  },
)
