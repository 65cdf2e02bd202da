// What rules do for a follower's phone, on a whole server with the simulator as its WeChat.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, type Json } from './support/app.ts'
import { setCompatibleStage } from './support/compatible-stage.ts'

test('a customer who waits is told the place on the phone; a tag and the owner decide who gets the next session', async () => {
  await using stage = await setCompatibleStage()
  const token = await stage.adminToken()
  const call = (path: string, body?: Json, method?: string) =>
    ask(stage.test.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  const placeReply = { words: ['排队'], reply: '您排在第 {position} 位' }
  const rules = [
    { id: 'vip', when: "'vip' in customer.tags", then: { sticky: { to: 'owner', forMs: 60_000 } } },
    { id: 'all', when: 'true', then: { placeReply, tags: ['seen'] } },
  ]
  const published = await call('rules', { document: { version: 1, rules }, reason: 'road' }, 'PUT')
  assert.equal(published.status, 200, JSON.stringify(published.body))
  await stage.write('在吗')
  await stage.write('排队')
  assert.deepEqual(stage.phone(), ['您排在第 1 位'])

  const { body: listed } = await call('conversations')
  const [{ id, customer, quota }] = listed.items
  assert.deepEqual(customer.tags, ['seen'])
  assert.equal(quota.remaining, 5, 'a passive reply costs nothing')
  await call(`conversations/${id}/close`, {})
  await call(`customers/${customer.id}/tags`, { add: ['vip'], remove: ['seen'] }, 'PATCH')
  await call(`customers/${customer.id}/owner`, { agentId: 'bob' }, 'PUT')
  for (const agentId of ['lili', 'bob']) await stage.setStatus(agentId, 'online')
  await stage.write('我又来了')
  const { body: now } = await call(`conversations/${id}`)
  assert.deepEqual([now.assignee, now.customer.ownerId], ['bob', 'bob'])
  const { body: decision } = await call(`decisions/${now.decisionId}`)
  assert.deepEqual([decision.ruleId, decision.facts.customer.tags], ['vip', ['vip']])
})
