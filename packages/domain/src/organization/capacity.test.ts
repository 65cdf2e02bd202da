import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings } from '@duoke/contract'
import { byAgent, createDesk, type Desk } from '../testing/desk.ts'
import { agent, settings } from '../testing/world.ts'

const minute = 60_000
const sue = byAgent('sue')
const capacity = (value: number | null, more: { ttlMs?: number; reason?: string } = {}) =>
  ({ type: 'agent.set-capacity', actor: sue, agentId: 'ann', capacity: value, ...more }) as const

function working(sessions = defaultSessionSettings): Desk {
  const desk = createDesk({
    organization: { ...settings, sessions },
    agents: [agent('ann', { capacity: 1 }), agent('sue', { role: 'supervisor' })],
  })
  desk.status('ann', 'online')
  return desk
}

describe('a capacity for a while', () => {
  test('lets who waits in at once, ends at its time and not before, and takes nothing away', () => {
    const desk = working()
    const [first, second, third] = [desk.says('o1'), desk.says('o2'), desk.says('o3')]
    const { events } = desk.must(capacity(2, { ttlMs: 30 * minute }))
    assert.deepEqual(desk.types(events), ['agent.capacity-changed', 'session.assigned'])
    assert.deepEqual([first, second, third].map(desk.holder), ['agent:ann', 'agent:ann', 'queue'])
    const timer = desk.timers.get('capacity:ann')
    assert.equal(timer?.dueMs, desk.nowMs + 30 * minute)
    const ring = () => desk.must({ type: 'timer.fire', timer: { kind: 'capacity', agentId: 'ann' } }).events
    assert.deepEqual(ring(), [])
    desk.nowMs += 30 * minute
    const [expired] = ring()
    assert.ok(expired?.type === 'agent.capacity-changed')
    assert.deepEqual([expired.facts.cause, expired.facts.capacity], ['expired', null])
    assert.equal(desk.holder(second), 'agent:ann', 'what one has one keeps')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: first })
    assert.equal(desk.holder(third), 'queue', 'the configured capacity counts again')
    assert.deepEqual(ring(), [])
  })

  test('holds until it is taken back without a time, and a smaller one withdraws offers', () => {
    const desk = working({ ...defaultSessionSettings, offerForMs: 30_000 })
    const offered = desk.says('o1')
    assert.equal(desk.conversation(offered).offer?.agentId, 'ann')
    desk.must(capacity(0))
    assert.equal(desk.conversation(offered).offer, null)
    assert.equal(desk.timers.has('capacity:ann'), false)
    assert.deepEqual(desk.must(capacity(0)).events, [], 'the same again changes nothing')
    desk.must(capacity(null))
    assert.equal(desk.conversation(offered).offer?.agentId, 'ann')
  })

  test('is refused to agents, for strangers, and without the reason that is needed', () => {
    const desk = working({ ...defaultSessionSettings, reasonNeededFor: ['supervise'] })
    const refusal = (command: Parameters<Desk['run']>[0]) => {
      const decision = desk.run(command)
      return decision.accepted ? 'accepted' : decision.code
    }
    assert.equal(refusal({ ...capacity(9), actor: byAgent('ann') }), 'not_permitted')
    assert.equal(refusal({ ...capacity(9), agentId: 'zoe' }), 'not_found')
    assert.equal(refusal(capacity(9)), 'reason_needed')
    assert.equal(refusal(capacity(9, { reason: 'rush' })), 'accepted')
  })
})

test('a supervisor sets a status with a reason; an agent gives one for being away where it is needed', () => {
  const away = { code: 'lunch', label: '吃饭', labelEn: 'Lunch', for: ['away' as const] }
  const desk = working({ ...defaultSessionSettings, reasons: [away], reasonNeededFor: ['away'] })
  const set = { type: 'agent.set-status', actor: byAgent('ann'), agentId: 'ann', status: 'away' } as const
  const refusal = (command: Parameters<Desk['run']>[0]) => {
    const decision = desk.run(command)
    return decision.accepted ? 'accepted' : decision.code
  }
  assert.equal(refusal({ ...set, cause: 'chosen' }), 'reason_needed')
  assert.equal(refusal({ ...set, cause: 'chosen', reason: 'mood' }), 'reason_unknown')
  const { events } = desk.must({ ...set, cause: 'chosen', reason: 'lunch' })
  assert.equal(events[0]?.type === 'agent.status-changed' && events[0].facts.reason, 'lunch')
  assert.equal(desk.state.agents.get('ann')?.statusReason, 'lunch')
  assert.equal(refusal({ ...set, status: 'online', cause: 'chosen', reason: 'lunch' }), 'invalid_request')
  desk.status('ann', 'online')
  assert.equal(desk.state.agents.get('ann')?.statusReason, undefined)
  assert.equal(refusal({ ...set, cause: 'supervisor', reason: 'lunch' }), 'not_permitted')
  assert.equal(refusal({ ...set, actor: sue, cause: 'supervisor', status: 'offline' }), 'accepted')
  assert.equal(desk.state.agents.get('ann')?.status, 'offline')
  desk.status('ann', 'online')
  desk.must({ ...set, cause: 'missed-offer', actor: { kind: 'rule', rule: 'offers' } })
})
