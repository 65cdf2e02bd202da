// What a supervisor does beside a session, and what of it reaches whom: the agent, and never the follower's phone unless
// it is meant for it. A whole server over HTTP, with the simulator as its WeChat.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from './support/app.ts'
import { minute, setTimedRoad, type TimedRoad } from './support/road-stage.ts'
import { openStream } from './support/stream.ts'

const options = { timeout: 120_000 }
const people = {
  agents: [
    { id: 'ann', nickname: '安安', capacity: 1 },
    { id: 'bob', nickname: '小波', capacity: 1 },
    { id: 'sue', nickname: '苏苏', capacity: 5, role: 'supervisor' as const },
  ],
}

/** Ann serves the follower chen and Bob li; sue, a supervisor, is not online. */
async function supervised() {
  const road = await setTimedRoad('2026-03-02T10:00:00+08:00', { people })
  const [ann, bob] = await road.online('ann', 'bob')
  assert.ok(ann && bob)
  const sue = await road.as('sue')
  const [chen, li] = [await road.says('chen', '我要投诉'), await road.says('li', '在吗')]
  assert.deepEqual([await road.holder(chen), await road.holder(li)], ['agent:ann', 'agent:bob'])
  const act = async (call: typeof sue, path: string, body: Json = {}, method?: string) => {
    const answer = await call(path, body, method)
    assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const write = (call: typeof sue, text: string) => act(call, `conversations/${chen}/messages`, { type: 'text', text })
  return { road, ann, bob, sue, chen, li, act, write }
}

/** How often WeChat was asked to tell anybody anything. */
const sends = (road: TimedRoad) => road.calls('/cgi-bin/message/custom/send')

test(
  'watch, a raised hand and whispers reach the agent alone; who joins is heard by the customer as well',
  options,
  async () => {
    const { road, ann, sue, chen, act, write } = await supervised()
    await using _ = road
    await using desk = await openStream(road.test.url, { token: await road.signIn('ann') })
    await desk.frame(({ type }) => type === 'list', 60_000)

    await act(sue, `conversations/${chen}/watch`)
    const raised = await act(ann, `conversations/${chen}/hand`, { reason: 'angry', note: '快来' })
    assert.deepEqual([raised.hand.agentId, raised.hand.reason], ['ann', 'angry'])
    const listed = (await sue('conversations?status=open')).body.items.find(({ id }: Json) => id === chen)
    assert.equal(listed.hand.agentId, 'ann')
    assert.equal((await act(sue, `conversations/${chen}/hand/answer`, { text: '我来看看' })).hand, undefined)
    await act(sue, `conversations/${chen}/whispers`, { text: '先道歉，再退款' })
    for (const text of ['我来看看', '先道歉，再退款']) {
      await desk.frame(({ event }) => event?.type === 'session.whispered' && event.personal.text === text, 60_000)
    }
    const types = async (call: typeof sue): Promise<string[]> =>
      (await call(`events?conversation=${chen}&limit=200`)).body.items.map(({ type }: Json) => type)
    assert.ok((await types(sue)).includes('session.watched'))
    assert.ok(!(await types(ann)).includes('session.watched'))
    assert.ok(!desk.events.some(({ type }) => type === 'session.watched'))

    await write(ann, '非常抱歉，马上为您退款')
    await road.shows('chen', ['非常抱歉，马上为您退款'])
    const joined = await act(sue, `conversations/${chen}/join`)
    assert.deepEqual([joined.assignee, joined.joinedBy], ['ann', [{ agentId: 'sue', mayWrite: true }]])
    await write(sue, '我是主管，已加急')
    await write(ann, '请您稍等')
    const heard = ['非常抱歉，马上为您退款', '我是主管，已加急', '请您稍等']
    await road.shows('chen', heard)
    assert.equal((await act(sue, `conversations/${chen}/leave`)).joinedBy, undefined)
    await act(sue, `conversations/${chen}/whispers`, { text: '做得好' })
    await road.pass(minute)
    await write(ann, '退款已到账')
    await road.shows('chen', [...heard, '退款已到账'])
    await road.shows('li', [])
    assert.equal(sends(road), 4, 'nothing else left for WeChat')
  },
)

test(
  'a conversation is taken over, and given by force beyond capacity; the phone hears whoever holds it, and only them',
  options,
  async () => {
    const { road, ann, bob, sue, chen, act, write } = await supervised()
    await using _ = road
    await road.online('sue')
    const taken = await act(sue, `conversations/${chen}/take-over`, { reason: 'complaint', note: '客户投诉' })
    assert.equal(taken.assignee, 'sue')
    const refused = await ann(`conversations/${chen}/messages`, { type: 'text', text: '还有我' })
    assert.deepEqual([refused.status, refused.body.code], [409, 'held_by_another'])
    assert.equal((await ann('agents/ann')).body.load, 0)
    await road.says('chen', '有人吗')
    await write(sue, '我是主管')
    await road.shows('chen', ['我是主管'])

    const full = await sue(`conversations/${chen}/force-transfer`, { to: { agentId: 'bob' } })
    assert.deepEqual([full.status, full.body.code], [409, 'capacity_reached'])
    const over = { to: { agentId: 'bob' }, overCapacity: true, reason: 'expert', note: '他懂这个' }
    assert.equal((await act(sue, `conversations/${chen}/force-transfer`, over)).assignee, 'bob')
    assert.equal((await bob('agents/bob')).body.load, 2)
    const last = (await road.of(chen, 'session.assigned')).at(-1)
    assert.deepEqual([last.facts.overCapacity, last.facts.reason, last.actor.agentId], [true, 'expert', 'sue'])
    await write(bob, '我是小波')
    await road.shows('chen', ['我是主管', '我是小波'])
    await road.shows('li', [])
  },
)

test(
  "a supervisor changes an agent's capacity for a while, and the status: who waits on the phone is served by it",
  options,
  async () => {
    const { road, ann, sue, li, act } = await supervised()
    await using _ = road
    const wu = await road.says('wu', '在吗')
    assert.equal(await road.holder(wu), 'queue')
    const more = await act(sue, 'agents/ann/capacity', { capacity: 2, ttlMs: 10 * minute, reason: 'rush' }, 'PUT')
    assert.deepEqual([more.capacity, more.temporaryCapacity.capacity], [1, 2])
    assert.equal(await road.holder(wu), 'agent:ann')
    await act(ann, `conversations/${wu}/messages`, { type: 'text', text: '在的' })
    await road.shows('wu', ['在的'])
    await road.pass(10 * minute)
    const after = (await ann('agents/ann')).body
    assert.deepEqual([after.temporaryCapacity, after.load], [undefined, 2], 'what one has one keeps')
    await act(ann, `conversations/${wu}/close`)
    const zhao = await road.says('zhao', '在吗')
    assert.equal(await road.holder(zhao), 'queue', 'one is her capacity again')

    await act(sue, 'agents/bob/status', { status: 'away', reason: 'lunch' }, 'PUT')
    await act(road.admin, `conversations/${li}/close`)
    assert.equal(await road.holder(zhao), 'queue', 'Bob has room, and is away')
    assert.equal((await act(sue, 'agents/bob/status', { status: 'online' }, 'PUT')).status, 'online')
    assert.equal(await road.holder(zhao), 'agent:bob')
    for (const path of ['agents/sue/status', 'agents/bob/capacity']) {
      assert.equal((await ann(path, { status: 'away', capacity: 1 }, 'PUT')).status, 403, path)
    }
    assert.equal(sends(road), 1, 'no customer is told of any of it')
  },
)
