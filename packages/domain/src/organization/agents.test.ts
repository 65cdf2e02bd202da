import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StatusCause } from '../commands.ts'
import { byAgent, createDesk, operator } from '../testing/desk.ts'
import { agent } from '../testing/world.ts'

const minute = 60_000

describe('an agent who stops serving', () => {
  function serving() {
    const desk = createDesk({ agents: [agent('ann', { capacity: 2 }), agent('bob', { capacity: 1 })] })
    desk.status('ann', 'online')
    const held = [desk.says('o1'), desk.says('o2')]
    desk.nowMs += minute
    return { desk, held }
  }

  test('gives every session back: the first goes to whoever is free, the others wait from now on (F73)', () => {
    for (const cause of ['vanished', 'disabled', 'chosen'] satisfies StatusCause[]) {
      const { desk, held } = serving()
      const waiting = desk.says('o3')
      desk.nowMs += minute
      desk.status('bob', 'online')
      assert.equal(desk.holder(waiting), 'agent:bob')
      desk.must({ type: 'agent.change', actor: operator, agentId: 'bob', fields: { capacity: 2 } })
      const { events } = desk.must({
        type: 'agent.set-status',
        actor: operator,
        agentId: 'ann',
        status: 'offline',
        cause,
      })
      assert.deepEqual(held.map(desk.holder), ['agent:bob', 'queue'])
      const queued = events.filter(({ type }) => type === 'session.queued')
      const expected = cause === 'chosen' ? 'offline' : cause
      for (const event of queued) {
        assert.equal(event.type === 'session.queued' && event.facts.cause, expected)
        const since = new Date(desk.nowMs).toISOString()
        assert.equal(event.type === 'session.queued' && event.facts.waitingSince, since)
      }
      assert.equal(queued.length, 2)
      assert.equal(desk.state.agents.get('ann')?.held.length, 0)
    }
  })

  test('for a moment keeps them, but is given no more', () => {
    const { desk, held } = serving()
    desk.status('ann', 'away')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 9 } })
    assert.deepEqual(held.map(desk.holder), ['agent:ann', 'agent:ann'])
    assert.equal(desk.holder(desk.says('o3')), 'queue')
  })

  test('who learns or forgets something is configured anew, and saying the same again is nothing new', () => {
    const { desk } = serving()
    const change = (skills: Record<string, number>) =>
      desk.types(desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { skills } }).events)
    assert.deepEqual(change({ refund: 3, 粤语: 5 }), ['agent.configured'])
    assert.deepEqual(change({ 粤语: 5, refund: 3 }), [])
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 7 } })
    assert.deepEqual(desk.state.agents.get('ann')?.skills, { refund: 3, 粤语: 5 })
    assert.deepEqual(change({}), ['agent.configured'])
    assert.equal(desk.state.agents.get('ann')?.skills, undefined)
    assert.deepEqual(change({}), [])
    const { result } = desk.apply({ agents: [agent('ann', { capacity: 7, skills: { refund: 1 } })] }, { dryRun: true })
    const told = result.changes?.find(({ id }) => id === 'ann')
    assert.deepEqual(told, { kind: 'agent', id: 'ann', change: 'changed', fields: ['skills'] })
  })

  test('because of being disabled is offline and holds nothing, and cannot come back until enabled', () => {
    const { desk, held } = serving()
    const { events } = desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { disabled: true } })
    assert.deepEqual(desk.types(events), [
      'agent.configured',
      'agent.status-changed',
      'session.queued',
      'session.queued',
    ])
    assert.deepEqual(held.map(desk.holder), ['queue', 'queue'])
    const back = {
      type: 'agent.set-status',
      actor: byAgent('ann'),
      agentId: 'ann',
      status: 'online',
      cause: 'chosen',
    } as const
    const refusal = desk.run(back)
    assert.equal(!refusal.accepted && refusal.code, 'not_permitted')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { disabled: false } })
    desk.must(back)
    assert.deepEqual(held.map(desk.holder), ['agent:ann', 'agent:ann'])
  })
})

describe('a change of status or agent', () => {
  test('that changes nothing is not logged', () => {
    const desk = createDesk()
    assert.deepEqual(desk.status('ann', 'offline').events, [])
    desk.status('ann', 'online')
    assert.deepEqual(desk.status('ann', 'online').events, [])
    const fields = { capacity: 5, teams: [] }
    assert.deepEqual(desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields }).events, [])
  })

  test('of somebody unknown, of a name that is taken, or with a team that is not there is refused', () => {
    const desk = createDesk()
    const code = (command: Parameters<typeof desk.run>[0]) => {
      const decision = desk.run(command)
      return decision.accepted ? 'accepted' : decision.code
    }
    const change = { type: 'agent.change', actor: operator, agentId: 'zoe', fields: {} } as const
    assert.equal(code(change), 'not_found')
    assert.equal(code({ ...change, agentId: 'ann', create: true }), 'taken')
    assert.equal(code({ ...change, agentId: 'ann', fields: { teams: ['no'] } }), 'invalid_request')
    const status = { type: 'agent.set-status', actor: operator, status: 'online', cause: 'chosen' } as const
    assert.equal(code({ ...status, agentId: 'zoe' }), 'not_found')
    assert.equal(code({ ...change, create: true }), 'accepted')
    assert.deepEqual(desk.log.at(-1)?.facts, { agentId: 'zoe', role: 'agent', teams: [], capacity: 5, disabled: false })
  })

  test('to less capacity than is held takes nothing away and gives nothing more', () => {
    const desk = createDesk({ agents: [agent('ann')] })
    desk.status('ann', 'online')
    const held = [desk.says('o1'), desk.says('o2')]
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 1 } })
    const waiting = desk.says('o3')
    assert.deepEqual([...held, waiting].map(desk.holder), ['agent:ann', 'agent:ann', 'queue'])
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: held[0] ?? '' })
    assert.equal(desk.holder(waiting), 'queue')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: held[1] ?? '' })
    assert.equal(desk.holder(waiting), 'agent:ann')
  })
})

test('a changed password is told without the password, and only of an agent there is', () => {
  const desk = createDesk({ agents: [agent('ann')] })
  const { events } = desk.must({ type: 'agent.secure', actor: operator, agentId: 'ann', change: 'password-set' })
  assert.deepEqual(
    events.map(({ type, facts }) => ({ type, facts })),
    [{ type: 'agent.secured', facts: { agentId: 'ann', change: 'password-set' } }],
  )
  const unknown = desk.run({ type: 'agent.secure', actor: operator, agentId: 'nobody', change: 'password-set' })
  assert.equal(unknown.accepted === false && unknown.code, 'not_found')
})
