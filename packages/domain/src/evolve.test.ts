import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forgetConversation } from './adopt.ts'
import { evolve } from './evolve.ts'
import { DomainInvariantError } from './invariant.ts'
import { emptyOrganization } from './organization/state.ts'
import { byAgent, createDesk } from './testing/desk.ts'
import { snapshotOf } from './testing/world.ts'

test('events whose personal part was erased still fold: the same holders, without address and name', () => {
  const desk = createDesk()
  desk.status('ann', 'online')
  const conversationId = desk.says('o1')
  desk.answers('ann', conversationId)
  const erased = emptyOrganization()
  for (const { personal: _, ...event } of desk.log) evolve(erased, event)
  assert.deepEqual(erased.conversations.get(conversationId), desk.conversation(conversationId))
  assert.equal(erased.byAddress.size, 0)
  assert.equal(erased.agents.get('ann')?.nickname, '')
})

test('folding the same events twice from the start gives the same state: nothing hides outside it', () => {
  const desk = createDesk()
  desk.status('ann', 'online')
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: desk.says('o1') })
  desk.says('o2')
  const again = emptyOrganization()
  for (const event of desk.log) evolve(again, event)
  assert.deepEqual(snapshotOf(again), snapshotOf(desk.state))
})

test('a conversation that somebody holds is never let go of', () => {
  const desk = createDesk()
  const conversationId = desk.says('o1')
  assert.throws(() => forgetConversation(desk.state, conversationId), DomainInvariantError)
  forgetConversation(desk.state, 'nothing')
  assert.ok(desk.state.conversations.has(conversationId))
})
