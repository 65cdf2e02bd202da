import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Actor } from '@duoke/contract'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app } from '../testing/world.ts'

const minute = 60_000
const hour = 60 * minute

function refused(desk: Desk, command: Parameters<Desk['run']>[0]) {
  const length = desk.log.length
  const decision = desk.run(command)
  assert.equal(desk.log.length, length, 'a refusal leaves nothing in the log')
  if (decision.accepted) throw new Error(`${command.type} was accepted`)
  return decision
}

describe('accept', () => {
  /** A conversation waits for the team `vip`, of which only ann is, who is offline. */
  function queued() {
    const desk = createDesk({
      teams: [{ teamId: 'vip', name: 'VIP' }],
      accounts: [account('oa', { teams: ['vip'] })],
      agents: [agent('ann', { teams: ['vip'] }), agent('bob'), agent('sue', { role: 'supervisor' })],
      apps: [app('bot')],
    })
    desk.status('bob', 'online')
    desk.status('sue', 'online')
    return { desk, conversationId: desk.says('o1') }
  }

  test('gives a waiting conversation to a supervisor of whatever team, not to an agent of another team', () => {
    const { desk, conversationId } = queued()
    const { code } = refused(desk, { type: 'session.accept', actor: byAgent('bob'), conversationId })
    assert.equal(code, 'not_permitted')
    const { events } = desk.must({ type: 'session.accept', actor: byAgent('sue'), conversationId })
    assert.deepEqual(desk.types(events), ['session.assigned'])
    assert.equal(desk.holder(conversationId), 'agent:sue')
  })

  test('gives it to an app, which needs no capacity', () => {
    const { desk, conversationId } = queued()
    desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId })
    assert.equal(desk.holder(conversationId), 'app:bot')
  })

  test('says who was faster (F72)', () => {
    const { desk, conversationId } = queued()
    desk.must({ type: 'session.accept', actor: byAgent('sue'), conversationId })
    const { code, holder } = refused(desk, { type: 'session.accept', actor: byAgent('bob'), conversationId })
    assert.equal(code, 'held_by_another')
    assert.equal(holder?.kind === 'agent' && holder.agentId, 'sue')
  })

  test('again by the same agent changes nothing', () => {
    const { desk, conversationId } = queued()
    desk.must({ type: 'session.accept', actor: byAgent('sue'), conversationId })
    assert.deepEqual(desk.must({ type: 'session.accept', actor: byAgent('sue'), conversationId }).events, [])
  })

  test('is refused without capacity, presence, an open session or a conversation', () => {
    const { desk, conversationId } = queued()
    const attempt = (agentId: string, id = conversationId) =>
      refused(desk, { type: 'session.accept', actor: byAgent(agentId), conversationId: id }).code
    assert.equal(attempt('ann'), 'agent_offline')
    assert.equal(attempt('sue', 'nothing'), 'not_found')
    assert.equal(attempt('nobody'), 'not_found')
    desk.status('sue', 'away')
    assert.equal(attempt('sue'), 'agent_offline')
    desk.status('sue', 'online')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'sue', fields: { capacity: 0 } })
    assert.equal(attempt('sue'), 'capacity_reached')
    assert.equal(refused(desk, { type: 'session.accept', actor: operator, conversationId }).code, 'not_permitted')
    desk.must({ type: 'session.close', actor: operator, conversationId })
    assert.equal(attempt('sue'), 'already_closed')
  })
})

describe('transfer', () => {
  function held(capacity = 5) {
    const desk = createDesk({
      teams: [{ teamId: 'vip', name: 'VIP' }],
      agents: [
        agent('ann', { capacity }),
        agent('bob', { teams: ['vip'], capacity }),
        agent('sue', { role: 'supervisor' }),
      ],
    })
    desk.status('ann', 'online')
    return { desk, conversationId: desk.says('o1') }
  }
  const to = (actor: Actor, conversationId: string, target: { agentId: string } | { teamId: string }) =>
    ({ type: 'session.transfer', actor, conversationId, to: target }) as const

  test('to an agent hands the conversation over with its note, and the freed capacity serves who waits', () => {
    const desk = createDesk({
      teams: [{ teamId: 'front', name: 'Front' }],
      accounts: [account('oa', { teams: ['front'] })],
      agents: [agent('ann', { teams: ['front'], capacity: 1 }), agent('bob')],
    })
    desk.status('ann', 'online')
    desk.status('bob', 'online')
    const held = desk.says('o1')
    const waiting = desk.says('o2')
    assert.deepEqual([held, waiting].map(desk.holder), ['agent:ann', 'queue'])
    const note = '客户要退货'
    const { events } = desk.must({ ...to(byAgent('ann'), held, { agentId: 'bob' }), handOver: { note } })
    assert.equal(events[0]?.type === 'session.assigned' && events[0].facts.cause, 'transfer')
    assert.deepEqual(events[0]?.personal, { note })
    assert.deepEqual([held, waiting].map(desk.holder), ['agent:bob', 'agent:ann'])
  })

  test('to an agent who is offline, away, full, disabled or unknown is refused', () => {
    const { desk, conversationId } = held()
    const attempt = () => refused(desk, to(byAgent('ann'), conversationId, { agentId: 'bob' }))
    assert.deepEqual([attempt().code, attempt().detail], ['agent_unavailable', 'bob is offline'])
    desk.status('bob', 'away')
    assert.equal(attempt().detail, 'bob is away')
    desk.status('bob', 'online')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'bob', fields: { capacity: 0 } })
    assert.equal(attempt().detail, 'bob is full')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'bob', fields: { disabled: true } })
    assert.equal(attempt().detail, 'bob is disabled')
    const unknown = refused(desk, to(byAgent('ann'), conversationId, { agentId: 'nobody' }))
    assert.deepEqual([unknown.code, unknown.detail], ['agent_unavailable', 'nobody is unknown'])
  })

  test('to a team gives it to one of them, or lets it wait for them', () => {
    const { desk, conversationId } = held()
    desk.must(to(byAgent('ann'), conversationId, { teamId: 'vip' }))
    assert.equal(desk.holder(conversationId), 'queue:vip')
    desk.status('bob', 'online')
    assert.equal(desk.holder(conversationId), 'agent:bob')
  })

  test('to a team passes over the giver while somebody else can take it, and serves longer waits before giving it back', () => {
    const { desk, conversationId } = held()
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { teams: ['vip'], capacity: 1 } })
    desk.nowMs += minute
    const waiting = desk.says('o2')
    desk.nowMs += minute
    desk.must(to(byAgent('ann'), conversationId, { teamId: 'vip' }))
    assert.deepEqual([waiting, conversationId].map(desk.holder), ['agent:ann', 'queue:vip'])
    assert.ok(desk.records.some(({ excluded }) => excluded.some(({ reason }) => reason === 'transferring')))
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: waiting })
    assert.equal(desk.holder(conversationId), 'agent:ann', 'better served by the giver than not at all')
  })

  test('to a team that does not exist is refused', () => {
    const { desk, conversationId } = held()
    assert.equal(refused(desk, to(byAgent('ann'), conversationId, { teamId: 'no' })).code, 'not_found')
  })

  test('is for the holder; a supervisor may take over, an app or operator may act for others', () => {
    const { desk, conversationId } = held()
    desk.status('bob', 'online')
    desk.status('sue', 'online')
    const byBob = refused(desk, to(byAgent('bob'), conversationId, { agentId: 'bob' }))
    assert.equal(byBob.code, 'held_by_another')
    const { events } = desk.must(to(byAgent('sue'), conversationId, { agentId: 'sue' }))
    assert.equal(events[0]?.type === 'session.assigned' && events[0].facts.cause, 'take-over')
    desk.must(to(operator, conversationId, { agentId: 'bob' }))
    assert.equal(desk.holder(conversationId), 'agent:bob')
    desk.must(to(byApp('bot'), conversationId, { agentId: 'ann' }))
    assert.equal(desk.holder(conversationId), 'agent:ann')
    assert.deepEqual(desk.must(to(operator, conversationId, { agentId: 'ann' })).events, [])
  })

  test('of a waiting conversation is a supervisor’s; of a closed one nobody’s', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 0 }), agent('sue', { role: 'supervisor' })] })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    assert.equal(refused(desk, to(byAgent('ann'), conversationId, { agentId: 'sue' })).code, 'not_held')
    desk.must({ type: 'session.close', actor: operator, conversationId })
    assert.equal(refused(desk, to(byAgent('sue'), conversationId, { agentId: 'sue' })).code, 'already_closed')
  })
})

describe('close and reopen', () => {
  function held() {
    const desk = createDesk()
    desk.status('ann', 'online')
    return { desk, conversationId: desk.says('o1') }
  }

  test('the holder ends the session; another agent may not, and nobody ends it twice', () => {
    const { desk, conversationId } = held()
    const close = (actor: Actor) => ({ type: 'session.close', actor, conversationId }) as const
    assert.equal(refused(desk, close(byAgent('bob'))).code, 'held_by_another')
    const { events } = desk.must({ ...close(byAgent('ann')), handOver: { note: '已解决' } })
    assert.equal(events[0]?.type === 'session.closed' && events[0].facts.cause, 'agent')
    assert.deepEqual(events[0]?.personal, { note: '已解决' })
    assert.equal(desk.holder(conversationId), 'nobody')
    assert.equal(refused(desk, close(byAgent('ann'))).code, 'already_closed')
  })

  test('what the customer writes afterwards begins a new session', () => {
    const { desk, conversationId } = held()
    const first = desk.conversation(conversationId).sessionId
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    assert.equal(desk.says('o1'), conversationId)
    assert.notEqual(desk.conversation(conversationId).sessionId, first)
  })

  test('an agent opens a new session that names the one it reopens, while a window allows', () => {
    const { desk, conversationId } = held()
    const first = desk.conversation(conversationId).sessionId
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    desk.nowMs += 47 * hour
    const { events } = desk.must({ type: 'session.reopen', actor: byAgent('ann'), conversationId })
    assert.deepEqual(desk.types(events), ['session.opened', 'session.assigned'])
    assert.equal(events[0]?.type === 'session.opened' && events[0].facts.reopens, first)
    assert.equal(events[1]?.type === 'session.assigned' && events[1].facts.cause, 'reopen')
    assert.equal(desk.holder(conversationId), 'agent:ann')
  })

  test('reopening is refused while open, outside the window, when it is used up, offline, full or unfollowed', () => {
    const { desk, conversationId } = held()
    const code = (agentId = 'ann') =>
      refused(desk, { type: 'session.reopen', actor: byAgent(agentId), conversationId }).code
    assert.equal(code(), 'already_open')
    for (let sent = 0; sent < 5; sent++) assert.ok(desk.answers('ann', conversationId).accepted)
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    assert.equal(code(), 'quota_used')
    desk.nowMs += 48 * hour
    assert.equal(code(), 'window_closed')
    assert.equal(code('bob'), 'agent_offline')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 0 } })
    assert.equal(code(), 'capacity_reached')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 1 } })
    desk.does('o1', 'unfollow')
    assert.equal(code(), 'customer_unreachable')
  })
})
