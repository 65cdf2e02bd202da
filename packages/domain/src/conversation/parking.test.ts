import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings } from '@duoke/contract'
import { loadOf } from '../organization/load.ts'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { agent, app, settings } from '../testing/world.ts'

const minute = 60_000

/** Ann has room for one and serves it. */
function serving() {
  const desk = createDesk({
    agents: [agent('ann', { capacity: 1 }), agent('bob', { capacity: 1 })],
    apps: [app('bot')],
  })
  desk.status('ann', 'online')
  return { desk, held: desk.says('o1') }
}
const park = (conversationId: string, untilMs?: number, actor = byAgent('ann')) =>
  ({ type: 'session.park', actor, conversationId, ...(untilMs !== undefined && { untilMs }) }) as const
const resume = (conversationId: string) => ({ type: 'session.resume', actor: byAgent('ann'), conversationId }) as const
const load = (desk: Desk, agentId = 'ann') => {
  const one = desk.state.agents.get(agentId)
  return one === undefined ? Number.NaN : loadOf(one)
}
const refusalOf = (desk: Desk, command: Parameters<Desk['run']>[0]) => {
  const decision = desk.run(command)
  return decision.accepted ? 'accepted' : decision.code
}

describe('parking', () => {
  test('keeps the holder, frees the capacity for who waits, and stops the idle clock', () => {
    const { desk, held } = serving()
    const waiting = desk.says('o2')
    const { events } = desk.must({ ...park(held), handOver: { note: '等客户拍照' } })
    assert.deepEqual(desk.types(events), ['session.parked', 'session.assigned'])
    assert.deepEqual([held, waiting].map(desk.holder), ['agent:ann', 'agent:ann'])
    assert.equal(load(desk), 1)
    assert.equal(desk.timers.has(`idle:${held}`), false)
    assert.ok(desk.answers('ann', held).accepted, 'one may write to whom one has set aside')
  })

  test("ends with the customer's message: the same agent goes on if there is room", () => {
    const { desk, held } = serving()
    desk.must(park(held))
    assert.equal(load(desk), 0)
    desk.says('o1', '拍好了')
    assert.equal(desk.conversation(held).parked, null)
    assert.deepEqual([desk.holder(held), load(desk)], ['agent:ann', 1])
    assert.ok(desk.timers.has(`idle:${held}`))
  })

  test('ends in the queue if there is none, ahead of all who came later, and the customer waits from now on', () => {
    const { desk, held } = serving()
    desk.nowMs += minute
    const second = desk.says('o2')
    const third = desk.says('o3')
    desk.must(park(held))
    desk.nowMs += minute
    desk.says('o1', '拍好了')
    assert.deepEqual([held, second, third].map(desk.holder), ['queue', 'agent:ann', 'queue'])
    const { holder } = desk.conversation(held)
    assert.equal(holder.kind === 'queue' && Date.parse(holder.since), desk.nowMs)
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: second })
    assert.deepEqual([held, third].map(desk.holder), ['agent:ann', 'queue'])
  })

  test('ends with a colleague who is free when its agent is not', () => {
    const { desk, held } = serving()
    desk.must(park(held))
    desk.status('ann', 'offline')
    assert.equal(desk.holder(held), 'agent:ann', 'who goes home keeps it')
    desk.status('bob', 'online')
    desk.says('o1', '拍好了')
    assert.equal(desk.holder(held), 'agent:bob')
  })

  test('until a time ends then, not before, and with the earlier of the two', () => {
    const { desk, held } = serving()
    const untilMs = desk.nowMs + 30 * minute
    desk.must(park(held, untilMs))
    assert.equal(desk.timers.get(`snooze:${held}`)?.dueMs, untilMs)
    const ring = () => desk.must({ type: 'timer.fire', timer: { kind: 'snooze', conversationId: held } })
    desk.nowMs = untilMs - 1
    assert.deepEqual(ring().events, [])
    desk.nowMs = untilMs
    const { events } = ring()
    assert.equal(events[0]?.type === 'session.resumed' && events[0].facts.cause, 'time')
    desk.must(park(held, desk.nowMs + minute))
    desk.says('o1')
    assert.equal(desk.timers.has(`snooze:${held}`), false)
    assert.deepEqual(ring().events, [])
  })

  test('is ended by its agent while there is room, and changes its time when it is done again', () => {
    const { desk, held } = serving()
    desk.must(park(held))
    desk.must(park(held, desk.nowMs + minute))
    assert.ok(desk.timers.has(`snooze:${held}`))
    assert.deepEqual(desk.types(desk.must(resume(held)).events), ['session.resumed'])
    assert.equal(desk.timers.has(`snooze:${held}`), false)
    assert.deepEqual(desk.must(resume(held)).events, [], 'again changes nothing')
    desk.must(park(held))
    desk.says('o2')
    assert.equal(refusalOf(desk, resume(held)), 'capacity_reached')
    desk.status('ann', 'away')
    assert.equal(refusalOf(desk, resume(held)), 'agent_offline')
  })

  test('ends with the session, a transfer and an agent who will not come back, and leaves no timer', () => {
    const ends: ((desk: Desk, id: string) => unknown)[] = [
      (desk, conversationId) => desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId }),
      (desk) => desk.does('o1', 'unfollow'),
      (desk, conversationId) =>
        desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { queue: true } }),
      (desk) => desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { disabled: true } }),
    ]
    for (const step of ends) {
      const { desk, held } = serving()
      desk.must(park(held, desk.nowMs + minute))
      step(desk, held)
      assert.equal(desk.conversation(held).parked, null)
      assert.deepEqual(desk.state.agents.get('ann')?.parked, [])
      assert.equal(desk.timers.has(`snooze:${held}`), false)
    }
  })

  test('is refused to others, for the past, and of what no agent holds', () => {
    const { desk, held } = serving()
    assert.equal(refusalOf(desk, park(held, undefined, byAgent('bob'))), 'held_by_another')
    assert.equal(refusalOf(desk, park(held, desk.nowMs)), 'invalid_request')
    assert.equal(refusalOf(desk, park('nothing')), 'not_found')
    assert.equal(refusalOf(desk, park(desk.says('o2'))), 'not_held')
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId: held, to: { queue: true } })
    desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId: held })
    assert.equal(refusalOf(desk, park(held, undefined, byApp('bot'))), 'not_held')
    desk.must({ type: 'session.close', actor: operator, conversationId: held })
    assert.equal(refusalOf(desk, resume(held)), 'already_closed')
  })
})

test('a transfer and a parking carry their reason; agents give one where it is needed, programs need not', () => {
  const reasons = [{ code: 'refund', label: '退款', for: ['transfer' as const, 'park' as const] }]
  const sessions = { ...defaultSessionSettings, reasons, reasonNeededFor: ['transfer' as const] }
  const desk = createDesk({ organization: { ...settings, sessions }, apps: [app('bot')] })
  desk.status('ann', 'online')
  const conversationId = desk.says('o1')
  const to = { type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { queue: true } } as const
  assert.equal(refusalOf(desk, to), 'reason_needed')
  assert.equal(refusalOf(desk, { ...to, reason: 'mood' }), 'reason_unknown')
  const parked = desk.must({ ...park(conversationId), reason: 'refund' }).events[0]
  assert.equal(parked?.type === 'session.parked' && parked.facts.reason, 'refund')
  desk.status('ann', 'away')
  const queued = desk.must({ ...to, reason: 'refund' }).events[0]
  assert.equal(queued?.type === 'session.queued' && queued.facts.reason, 'refund')
  desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId })
  desk.must({ ...to, actor: byApp('bot') })
})
