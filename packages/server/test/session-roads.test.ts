// The life of a session from the phone and back, one road for each way that it can take: a whole server over HTTP, with
// the simulator as its WeChat. Sticky to the owner is in rules-road.test.ts,
// and what only supervisors do in supervision-road.test.ts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigurationDocument, RulesDocument } from '@duoke/contract'
import { say, startStubApp } from '../src/channel/testing/stub-app.ts'
import { type Json, startTestApp } from './support/app.ts'
import { minute, setRoad, setTimedRoad } from './support/road-stage.ts'

const options = { timeout: 120_000 }
/** A Monday, eight in the morning in Shanghai. */
const monday = '2026-03-02T08:00:00+08:00'

type Agent = NonNullable<ConfigurationDocument['agents']>[number]
const agent = (id: string, more: Partial<Agent> = {}): Agent => ({ id, nickname: id, capacity: 1, ...more })
const teams = [
  { id: 'presale', name: '售前' },
  { id: 'aftersale', name: '售后' },
]
type Then = RulesDocument['rules'][number]['then']
const everybody = (then: Then): RulesDocument => ({ version: 1, rules: [{ id: 'all', when: 'true', then }] })

test(
  'sticky: who comes back gets the last agent, is kept for them a while, and then gets anybody',
  options,
  async () => {
    await using road = await setTimedRoad(monday, { people: { agents: [agent('ann'), agent('bob')] } })
    await road.publish(everybody({ sticky: { to: 'last-agent', forMs: 2 * minute } }))
    const [bob] = await road.online('bob')
    assert.ok(bob)
    const chen = await road.says('chen', '你好')
    assert.equal(await road.holder(chen), 'agent:bob')
    await road.online('ann')
    await road.pass(minute)
    await bob(`conversations/${chen}/close`, {})
    await road.says('chen', '还有一个问题')
    assert.equal(await road.holder(chen), 'agent:bob', 'Ann has been idle for longer')
    await bob(`conversations/${chen}/close`, {})

    const li = await road.says('li', '在吗')
    assert.equal(await road.holder(li), 'agent:ann', 'nobody served Li before')
    assert.equal(await road.holder(await road.says('wu', '在吗')), 'agent:bob')
    await road.admin(`conversations/${li}/close`, {})
    await road.says('chen', '我又来了')
    assert.equal(await road.holder(chen), 'queue', 'Ann is free, and it is kept for Bob')
    await road.pass(2 * minute)
    assert.equal(await road.holder(chen), 'agent:ann')
    const why = await road.decision(chen)
    assert.deepEqual([why.ruleId, why.waitedMs, why.winner.agentId], ['all', 2 * minute, 'ann'])
  },
)

test('skills: who asks in English waits for the one who speaks it, until the rule asks for less', options, async () => {
  const people = { agents: [agent('ann', { capacity: 5 }), agent('bob', { skills: { english: 3 } })] }
  await using road = await setTimedRoad(monday, { people })
  const skills = [{ skill: 'english', level: 2, relaxAfterMs: 5 * minute }]
  await road.publish({
    version: 1,
    rules: [
      { id: 'english', when: "message.text.contains('hello')", then: { skills, waitingReply: 'One moment, please' } },
      { id: 'all', when: 'true', then: {} },
    ],
  })
  const [ann, bob] = await road.online('ann', 'bob')
  assert.ok(ann && bob)
  const first = await road.says('chen', 'hello')
  assert.equal(await road.holder(first), 'agent:bob')
  const second = await road.says('li', 'hello?')
  await road.shows('li', ['One moment, please'])
  assert.equal(await road.holder(second), 'queue', 'Ann has room, and no English')
  assert.equal(await road.holder(await road.says('wu', '在吗')), 'agent:ann')
  await road.pass(5 * minute)
  assert.equal(await road.holder(second), 'agent:ann')
  await ann(`conversations/${second}/messages`, { type: 'text', text: '您好' })
  await road.shows('li', ['One moment, please', '您好'])
  const why = await road.decision(second)
  assert.deepEqual([why.ruleId, why.waitedMs, why.winner.agentId], ['english', 5 * minute, 'ann'])
})

test('overflow: another team serves too after a while, and then a message is left', options, async () => {
  const people = { teams, agents: [agent('ann', { teams: ['presale'] }), agent('bob', { teams: ['aftersale'] })] }
  await using road = await setTimedRoad(monday, { people })
  const reply = '请留言，我们会尽快回复'
  await road.publish(
    everybody({
      team: 'presale',
      overflow: [
        { afterMs: 2 * minute, team: 'aftersale' },
        { afterMs: 10 * minute, messageBox: true },
      ],
      messageBox: { reply },
    }),
  )
  const [ann] = await road.online('ann', 'bob')
  assert.ok(ann)
  assert.equal(await road.holder(await road.says('chen', '在吗')), 'agent:ann')
  const second = await road.says('li', '在吗')
  assert.equal(await road.holder(second), 'queue', 'Bob is of another team')
  await road.pass(2 * minute - 1_000)
  assert.equal(await road.holder(second), 'queue')
  await road.pass(1_000)
  assert.equal(await road.holder(second), 'agent:bob')

  const third = await road.says('wu', '在吗')
  await road.pass(2 * minute)
  assert.equal(await road.holder(third), 'queue', 'both teams are full')
  await road.pass(8 * minute)
  assert.equal(await road.holder(third), 'nobody')
  await road.shows('wu', [reply])
  const { body: left } = await ann('messages-left')
  assert.deepEqual(
    left.items.map(({ id, messageLeft }: Json) => [id, messageLeft.cause]),
    [[third, 'waited']],
  )
})

test(
  'hours: who writes before they begin leaves a message, is told once, and is served when they begin',
  options,
  async () => {
    const people = { teams, agents: [agent('ann', { teams: ['presale'], capacity: 5 })] }
    await using road = await setTimedRoad(monday, { people })
    const reply = '服务时间 9:00-18:00，请留言'
    await road.publish({
      ...everybody({ team: 'presale', messageBox: { reply } }),
      hours: { office: { weekly: { mon: ['09:00-18:00'] } } },
      teams: { presale: { hours: 'office' } },
    })
    const [ann] = await road.online('ann')
    assert.ok(ann)
    const chen = await road.says('chen', '在吗')
    await road.says('chen', '有人吗')
    await road.shows('chen', [reply])
    assert.equal(await road.holder(chen), 'nobody')
    await road.pass(60 * minute)
    assert.equal(await road.holder(chen), 'agent:ann')
    await ann(`conversations/${chen}/messages`, { type: 'text', text: '早上好' })
    await road.shows('chen', [reply, '早上好'])
    await ann(`conversations/${chen}/close`, {})
    await road.pass(9 * 60 * minute)
    await road.says('chen', '还在吗')
    assert.equal(await road.holder(chen), 'nobody', 'at six they are over')
    await road.shows('chen', [reply, '早上好', reply])
  },
)

test(
  'offer timeouts: who does not answer is set away, the next is asked, and the phone sees one answer',
  options,
  async () => {
    await using road = await setTimedRoad(monday, { people: { agents: [agent('ann'), agent('bob')] } })
    await road.configure({ sessions: { offerForMs: 30_000 } })
    const [ann, bob] = await road.online('ann', 'bob')
    assert.ok(ann && bob)
    const chen = await road.says('chen', '在吗')
    const offered = async () => (await road.admin(`conversations/${chen}`)).body.offer?.agentId
    assert.deepEqual([await road.holder(chen), await offered()], ['queue', 'ann'])
    await road.pass(29_000)
    assert.equal(await offered(), 'ann')
    await road.pass(1_000)
    assert.equal(await offered(), 'bob')
    assert.equal((await bob('agents/ann')).body.status, 'away')
    const late = await ann(`conversations/${chen}/accept`, {})
    assert.deepEqual([late.status, late.body.code], [409, 'offered_to_another'])
    assert.equal((await bob(`conversations/${chen}/accept`, {})).body.assignee, 'bob')
    await bob(`conversations/${chen}/messages`, { type: 'text', text: '您好，我是小波' })
    await road.shows('chen', ['您好，我是小波'])
    await road.pass(minute)
    assert.equal(await road.holder(chen), 'agent:bob', 'no timer of an offer is left')
  },
)

test(
  'park: what waits for the customer frees the place, and comes back with the words from the phone',
  options,
  async () => {
    await using road = await setTimedRoad(monday, { people: { agents: [agent('ann')] } })
    const [ann] = await road.online('ann')
    assert.ok(ann)
    const chen = await road.says('chen', '坏了')
    const li = await road.says('li', '在吗')
    assert.deepEqual([await road.holder(chen), await road.holder(li)], ['agent:ann', 'queue'])
    await ann(`conversations/${chen}/messages`, { type: 'text', text: '请拍一张照片' })
    await road.shows('chen', ['请拍一张照片'])
    const parked = await ann(`conversations/${chen}/park`, { note: '等照片' })
    assert.deepEqual([parked.status, parked.body.parked.until], [200, null])
    assert.equal(await road.holder(li), 'agent:ann', 'who waited has the place')
    await road.pass(60 * minute)
    assert.equal((await ann(`conversations/${chen}`)).body.parked.until, null, 'time alone brings nothing back')
    await ann(`conversations/${li}/close`, {})
    await road.says('chen', '拍好了')
    const back = await ann(`conversations/${chen}`)
    assert.deepEqual([back.body.assignee, back.body.parked], ['ann', null])
    await ann(`conversations/${chen}/messages`, { type: 'text', text: '收到' })
    await road.shows('chen', ['请拍一张照片', '收到'])
    const [resumed] = await road.of(chen, 'session.resumed')
    assert.equal(resumed.facts.cause, 'customer')
  },
)

test(
  'snooze: what is set aside until a time comes back at that time, not before, and can be answered',
  options,
  async () => {
    await using road = await setTimedRoad(monday, { people: { agents: [agent('ann')] } })
    const [ann] = await road.online('ann')
    assert.ok(ann)
    const chen = await road.says('chen', '下午再联系我')
    const until = new Date(road.clock.nowMs() + 120 * minute).toISOString()
    assert.equal((await ann(`conversations/${chen}/park`, { until })).body.parked.until, until)
    const load = async () => (await ann('agents/ann')).body.load
    assert.equal(await load(), 0)
    await road.pass(119 * minute)
    assert.equal((await ann(`conversations/${chen}`)).body.parked.until, until)
    await road.pass(minute)
    assert.deepEqual([(await ann(`conversations/${chen}`)).body.parked, await load()], [null, 1])
    const [resumed] = await road.of(chen, 'session.resumed')
    assert.deepEqual([resumed.facts.cause, resumed.at], ['time', until])
    await ann(`conversations/${chen}/messages`, { type: 'text', text: '下午好' })
    await road.shows('chen', ['下午好'])
  },
)

test(
  'reopen: within its time a closed matter goes on with its agent; later, or by hand, it is another session',
  options,
  async () => {
    await using road = await setTimedRoad(monday, { people: { agents: [agent('ann'), agent('bob')] } })
    await road.configure({ sessions: { reopenWithinMs: 10 * minute } })
    const [bob] = await road.online('bob')
    assert.ok(bob)
    const chen = await road.says('chen', '你好')
    const [ann] = await road.online('ann')
    assert.ok(ann)
    await road.pass(minute)
    await bob(`conversations/${chen}/close`, {})
    await road.pass(9 * minute)
    await road.says('chen', '还有一个问题')
    assert.equal(await road.holder(chen), 'agent:bob', 'Ann has been idle for longer')
    await bob(`conversations/${chen}/close`, {})
    await road.pass(11 * minute)
    await road.says('chen', '新的问题')
    assert.equal(await road.holder(chen), 'agent:ann', 'by the rule')
    await ann(`conversations/${chen}/close`, {})
    const reopened = await bob(`conversations/${chen}/reopen`, {})
    assert.deepEqual([reopened.status, reopened.body.assignee], [200, 'bob'])
    await bob(`conversations/${chen}/messages`, { type: 'text', text: '忘了告诉您' })
    await road.shows('chen', ['忘了告诉您'])
    const opened = await road.of(chen, 'session.opened')
    const ids = opened.map(({ facts }) => facts.sessionId)
    assert.deepEqual(
      opened.map(({ facts }) => facts.reopens ?? null),
      [null, ids[0], null, ids[2]],
    )
  },
)

test(
  'bot first: a rule gives it to an app, which answers, hands it to people, and has it again from them',
  options,
  async () => {
    await using bot = await startStubApp()
    await using server = await startTestApp({ egressAllow: '127.0.0.0/8' })
    await using road = await setRoad({ test: server, people: { agents: [agent('ann')] }, apps: [] })
    const { wechatAppId, token, encodingAesKey } = bot.settings
    const push = { url: bot.url, token, encodingAesKey }
    // It answers only what it was given; on a busy machine an answer that came late counts as well.
    const attachment = { appId: wechatAppId, appSecret: 's'.repeat(32), role: 'responder', when: 'false' }
    const scopes = ['conversations:read', 'messages:read', 'messages:send', 'sessions:manage', 'events:read']
    const accounts = [{ account: road.accountId, ...attachment, lateReplies: 'send', push }]
    const put = await road.admin('apps/bot', { name: '小助手', scopes, accounts }, 'PUT')
    assert.equal(put.status, 200, JSON.stringify(put.body))
    await road.publish(everybody({ app: 'bot' }))
    const own = await road.as({ app: 'bot' })
    const [ann] = await road.online('ann')
    assert.ok(ann)

    const chen = await road.says('chen', '在吗')
    assert.equal(await road.holder(chen), 'app:bot', 'though Ann is free')
    assert.equal((await road.decision(chen)).ruleId, 'all')
    await own(`conversations/${chen}/messages`, { type: 'text', text: '您好，我是小助手' })
    await road.shows('chen', ['您好，我是小助手'])
    bot.behave = ({ push }) => (push.kind === 'text' ? say(`收到：${push.content}`) : { kind: 'acknowledge' })
    await road.says('chen', '订单到哪了')
    await road.shows('chen', ['您好，我是小助手', '收到：订单到哪了'])

    const handOver = { note: '客户要人工', summary: '询问订单进度' }
    const passed = await own(`conversations/${chen}/control`, { action: 'pass', to: { queue: true }, ...handOver })
    assert.deepEqual([passed.status, passed.body.holder.kind, passed.body.assignee], [200, 'agent', 'ann'])
    const refused = await own(`conversations/${chen}/messages`, { type: 'text', text: '还有我' })
    assert.deepEqual([refused.status, refused.body.code], [409, 'held_by_another'])
    const handed = (await road.of(chen, 'session.assigned')).at(-1)
    assert.deepEqual([handed.actor, handed.personal], [{ kind: 'app', appId: 'bot' }, handOver])
    await road.says('chen', '你是人工吗')
    await ann(`conversations/${chen}/messages`, { type: 'text', text: '是的，已发货' })
    const soFar = ['您好，我是小助手', '收到：订单到哪了', '是的，已发货']
    await road.shows('chen', soFar)

    const back = await ann(`conversations/${chen}/transfer`, { to: { appId: 'bot' } })
    assert.deepEqual([back.status, back.body.holder.appId], [200, 'bot'])
    await road.says('chen', '谢谢')
    await road.shows('chen', [...soFar, '收到：谢谢'])
    assert.equal(await road.holder(chen), 'app:bot')
  },
)
