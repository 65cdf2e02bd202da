import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultCustomerSettings, mostTags } from '@duoke/contract'
import { byAgent, createDesk, operator } from '../testing/desk.ts'
import { agent, settings } from '../testing/world.ts'

const supervisor = () => createDesk({ agents: [agent('ann', { role: 'supervisor' }), agent('bob'), agent('cai')] })

test('tags are added and taken away; what is so already is no event', () => {
  const desk = createDesk()
  const conversationId = desk.says('o1')
  const tag = (add: string[], remove: string[] = []) =>
    desk.run({ type: 'customer.tag', actor: byAgent('ann'), conversationId, add, remove })
  tag(['vip', '老客户'])
  assert.deepEqual(desk.conversation(conversationId).tags, ['vip', '老客户'])
  const again = tag(['vip', 'vip'], ['none'])
  assert.ok(again.accepted && again.events.length === 0)
  tag(['new'], ['vip', '老客户'])
  assert.deepEqual(desk.conversation(conversationId).tags, ['new'])
  tag([], ['new'])
  assert.equal(desk.conversation(conversationId).tags, undefined)
})

test('only tags of the list, of the right form, and not more than fit; one off the list may still go', () => {
  const desk = createDesk()
  const conversationId = desk.says('o1')
  const refusalOf = (add: string[], remove: string[] = []) => {
    const decision = desk.run({ type: 'customer.tag', actor: operator, conversationId, add, remove })
    return decision.accepted ? null : decision.code
  }
  assert.equal(refusalOf(['<script>']), 'tag_unknown')
  const many = Array.from({ length: mostTags }, (_, at) => `tag${at}`)
  assert.equal(refusalOf(many), null)
  assert.equal(refusalOf(['one-more']), 'too_many_tags')
  assert.equal(refusalOf(['one-more'], ['tag0']), null)
  desk.apply({ organization: { ...settings, customers: { ...defaultCustomerSettings, tags: ['vip'] } } })
  assert.equal(refusalOf(['other']), 'tag_unknown')
  assert.equal(refusalOf([], ['tag1']), null)
  const nowhere = desk.run({ type: 'customer.tag', actor: operator, conversationId: 'nothing', add: ['vip'] })
  assert.ok(!nowhere.accepted && nowhere.code === 'not_found')
})

test('an agent takes a customer whom nobody owns and gives up their own; the rest is for supervisors and programs', () => {
  const desk = supervisor()
  const conversationId = desk.says('o1')
  const own = (by: string, agentId: string | null) => {
    const decision = desk.run({ type: 'customer.set-owner', actor: byAgent(by), conversationId, agentId })
    return decision.accepted ? (desk.conversation(conversationId).ownerId ?? null) : decision.code
  }
  assert.equal(own('bob', 'cai'), 'not_permitted')
  assert.equal(own('bob', 'bob'), 'bob')
  assert.equal(own('cai', 'cai'), 'not_permitted')
  assert.equal(own('cai', null), 'not_permitted')
  assert.equal(own('bob', null), null)
  assert.equal(own('ann', 'cai'), 'cai')
  assert.equal(own('ann', 'nobody'), 'not_found')
})

test('where the organization wants it so, who serves first owns the customer, and who serves later does not', () => {
  const desk = supervisor()
  desk.apply({ organization: { ...settings, customers: { ...defaultCustomerSettings, firstAgentOwns: true } } })
  desk.status('bob', 'online')
  const conversationId = desk.says('o1')
  desk.status('cai', 'online')
  desk.must({ type: 'session.transfer', actor: byAgent('bob'), conversationId, to: { agentId: 'cai' } })
  assert.deepEqual([desk.holder(conversationId), desk.conversation(conversationId).ownerId], ['agent:cai', 'bob'])
})

test('a rule tags the customer, names an owner where there is none, and keeps the session for the owner', () => {
  const desk = supervisor()
  const document = {
    version: 1,
    rules: [
      { id: 'known', when: "'vip' in customer.tags", then: { sticky: { to: 'owner', forMs: 60_000 } } },
      { id: 'new', when: 'true', then: { tags: ['vip'], owner: 'bob' } },
    ],
  } as const
  desk.must({
    type: 'rules.publish',
    actor: operator,
    document: structuredClone(document) as never,
    reason: 'vip',
    effectiveAtMs: null,
  })
  for (const one of ['bob', 'cai'] as const) desk.status(one, 'online')
  const conversationId = desk.says('o1')
  const { tags, ownerId } = desk.conversation(conversationId)
  assert.deepEqual([tags, ownerId, desk.holder(conversationId)], [['vip'], 'bob', 'agent:bob'])
  desk.must({ type: 'session.close', actor: byAgent('bob'), conversationId })
  desk.apply({ agents: [agent('ann', { role: 'supervisor' }), agent('bob', { capacity: 0 }), agent('cai')] })
  desk.says('o1')
  assert.equal(desk.holder(conversationId), 'queue', 'the owner is there and has no room: it is kept for them')
  desk.nowMs += 60_000
  for (const { set, command } of [...desk.timers.values()]) if (set.startsWith('waiting')) desk.must(command)
  assert.equal(desk.holder(conversationId), 'agent:cai')
  assert.equal(desk.records.at(-1)?.ruleId, 'known')
})
