import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings } from '@duoke/contract'
import type { Command } from '../commands.ts'
import { loadOf } from '../organization/load.ts'
import { byAgent, byApp, createDesk, type Desk } from '../testing/desk.ts'
import { agent, app, settings } from '../testing/world.ts'
import { besideOf } from './view.ts'

/** Ann (room for one) serves; sue supervises and is away from serving; bob has no conversation. */
function serving(sessions = defaultSessionSettings) {
  const desk = createDesk({
    organization: { ...settings, sessions },
    agents: [
      agent('ann', { capacity: 1 }),
      agent('bob', { capacity: 1 }),
      agent('sue', { role: 'supervisor', capacity: 1 }),
    ],
    apps: [app('bot')],
  })
  desk.status('ann', 'online')
  return { desk, held: desk.says('o1') }
}
const sue = byAgent('sue')
const outcomeOf = (desk: Desk, command: Command) => {
  const decision = desk.run(command)
  return decision.accepted ? desk.types(decision.events).join(' ') : decision.code
}
const seize = (conversationId: string, toAgentId: string, more: { overCapacity?: boolean; reason?: string } = {}) =>
  ({ type: 'session.seize', actor: sue, conversationId, toAgentId, ...more }) as const
const load = (desk: Desk, agentId: string) => {
  const one = desk.state.agents.get(agentId)
  return one === undefined ? Number.NaN : loadOf(one)
}

describe('beside the holder', () => {
  test('a supervisor watches unseen: the log has it once, and neither holder nor list shows it', () => {
    const { desk, held } = serving()
    const watch = { type: 'session.watch', actor: sue, conversationId: held } as const
    const { events } = desk.must({ ...watch, reason: 'training' })
    assert.deepEqual(desk.types(events), ['session.watched'])
    assert.equal(events[0]?.type === 'session.watched' && events[0].facts.reason, 'training')
    assert.equal(outcomeOf(desk, watch), '', 'a second look is the same look')
    assert.equal(desk.holder(held), 'agent:ann')
    assert.deepEqual(besideOf(desk.conversation(held)), {})
    assert.equal(outcomeOf(desk, { type: 'session.leave', actor: sue, conversationId: held }), 'session.watch-ended')
  })

  test('where the organization wants it, the agent is told who looks on, and who does may not write', () => {
    const { desk, held } = serving({ ...defaultSessionSettings, watchingIsTold: true })
    assert.equal(outcomeOf(desk, { type: 'session.watch', actor: sue, conversationId: held }), 'session.joined')
    assert.deepEqual(besideOf(desk.conversation(held)), { joinedBy: [{ agentId: 'sue', mayWrite: false }] })
    assert.equal(desk.answers('sue', held).accepted, false)
    assert.equal(outcomeOf(desk, { type: 'session.leave', actor: sue, conversationId: held }), 'session.left')
  })

  test('who joins writes too, until leaving or no longer a supervisor; the holder and the load stay', () => {
    const { desk, held } = serving()
    desk.must({ type: 'session.watch', actor: sue, conversationId: held })
    const join = { type: 'session.join', actor: sue, conversationId: held } as const
    assert.equal(outcomeOf(desk, join), 'session.watch-ended session.joined')
    assert.ok(desk.answers('sue', held).accepted)
    assert.ok(desk.answers('ann', held).accepted)
    assert.deepEqual([desk.holder(held), load(desk, 'sue')], ['agent:ann', 0])
    desk.must({ type: 'agent.change', actor: { kind: 'operator' }, agentId: 'sue', fields: { role: 'agent' } })
    assert.equal(desk.answers('sue', held).accepted, false)
    desk.must({ type: 'agent.change', actor: { kind: 'operator' }, agentId: 'sue', fields: { role: 'supervisor' } })
    assert.equal(
      outcomeOf(desk, { type: 'session.leave', actor: sue, conversationId: held, onlyWatching: true }),
      '',
      'a socket that ends takes back a look, and no joining',
    )
    assert.equal(outcomeOf(desk, { type: 'session.leave', actor: sue, conversationId: held }), 'session.left')
    assert.equal(desk.answers('sue', held).accepted, false)
  })

  test('ends with the session, and with holding it oneself', () => {
    const { desk, held } = serving()
    desk.status('sue', 'online')
    desk.must({ type: 'session.join', actor: sue, conversationId: held })
    desk.must(seize(held, 'sue'))
    assert.equal(desk.conversation(held).beside, undefined)
    assert.equal(outcomeOf(desk, { type: 'session.join', actor: sue, conversationId: held }), '')
    desk.must({ type: 'session.close', actor: sue, conversationId: held })
    assert.equal(outcomeOf(desk, { type: 'session.watch', actor: sue, conversationId: held }), 'already_closed')
  })

  test('is for supervisors who are people: others, programs and strangers are refused', () => {
    const { desk, held } = serving()
    for (const type of ['session.watch', 'session.join'] as const) {
      assert.equal(outcomeOf(desk, { type, actor: byAgent('bob'), conversationId: held }), 'not_permitted')
      assert.equal(outcomeOf(desk, { type, actor: byApp('bot'), conversationId: held }), 'not_permitted')
      assert.equal(outcomeOf(desk, { type, actor: sue, conversationId: 'none' }), 'not_found')
    }
    assert.equal(outcomeOf(desk, { type: 'session.leave', actor: sue, conversationId: held }), '')
  })

  test('a whisper is its own event: no message, no allowance, no unread, no idle clock', () => {
    const { desk, held } = serving()
    const before = structuredClone(desk.conversation(held))
    const { events } = desk.must({ type: 'session.whisper', actor: sue, conversationId: held, text: '先道歉' })
    assert.deepEqual(desk.types(events), ['session.whispered'])
    assert.deepEqual(desk.conversation(held), { ...before, lastPosition: before.lastPosition + 1 })
    const byBob = { type: 'session.whisper', actor: byAgent('bob'), conversationId: held, text: '嗨' } as const
    assert.equal(outcomeOf(desk, byBob), 'not_permitted')
  })
})

describe('taking and giving by force', () => {
  test('a supervisor takes over from an agent, a queue or an app, and the freed agent serves the next', () => {
    const { desk, held } = serving()
    const waiting = desk.says('o2')
    desk.status('sue', 'away')
    assert.equal(outcomeOf(desk, seize(held, 'sue')), 'agent_offline')
    desk.must({ type: 'agent.set-capacity', actor: sue, agentId: 'sue', capacity: 0 })
    desk.status('sue', 'online')
    assert.equal(outcomeOf(desk, seize(held, 'sue')), 'capacity_reached')
    desk.must({ type: 'agent.set-capacity', actor: sue, agentId: 'ann', capacity: 1 })
    const { events } = desk.must(seize(held, 'sue', { overCapacity: true, reason: 'complaint' }))
    assert.deepEqual(desk.types(events), ['session.assigned', 'session.assigned'])
    const [taken] = events
    assert.ok(taken?.type === 'session.assigned')
    assert.deepEqual(
      [taken.facts.cause, taken.facts.overCapacity, taken.facts.reason, taken.actor],
      ['take-over', true, 'complaint', sue],
    )
    assert.deepEqual([held, waiting].map(desk.holder), ['agent:sue', 'agent:ann'])
  })

  test('gives beyond capacity only when that is said and why; where there is room the event does not say it', () => {
    const { desk, held } = serving()
    desk.status('bob', 'online')
    const { events } = desk.must(seize(held, 'bob', { overCapacity: true, reason: 'vip' }))
    assert.equal(events[0]?.type === 'session.assigned' && events[0].facts.overCapacity, undefined)
    const second = desk.says('o2')
    assert.equal(desk.holder(second), 'agent:ann')
    assert.equal(outcomeOf(desk, seize(second, 'bob')), 'capacity_reached')
    assert.equal(outcomeOf(desk, seize(second, 'bob', { overCapacity: true })), 'reason_needed')
    desk.must(seize(second, 'bob', { overCapacity: true, reason: 'vip' }))
    assert.equal(load(desk, 'bob'), 2)
    assert.equal(outcomeOf(desk, seize(second, 'bob')), '', 'what one has is not given again')
    assert.equal(outcomeOf(desk, seize(second, 'cai')), 'agent_unavailable')
  })

  test('room that was kept for an offer is given up when force fills it', () => {
    const { desk, held } = serving({ ...defaultSessionSettings, offerForMs: 30_000 })
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: held })
    desk.status('bob', 'online')
    const offered = desk.says('o2')
    assert.equal(desk.conversation(offered).offer?.agentId, 'bob')
    desk.must(seize(held, 'bob', { overCapacity: true, reason: 'vip' }))
    assert.equal(desk.conversation(offered).offer?.agentId, 'ann', 'the freed one is asked instead')
    assert.deepEqual([load(desk, 'bob'), load(desk, 'ann')], [1, 1])
  })

  test('is refused to agents, and an app with the scope may do it', () => {
    const { desk, held } = serving()
    desk.status('bob', 'online')
    assert.equal(outcomeOf(desk, { ...seize(held, 'bob'), actor: byAgent('ann') }), 'not_permitted')
    desk.must({ ...seize(held, 'bob'), actor: byApp('bot') })
    assert.equal(desk.holder(held), 'agent:bob')
  })
})

describe('a raised hand', () => {
  const raise = (conversationId: string, actor = byAgent('ann')) =>
    ({ type: 'session.raise-hand', actor, conversationId, note: '客户很生气' }) as const

  test('is raised by the holder once, shown, and lowered by the answer, which may whisper', () => {
    const { desk, held } = serving()
    assert.equal(outcomeOf(desk, raise(held)), 'session.hand-raised')
    assert.equal(outcomeOf(desk, raise(held)), '')
    assert.equal(besideOf(desk.conversation(held)).hand?.agentId, 'ann')
    const answer = { type: 'session.answer-hand', actor: sue, conversationId: held } as const
    assert.equal(outcomeOf(desk, { ...answer, actor: byAgent('bob') }), 'not_permitted')
    assert.equal(outcomeOf(desk, { ...answer, text: '我来看' }), 'session.whispered session.hand-lowered')
    assert.equal(outcomeOf(desk, answer), 'no_hand_raised')
  })

  test('is withdrawn by the holder alone, and ends with the hold', () => {
    const { desk, held } = serving()
    desk.must(raise(held))
    const lower = { type: 'session.lower-hand', actor: byAgent('ann'), conversationId: held } as const
    assert.equal(outcomeOf(desk, { ...lower, actor: byAgent('bob') }), 'not_held')
    assert.equal(outcomeOf(desk, lower), 'session.hand-lowered')
    assert.equal(outcomeOf(desk, lower), '')
    desk.must(raise(held))
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId: held, to: { queue: true } })
    assert.equal(desk.conversation(held).hand, undefined)
  })

  test('is refused to who does not hold it', () => {
    const { desk, held } = serving()
    assert.equal(outcomeOf(desk, raise(held, byAgent('bob'))), 'held_by_another')
    assert.equal(outcomeOf(desk, raise(desk.says('o2'))), 'not_held')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: held })
  })
})
