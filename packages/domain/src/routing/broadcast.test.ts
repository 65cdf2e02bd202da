import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type Rule, type RuleStrategy } from '@duoke/contract'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import { account, agent, settings } from '../testing/world.ts'

const second = 1_000
const teams = [{ teamId: 'vip', name: 'VIP' }]

/** Ann and bob are online and cai is not; everything is broadcast for ten seconds, unless said otherwise. */
function grabbing(then: Rule['then'] = {}, capacity = 1): Desk {
  const desk = createDesk({
    teams,
    accounts: [account('oa')],
    agents: [
      agent('ann', { capacity, teams: ['vip'] }),
      agent('bob', { capacity, teams: ['vip'] }),
      agent('cai', { capacity }),
      agent('sue', { role: 'supervisor', capacity }),
    ],
  })
  publish(desk, { strategy: { broadcast: { offerMs: 10 * second } }, ...then })
  desk.status('ann', 'online')
  desk.nowMs += second
  desk.status('bob', 'online')
  return desk
}
function publish(desk: Desk, then: Rule['then']): void {
  const document = { version: 1 as const, rules: [{ id: 'all', when: 'true', then }] }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
}
const asked = (desk: Desk, id: string) => desk.conversation(id).broadcast?.agentIds ?? []
const accepts = (agentId: string, conversationId: string) =>
  ({ type: 'session.accept', actor: byAgent(agentId), conversationId }) as const
const declines = (agentId: string, conversationId: string, reason?: string) =>
  ({ type: 'session.decline', actor: byAgent(agentId), conversationId, ...(reason && { reason }) }) as const
const rings = (desk: Desk, conversationId: string) =>
  desk.must({ type: 'timer.fire', timer: { kind: 'offer', conversationId } })
const refusalOf = (desk: Desk, command: Parameters<Desk['run']>[0]) => {
  const decision = desk.run(command)
  assert.ok(!decision.accepted)
  return decision
}
const dueMs = (desk: Desk, id: string) => (desk.timers.get(`offer:${id}`)?.dueMs ?? Number.NaN) - desk.nowMs

describe('a broadcast', () => {
  test('asks all candidates at once in the order of the rule, and the first to accept has it', () => {
    const desk = grabbing()
    const id = desk.says('o1')
    assert.deepEqual([desk.holder(id), asked(desk, id)], ['queue', ['ann', 'bob']])
    assert.equal(dueMs(desk, id), 10 * second)
    const offered = desk.records.at(-1)
    assert.deepEqual(
      [offered?.winner.kind, offered?.candidates.map(({ agentId }) => agentId), offered?.plan?.broadcast],
      ['queue', ['ann', 'bob'], { offerMs: 10 * second, then: null }],
    )
    const { events } = desk.must(accepts('bob', id))
    assert.deepEqual(desk.types(events), ['session.broadcast-ended', 'session.assigned'])
    const [ended] = events
    assert.deepEqual(ended?.type === 'session.broadcast-ended' && [ended.facts.agentIds, ended.facts.agentId], [
      ['ann', 'bob'],
      'bob',
    ])
    assert.equal(desk.holder(id), 'agent:bob')
    const taken = desk.records.at(-1)
    assert.deepEqual([taken?.by, taken?.broadcastId], [byAgent('bob'), offered?.id], 'why is still known')
    for (const record of desk.records) assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null)
    assert.equal(desk.timers.has(`offer:${id}`), false)
  })

  test('F72: whoever accepts second is told who has it; again by the winner changes nothing', () => {
    const desk = grabbing()
    const id = desk.says('o1')
    desk.must(accepts('ann', id))
    assert.deepEqual(desk.must(accepts('ann', id)).events, [])
    for (const command of [accepts('bob', id), declines('bob', id)]) {
      const { code, holder } = refusalOf(desk, command)
      assert.deepEqual([code, holder?.kind === 'agent' && holder.agentId], ['held_by_another', 'ann'])
    }
  })

  test('cannot be taken or declined by who is not asked', () => {
    const desk = grabbing({}, 1)
    desk.status('cai', 'away')
    const id = desk.says('o1')
    assert.equal(refusalOf(desk, accepts('cai', id)).code, 'offered_to_another')
    assert.equal(refusalOf(desk, declines('cai', id)).code, 'not_offered')
    desk.must(declines('ann', id))
    assert.equal(refusalOf(desk, accepts('ann', id)).code, 'offered_to_another', 'who declined has declined')
    assert.equal(refusalOf(desk, declines('ann', id)).code, 'not_offered')
  })

  test('goes on for the others when one declines, and rests when all did, until all are asked anew', () => {
    const desk = grabbing()
    const id = desk.says('o1')
    assert.deepEqual(desk.types(desk.must(declines('ann', id)).events), ['session.broadcast-left'])
    assert.deepEqual(asked(desk, id), ['bob'])
    const { events } = desk.must(declines('bob', id))
    assert.deepEqual(desk.types(events), ['session.broadcast-left', 'session.broadcast-ended', 'session.queued'])
    assert.deepEqual([asked(desk, id), desk.conversation(id).passedBy], [[], ['ann', 'bob']])
    assert.equal(dueMs(desk, id), 10 * second)
    desk.nowMs += 10 * second
    rings(desk, id)
    assert.deepEqual(asked(desk, id), ['ann', 'bob'])
    const again = desk.log.at(-1)
    assert.equal(again?.type === 'session.broadcast' && again.facts.round, 2)
  })

  test('that nobody answers rests, and sets nobody away: no one was meant alone', () => {
    const desk = grabbing()
    const id = desk.says('o1')
    desk.nowMs += 9 * second
    rings(desk, id)
    assert.deepEqual(asked(desk, id), ['ann', 'bob'], 'not before the time')
    desk.nowMs += second
    assert.deepEqual(desk.types(rings(desk, id).events), ['session.broadcast-ended', 'session.queued'])
    assert.deepEqual([desk.holder(id), desk.conversation(id).passedBy], ['queue', ['ann', 'bob']])
    assert.equal(desk.state.agents.get('ann')?.status, 'online')
    desk.status('cai', 'online')
    assert.deepEqual(asked(desk, id), ['cai'], 'who comes while it rests is asked at once')
  })

  test('that nobody took is given by the strategy that its rule names then, before who declined it', () => {
    const desk = grabbing({ strategy: { broadcast: { offerMs: 10 * second, then: 'least-loaded' } } })
    const id = desk.says('o1')
    desk.must(declines('ann', id))
    desk.nowMs += 10 * second
    rings(desk, id)
    assert.equal(desk.holder(id), 'agent:bob', 'silence is no refusal')
    const record = desk.records.at(-1)
    assert.deepEqual([record?.plan?.broadcast, record?.plan?.strategy], [undefined, 'least-loaded'])
    assert.deepEqual(
      record?.excluded.map(({ reason, agentIds }) => [reason, agentIds]),
      [
        ['declined', ['ann']],
        ['offline', ['cai', 'sue']],
      ],
    )
  })

  test('is over with its session, a transfer, and when a supervisor or nobody who was asked is left', () => {
    const ends: ((desk: Desk, conversationId: string) => unknown)[] = [
      (desk, conversationId) => desk.must({ type: 'session.close', actor: operator, conversationId }),
      (desk) => desk.does('o1', 'unfollow'),
      (desk, conversationId) => {
        desk.status('sue', 'online')
        desk.must(accepts('sue', conversationId))
      },
      (desk) => {
        desk.status('ann', 'away')
        desk.status('bob', 'offline')
      },
    ]
    for (const step of ends) {
      const desk = grabbing()
      const id = desk.says('o1')
      step(desk, id)
      assert.deepEqual(asked(desk, id), [])
      for (const agentId of ['ann', 'bob']) assert.deepEqual(desk.state.agents.get(agentId)?.broadcasts, [])
      assert.equal(desk.state.broadcasts.size, 0)
      assert.deepEqual(desk.conversation(id).passedBy, [], 'nobody refused')
    }
  })
})

describe('the place that a broadcast keeps', () => {
  test('is that of whoever accepts; one who has no other is asked about no other meanwhile', () => {
    const desk = grabbing()
    const [first, other] = [desk.says('o1'), desk.says('o2')]
    assert.deepEqual([asked(desk, first), asked(desk, other)], [['ann', 'bob'], []])
    desk.must(accepts('ann', first))
    assert.deepEqual(asked(desk, other), ['bob'], 'the place of who did not get it')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: first })
    assert.deepEqual(asked(desk, other), ['bob', 'ann'], 'who became free joins')
    desk.must(accepts('ann', other))
    assert.equal(desk.holder(other), 'agent:ann')
  })

  test('is not given to who is routed otherwise meanwhile, and is free again when the broadcast ends', () => {
    const desk = grabbing({ team: 'vip' })
    const id = desk.says('o1')
    publish(desk, { team: 'vip' })
    const other = desk.says('o2')
    assert.equal(desk.holder(other), 'queue:vip')
    desk.must(accepts('ann', id))
    assert.equal(desk.holder(other), 'agent:bob', 'the place of who did not get it')
  })

  test('goes with capacity: who has no room for it any more is not asked, and the last one ends it', () => {
    const desk = grabbing()
    const id = desk.says('o1')
    const shrinks = (agentId: string) =>
      desk.must({ type: 'agent.change', actor: operator, agentId, fields: { capacity: 0 } })
    shrinks('ann')
    assert.deepEqual(asked(desk, id), ['bob'])
    shrinks('bob')
    assert.deepEqual([asked(desk, id), desk.holder(id)], [[], 'queue'])
    desk.must({ type: 'agent.change', actor: operator, agentId: 'bob', fields: { capacity: 1 } })
    assert.deepEqual(asked(desk, id), ['bob'])
  })

  test('is what a supervisor gives by force to one of those who are asked: that needs no other', () => {
    const desk = grabbing()
    const id = desk.says('o1')
    desk.status('sue', 'online')
    desk.must({ type: 'session.seize', actor: byAgent('sue'), conversationId: id, toAgentId: 'ann' })
    assert.equal(desk.holder(id), 'agent:ann')
    assert.deepEqual(desk.state.agents.get('bob')?.broadcasts, [])
  })
})

test('who waits is broadcast to whoever becomes free in the turn of the queue, and nobody who came later is before', () => {
  const desk = grabbing()
  const held = [desk.says('o1'), desk.says('o2')]
  desk.must(accepts('ann', held[0] ?? ''))
  desk.must(accepts('bob', held[1] ?? ''))
  const early = desk.says('o3')
  desk.nowMs += second
  publish(desk, {})
  const late = desk.says('o4')
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: held[0] ?? '' })
  assert.deepEqual([asked(desk, early), desk.holder(late)], [['ann'], 'queue'])
  desk.must(accepts('ann', early))
  assert.equal(desk.holder(early), 'agent:ann')
})

test('who overflows, and who hands it over, is asked when their time comes, or not at all', () => {
  const desk = grabbing()
  desk.apply({ teams: [...teams, { teamId: 'aid', name: 'Aid' }] })
  publish(desk, {
    team: 'vip',
    strategy: 'broadcast',
    overflow: [{ afterMs: 5 * second, team: 'aid' }],
  })
  desk.must({ type: 'agent.change', actor: operator, agentId: 'cai', fields: { teams: ['aid'] } })
  desk.status('cai', 'online')
  const id = desk.says('o1')
  assert.deepEqual([asked(desk, id), dueMs(desk, id)], [['ann', 'bob'], 30 * second])
  desk.nowMs += 5 * second
  desk.must({ type: 'timer.fire', timer: { kind: 'waiting', conversationId: id } })
  assert.deepEqual(asked(desk, id), ['ann', 'bob', 'cai'])
  desk.must(accepts('ann', id))
  const document = {
    version: 1 as const,
    teams: { vip: { strategy: 'broadcast' as RuleStrategy } },
    rules: [{ id: 'all', when: 'true', then: {} }],
  }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
  desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId: id, to: { teamId: 'vip' } })
  assert.deepEqual(asked(desk, id), ['bob'], 'who hands it over is not asked')
})

test('who has no room beside what they declined is not asked to join, no more than at the beginning', () => {
  const sessions = { ...defaultSessionSettings, offerForMs: 60 * second, missedOfferSetsAway: false }
  const desk = createDesk({
    organization: { ...settings, sessions },
    accounts: [account('oa')],
    agents: [agent('ann', { capacity: 2 }), agent('bob', { capacity: 1 })],
  })
  const then = { strategy: { broadcast: { offerMs: 10 * second } } }
  const document = { version: 1 as const, rules: [{ id: 'grab', when: "message.text == '抢'", then }] }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
  desk.status('bob', 'online')
  const first = desk.says('o1')
  desk.must(declines('bob', first))
  desk.status('ann', 'online')
  const grabbed = desk.says('o2', '抢')
  assert.deepEqual(asked(desk, grabbed), ['ann'])
  desk.status('bob', 'away')
  desk.status('bob', 'online')
  assert.deepEqual(asked(desk, grabbed), ['ann'], 'the first counts as his')
  desk.must(accepts('ann', first))
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: first })
  assert.deepEqual(asked(desk, grabbed), ['ann', 'bob'], 'until whoever took it serves it no more')
})
