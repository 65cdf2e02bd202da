import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byApp, createDesk } from '../testing/desk.ts'
import { account, agent, app } from '../testing/world.ts'

function desk() {
  const made = createDesk({
    accounts: [account('oa')],
    agents: [agent('ann', { capacity: 1 }), agent('bob', { capacity: 1 })],
    apps: [app('crm')],
  })
  return { desk: made, conversationId: made.says('o1') }
}
const open = (conversationId: string, agentId: string) =>
  ({ type: 'session.open', actor: byApp('crm'), conversationId, agentId }) as const

test('an app gives a waiting conversation to an agent who is online', () => {
  const { desk: it, conversationId } = desk()
  const refusal = it.run(open(conversationId, 'ann'))
  assert.ok(!refusal.accepted && refusal.code === 'agent_unavailable')
  it.must({ type: 'session.close', actor: byApp('crm'), conversationId })
  it.status('ann', 'online')
  const { events, result } = it.must(open(conversationId, 'ann'))
  assert.deepEqual(it.types(events), ['session.opened', 'session.assigned'])
  assert.equal(it.holder(conversationId), 'agent:ann')
  assert.ok(
    result.sessionId !== undefined &&
      events.every((event) => 'sessionId' in event.facts && event.facts.sessionId === result.sessionId),
  )
})

test('the same agent again changes nothing; another, a full and an unknown one are refused', () => {
  const { desk: it, conversationId } = desk()
  it.status('ann', 'online')
  it.status('bob', 'online')
  const code = (id: string, agentId: string) => {
    const decision = it.run(open(id, agentId))
    return decision.accepted ? decision.events.length : decision.code
  }
  assert.equal(it.holder(conversationId), 'agent:ann')
  assert.equal(code(conversationId, 'ann'), 0)
  assert.equal(code(conversationId, 'bob'), 'held_by_another')
  const other = it.says('o2')
  assert.equal(it.holder(other), 'agent:bob')
  const third = it.says('o3')
  assert.equal(code(third, 'ann'), 'agent_unavailable')
  assert.equal(code(third, 'nobody'), 'not_found')
  assert.equal(code('cv-unknown', 'ann'), 'not_found')
})

test('a conversation is closed for one agent only while that agent holds it', () => {
  const { desk: it, conversationId } = desk()
  it.status('ann', 'online')
  const close = { type: 'session.close', actor: byApp('crm'), conversationId } as const
  const refusal = it.run({ ...close, heldBy: 'bob' })
  assert.ok(!refusal.accepted && refusal.code === 'held_by_another')
  it.must({ ...close, heldBy: 'ann' })
  assert.equal(it.holder(conversationId), 'nobody')
  const again = it.run({ ...close, heldBy: 'ann' })
  assert.ok(!again.accepted && again.code === 'already_closed')
})

test('an answer keeps in whose name it was written and what WeChat is told with it', () => {
  const { desk: it, conversationId } = desk()
  it.status('ann', 'online')
  const { events } = it.must({
    ...{ type: 'message.submit', actor: byApp('crm'), conversationId, anyScope: true, inNameOf: 'ann' },
    content: { type: 'text', text: 'hi' },
    options: { kfAccount: 'ann@acme', isAi: true },
  })
  const [submitted] = events
  assert.ok(submitted?.type === 'message.submitted')
  assert.equal(submitted.facts.inNameOf, 'ann')
  assert.deepEqual(submitted.personal?.options, { kfAccount: 'ann@acme', isAi: true })
})
