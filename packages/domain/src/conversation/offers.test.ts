import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type SessionSettings } from '@duoke/contract'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, settings } from '../testing/world.ts'

const second = 1_000
const asksFor = 30 * second

const withSettings = (fields: Partial<SessionSettings>) => ({
  organization: { ...settings, sessions: { ...defaultSessionSettings, offerForMs: asksFor, ...fields } },
})

/** Ann, then bob, are online; whoever is asked has half a minute. */
function offering(fields: Partial<SessionSettings> = {}, capacity = 1): Desk {
  const desk = createDesk({
    ...withSettings(fields),
    agents: [agent('ann', { capacity }), agent('bob', { capacity }), agent('sue', { role: 'supervisor' })],
    apps: [app('bot')],
  })
  desk.status('ann', 'online')
  desk.nowMs += second
  desk.status('bob', 'online')
  return desk
}
const asked = (desk: Desk, id: string) => desk.conversation(id).offer?.agentId ?? null
const accepts = (agentId: string, conversationId: string) =>
  ({ type: 'session.accept', actor: byAgent(agentId), conversationId }) as const
const declines = (agentId: string, conversationId: string, reason?: string) =>
  ({ type: 'session.decline', actor: byAgent(agentId), conversationId, ...(reason && { reason }) }) as const
const refusalOf = (desk: Desk, command: Parameters<Desk['run']>[0]) => {
  const decision = desk.run(command)
  assert.equal(decision.accepted, false)
  return decision.accepted ? undefined : decision
}
const rings = (desk: Desk, conversationId: string) =>
  desk.must({ type: 'timer.fire', timer: { kind: 'offer', conversationId } })

describe('an offer', () => {
  test('asks whom the rule names; the queue holds on and room is kept until the agent accepts', () => {
    const desk = offering()
    const conversationId = desk.says('o1')
    assert.deepEqual([desk.holder(conversationId), asked(desk, conversationId)], ['queue', 'ann'])
    assert.equal(asked(desk, desk.says('o2')), 'bob', 'the room of ann is taken')
    const waiting = desk.says('o3')
    assert.deepEqual([desk.holder(waiting), asked(desk, waiting)], ['queue', null])
    const decisionId = desk.conversation(conversationId).decisionId
    const { events } = desk.must(accepts('ann', conversationId))
    assert.deepEqual(desk.types(events), ['session.offer-ended', 'session.assigned'])
    assert.equal(desk.holder(conversationId), 'agent:ann')
    assert.equal(desk.conversation(conversationId).decisionId, decisionId, 'why is still known')
    const record = desk.records.find(({ id }) => id === decisionId)
    const { holder } = desk.conversation(conversationId)
    assert.ok(record?.winner.kind === 'agent' && holder.kind === 'agent' && record.winner.stintId === holder.stintId)
  })

  test('is made anew by a transfer to where it waits already, and the log tells who asked for that', () => {
    const desk = offering()
    const conversationId = desk.says('o1')
    const actor = byAgent('sue')
    const { events } = desk.must({ type: 'session.transfer', actor, conversationId, to: { queue: true } })
    assert.deepEqual(desk.types(events), ['session.offer-ended', 'session.queued', 'session.offered'])
    const [, queued] = events
    assert.ok(queued?.type === 'session.queued')
    assert.deepEqual([queued.actor, queued.facts.cause, queued.facts.decision], [actor, 'transfer', null])
    assert.equal(asked(desk, conversationId), 'ann')
  })

  test('that is declined goes to the next, and who declined is passed over for this session', () => {
    const desk = offering({}, 5)
    const conversationId = desk.says('o1')
    const { events } = desk.must(declines('ann', conversationId))
    assert.deepEqual(desk.types(events), ['session.offer-ended', 'session.offered'])
    assert.equal(asked(desk, conversationId), 'bob')
    assert.deepEqual(desk.records.at(-1)?.excluded, [
      { reason: 'declined', agentIds: ['ann'], capacities: [5], loads: [0] },
      { agentIds: ['sue'], reason: 'offline', capacities: [5], loads: [0] },
    ])
    assert.equal(asked(desk, desk.says('o2')), 'bob', 'what ann declined counts as hers')
  })

  test('that everybody declined waits, and is offered to all of them anew after a pause', () => {
    const desk = offering({}, 5)
    const conversationId = desk.says('o1')
    desk.must(declines('ann', conversationId))
    desk.must(declines('bob', conversationId))
    assert.deepEqual([desk.holder(conversationId), asked(desk, conversationId)], ['queue', null])
    assert.equal(desk.timers.get(`offer:${conversationId}`)?.dueMs, desk.nowMs + asksFor)
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 9 } })
    assert.equal(asked(desk, conversationId), null, 'room alone is no reason to ask again')
    desk.nowMs += asksFor
    rings(desk, conversationId)
    assert.equal(asked(desk, conversationId), 'ann')
    const offered = desk.log.at(-1)
    assert.equal(offered?.type === 'session.offered' && offered.facts.round, 2)
  })

  test('that nobody answers in time goes to the next, and who let it run out is away', () => {
    const desk = offering()
    const conversationId = desk.says('o1')
    desk.nowMs += asksFor - 1
    rings(desk, conversationId)
    assert.equal(asked(desk, conversationId), 'ann', 'not before the time')
    desk.nowMs += 1
    const { events } = rings(desk, conversationId)
    assert.deepEqual(desk.types(events), ['session.offer-ended', 'agent.status-changed', 'session.offered'])
    assert.equal(asked(desk, conversationId), 'bob')
    assert.equal(desk.state.agents.get('ann')?.status, 'away')
  })

  test('that runs out leaves the agent online where the organization wants that', () => {
    const desk = offering({ missedOfferSetsAway: false })
    const conversationId = desk.says('o1')
    desk.nowMs += asksFor
    rings(desk, conversationId)
    assert.equal(asked(desk, conversationId), 'bob')
    assert.equal(desk.state.agents.get('ann')?.status, 'online')
  })

  test('is withdrawn from who goes away, is removed or has less room, and goes to the next', () => {
    const leave: ((desk: Desk) => unknown)[] = [
      (desk) => desk.status('ann', 'away'),
      (desk) => desk.status('ann', 'offline'),
      (desk) => desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 0 } }),
      (desk) => desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { disabled: true } }),
      (desk) => desk.apply({ ...withSettings({}), agents: [agent('bob'), agent('sue')] }, { prune: true }),
    ]
    for (const step of leave) {
      const desk = offering()
      const conversationId = desk.says('o1')
      step(desk)
      assert.equal(asked(desk, conversationId), 'bob')
      assert.deepEqual(desk.conversation(conversationId).passedBy, [], 'that is no refusal')
    }
  })

  test('ends with its session, and with a transfer, a pick by a supervisor or an app', () => {
    const ends: ((desk: Desk, conversationId: string) => unknown)[] = [
      (desk, conversationId) => desk.must({ type: 'session.close', actor: operator, conversationId }),
      (desk) => desk.does('o1', 'unfollow'),
      (desk, conversationId) => desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId }),
      (desk, conversationId) => {
        desk.status('sue', 'online')
        desk.must(accepts('sue', conversationId))
      },
      (desk, conversationId) =>
        desk.must({ type: 'session.transfer', actor: operator, conversationId, to: { agentId: 'bob' } }),
    ]
    for (const step of ends) {
      const desk = offering()
      const conversationId = desk.says('o1')
      step(desk, conversationId)
      assert.equal(asked(desk, conversationId), null)
      assert.deepEqual(desk.state.agents.get('ann')?.offered, [])
      assert.equal(asked(desk, desk.says('o9')), 'ann', 'the room that was kept is free again')
    }
  })

  test('of a team that has its own time for what waits for it alone', () => {
    const desk = createDesk({
      teams: [{ teamId: 'vip', name: 'VIP', offerForMs: 5 * second }],
      accounts: [account('oa', { teams: ['vip'] }), account('shop')],
      agents: [agent('ann', { teams: ['vip'] })],
    })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    assert.equal(asked(desk, conversationId), 'ann')
    assert.equal(desk.timers.get(`offer:${conversationId}`)?.dueMs, desk.nowMs + 5 * second)
    desk.apply({ teams: [{ teamId: 'vip', name: 'VIP' }] })
    assert.equal(desk.holder(desk.says('o2')), 'agent:ann', 'the organization gives without asking')
  })
})

test('who waits too long by the rules is not asked about any more: no timer stays behind', () => {
  const desk = offering({}, 5)
  const queue = { maxWaitMs: 300 * second, refusal: '请稍后再来' }
  const document = { version: 1 as const, rules: [{ id: 'all', when: 'true', then: { queue } }] }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
  const conversationId = desk.says('o1')
  desk.must(declines('ann', conversationId))
  desk.must(declines('bob', conversationId))
  assert.ok(desk.timers.has(`offer:${conversationId}`))
  desk.nowMs += 300 * second
  desk.must({ type: 'timer.fire', timer: { kind: 'waiting', conversationId } })
  assert.equal(desk.holder(conversationId), 'nobody')
  assert.equal(desk.timers.has(`offer:${conversationId}`), false)
})

describe('two who answer the same offer', () => {
  test('F72: one wins; the other is told who, or that somebody else is being asked', () => {
    const desk = offering()
    const conversationId = desk.says('o1')
    const early = refusalOf(desk, accepts('bob', conversationId))
    assert.deepEqual([early?.code, early?.holder?.kind], ['offered_to_another', 'queue'])
    desk.must(accepts('ann', conversationId))
    assert.deepEqual(desk.must(accepts('ann', conversationId)).events, [], 'again changes nothing')
    for (const command of [accepts('bob', conversationId), declines('bob', conversationId)]) {
      const { code, holder } = refusalOf(desk, command) ?? {}
      assert.deepEqual([code, holder?.kind === 'agent' && holder.agentId], ['held_by_another', 'ann'])
    }
  })

  test('F72: an offer that ran out is not accepted when the next one is being asked', () => {
    const desk = offering()
    const conversationId = desk.says('o1')
    desk.nowMs += asksFor
    rings(desk, conversationId)
    assert.equal(refusalOf(desk, declines('ann', conversationId))?.code, 'not_offered')
    assert.equal(refusalOf(desk, accepts('ann', conversationId))?.code, 'offered_to_another')
  })
})

describe('picking from the queue', () => {
  test('is for supervisors alone where the organization says so', () => {
    const desk = offering({ pickFromQueue: false, offerForMs: null }, 0)
    const conversationId = desk.says('o1')
    assert.equal(refusalOf(desk, accepts('bob', conversationId))?.code, 'not_permitted')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'sue', fields: { capacity: 0 } })
    desk.status('sue', 'online')
    assert.equal(refusalOf(desk, accepts('sue', conversationId))?.code, 'capacity_reached')
  })
})

test('a reason is asked for where it is needed, and has to be one of those that there are', () => {
  const reasons = [{ code: 'busy', label: '忙', for: ['decline' as const] }]
  const desk = offering({ reasons, reasonNeededFor: ['decline'] })
  const conversationId = desk.says('o1')
  assert.equal(refusalOf(desk, declines('ann', conversationId))?.code, 'reason_needed')
  assert.equal(refusalOf(desk, declines('ann', conversationId, 'lunch'))?.code, 'reason_unknown')
  const { events } = desk.must(declines('ann', conversationId, 'busy'))
  assert.equal(events[0]?.type === 'session.offer-ended' && events[0].facts.reason, 'busy')
})

test('what is not offered, not there or over cannot be declined', () => {
  const desk = offering()
  const conversationId = desk.says('o1')
  assert.equal(refusalOf(desk, declines('bob', conversationId))?.code, 'not_offered')
  assert.equal(refusalOf(desk, declines('ann', 'nothing'))?.code, 'not_found')
  desk.must({ type: 'session.close', actor: operator, conversationId })
  assert.equal(refusalOf(desk, declines('ann', conversationId))?.code, 'already_closed')
})

describe('what an agent declines', () => {
  const state = (desk: Desk, agentId: string) => desk.state.agents.get(agentId)
  const busy = (names: readonly string[], capacity: number) => {
    const agents = names.map((agentId) => agent(agentId, { capacity }))
    const desk = createDesk({ ...withSettings({ pickFromQueue: true }), agents })
    for (const agentId of names) desk.status(agentId, 'online')
    return desk
  }

  test('takes a place of theirs until whoever took it serves it no more, and then the queue is served', () => {
    const ends: ((desk: Desk, conversationId: string) => unknown)[] = [
      (desk, conversationId) => desk.must({ type: 'session.close', actor: operator, conversationId }),
      (desk, conversationId) => desk.must({ type: 'session.park', actor: byAgent('bob'), conversationId }),
      (desk, conversationId) => desk.must({ type: 'session.release', actor: byAgent('bob'), conversationId }),
    ]
    for (const end of ends) {
      const desk = offering()
      const conversationId = desk.says('o1')
      desk.must(declines('ann', conversationId))
      desk.must(accepts('bob', conversationId))
      const waiting = desk.says('o2')
      assert.equal(asked(desk, waiting), null, 'ann is idle by her own choice, and bob is full')
      assert.deepEqual(desk.records.at(-1)?.excluded[0], {
        ...{ reason: 'declined', agentIds: ['ann'], capacities: [1], declines: [1], loads: [0] },
      })
      desk.nowMs += second
      end(desk, conversationId)
      assert.deepEqual(state(desk, 'ann')?.declined, undefined)
      assert.notEqual(asked(desk, waiting), null)
      const freed = desk.log.findLast(({ facts }) => 'countsNoMoreFor' in facts)?.facts
      assert.deepEqual(freed !== undefined && 'countsNoMoreFor' in freed && freed.countsNoMoreFor, ['ann'])
    }
  })

  test('puts them behind everybody who declined less, and moves their turn', () => {
    const desk = busy(['ann', 'bob', 'cai'], 5)
    const first = desk.says('o1')
    desk.nowMs += second
    desk.must(declines('ann', first))
    assert.equal(asked(desk, first), 'bob')
    for (const openid of ['o2', 'o3', 'o4']) assert.notEqual(asked(desk, desk.says(openid)), 'ann')
    const [best, , last] = desk.records.at(-1)?.candidates ?? []
    assert.deepEqual([best?.declines, last?.declines, last?.agentId], [0, 1, 'ann'])
    assert.equal(Date.parse(state(desk, 'ann')?.idleSince ?? ''), desk.nowMs)
    assert.match(desk.records.at(-1)?.tieBreak ?? '', /^Equal declines 0/)
  })

  test('counts also when it was let run out, and when they went away from it by choice; not when they vanished', () => {
    for (const [leave, counts] of [
      [(desk: Desk) => desk.status('ann', 'away'), true],
      [(desk: Desk) => desk.status('ann', 'offline'), true],
      [
        (desk: Desk) =>
          desk.must({
            type: 'agent.set-status',
            actor: byAgent('ann'),
            agentId: 'ann',
            status: 'offline',
            cause: 'vanished',
          }),
        false,
      ],
      [
        (desk: Desk) => desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 0 } }),
        false,
      ],
    ] as const) {
      const desk = offering()
      const conversationId = desk.says('o1')
      leave(desk)
      const counted = state(desk, 'ann')?.declined?.map((one) => one.conversationId)
      assert.deepEqual(counted, counts ? [conversationId] : undefined)
    }
  })

  test('is what they still have a place for: asked anew they take it', () => {
    const desk = busy(['ann'], 1)
    const conversationId = desk.says('o1')
    const later = desk.says('o2')
    desk.must(declines('ann', conversationId))
    assert.equal(asked(desk, later), null, 'nobody chooses among those who wait')
    desk.nowMs += asksFor
    rings(desk, conversationId)
    assert.equal(asked(desk, conversationId), 'ann')
    desk.must(accepts('ann', conversationId))
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    assert.equal(asked(desk, later), 'ann')
  })

  test('does not stop the queue when all who are there declined it', () => {
    const desk = busy(['ann', 'bob'], 1)
    const conversationId = desk.says('o1')
    desk.must(declines(asked(desk, conversationId) ?? '', conversationId))
    desk.must(declines(asked(desk, conversationId) ?? '', conversationId))
    assert.deepEqual([asked(desk, conversationId), state(desk, 'ann')?.declined], [null, undefined])
    assert.equal(asked(desk, desk.says('o2')), 'ann')
  })

  test('leaves load, transfers and picks as they were', () => {
    const desk = busy(['ann', 'bob'], 1)
    const conversationId = desk.says('o1')
    desk.must(declines('ann', conversationId))
    const other = desk.says('o2')
    assert.equal(asked(desk, other), null)
    desk.must(accepts('ann', other))
    assert.equal(desk.holder(other), 'agent:ann')
  })
})
