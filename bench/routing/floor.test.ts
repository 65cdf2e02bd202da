import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureDecisions } from './decisions.ts'
import { createFloor } from './floor.ts'
import { openHouse } from './house.ts'
import { closes, says } from './organization.ts'

const crew = { agents: 40, skills: 20, capacity: 3, spareRoom: 2 }
const filling = { heldEach: 3, waiting: 60 }

test('the floor of the routing bench chooses the same agents and customers as the domain, round after round', () => {
  const { choices, duoke } = measureDecisions(crew, filling, { rounds: 3, turns: 40 })
  assert.equal(choices, 4 * 40 * 5)
  assert.ok(duoke.median > 0)
})

test('the domain and the floor serve who has waited longest with what an agent can do', () => {
  const house = openHouse(crew, filling)
  const floor = createFloor(house.state, (conversationId) => house.openidOf(conversationId))
  const [agentId, heldId] = ['agent-0000', house.state.agents.get('agent-0000')?.held[0] ?? '']
  const { events } = house.run(closes(agentId, heldId))
  const given = events.find(({ type }) => type === 'session.assigned')
  assert.ok(given?.type === 'session.assigned')
  const { closed, next } = floor.closes(agentId, house.nowMs)
  assert.equal(closed, house.openidOf(heldId))
  assert.equal(next, house.openidOf(given.facts.conversationId))
  assert.notEqual(next, '')
})

test('a customer who asks for what only busy agents can do waits in both', () => {
  const house = openHouse(crew, filling)
  const floor = createFloor(house.state, (conversationId) => house.openidOf(conversationId))
  const { events } = house.run(says('new', 'skill-0001', house.nowMs))
  assert.ok(events.some(({ type }) => type === 'session.queued'))
  assert.equal(floor.arrives('new', 'skill-0001', house.nowMs), '')
})
