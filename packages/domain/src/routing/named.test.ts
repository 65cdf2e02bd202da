import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultSessionSettings, type SessionSettings } from '@duoke/contract'
import { byApp, createDesk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment, settings } from '../testing/world.ts'

/** Ann is busy, Bob is not; the bot answers first and hands over to whom it names. */
function stage(namedAgent: SessionSettings['namedAgent']) {
  const desk = createDesk({
    organization: { ...settings, sessions: { ...defaultSessionSettings, namedAgent } },
    accounts: [account('oa')],
    agents: [agent('ann', { capacity: 1 }), agent('bob')],
    apps: [
      app('bot', { scopes: ['messages:read', 'messages:send', 'sessions:manage'], attachments: [attachment('oa')] }),
    ],
  })
  desk.status('ann', 'online')
  const busy = desk.says('o0')
  desk.must({ type: 'session.open', actor: operator, conversationId: busy, agentId: 'ann' })
  desk.status('bob', 'online')
  const ring = () => {
    for (const { set, dueMs, command } of [...desk.timers.values()]) {
      if (!set.startsWith('waiting') || dueMs > desk.nowMs) continue
      desk.timers.delete(set)
      desk.must(command)
    }
  }
  const handsOver = (openid: string, agentId: string) => {
    const { result } = desk.does(openid, 'message', { type: 'text', text: '转人工' })
    const { conversationId = '', messageId = '' } = result
    const answers = [{ appId: 'bot', outcome: 'transfer', toAgentId: agentId } as const]
    const content = { type: 'text', text: '转人工' } as const
    desk.must({ type: 'reply.arbitrate', conversationId, messageId, content, answers })
    return conversationId
  }
  return { desk, busy, ring, handsOver }
}

test('unless somebody says otherwise the named agent who is busy is not waited for', () => {
  const { desk, handsOver } = stage(null)
  assert.equal(desk.holder(handsOver('o1', 'ann')), 'agent:bob')
  const { desk: other, handsOver: again } = stage({ waitMs: 0 })
  assert.equal(other.holder(again('o1', 'ann')), 'agent:bob')
})

test('it is kept for the named agent for so long, and goes to others then; the record says for whom', () => {
  const { desk, ring, handsOver } = stage({ waitMs: 30_000 })
  const conversationId = handsOver('o1', 'ann')
  assert.equal(desk.holder(conversationId), 'queue')
  const record = desk.records.at(-1)
  assert.deepEqual([record?.ruleId, record?.plan?.sticky], ['named', { agentId: 'ann', forMs: 30_000 }])
  assert.deepEqual(
    record?.excluded.map(({ reason, agentIds }) => [reason, agentIds]),
    [
      ['full', ['ann']],
      ['kept_for_another', ['bob']],
    ],
  )
  desk.nowMs += 30_000
  ring()
  assert.equal(desk.holder(conversationId), 'agent:bob')
})

test('the named agent gets it the moment there is room', () => {
  const { desk, busy, handsOver } = stage({ waitMs: 30_000 })
  const conversationId = handsOver('o1', 'ann')
  desk.must({ type: 'session.close', actor: operator, conversationId: busy })
  assert.equal(desk.holder(conversationId), 'agent:ann')
})

test('who is away is waited for only where it is pinned, and then until they come; disabled, not at all', () => {
  const kept = stage({ waitMs: 30_000 })
  kept.desk.status('ann', 'away')
  assert.equal(kept.desk.holder(kept.handsOver('o1', 'ann')), 'agent:bob')
  const pinned = stage({ waitMs: null })
  const conversationId = pinned.handsOver('o1', 'ann')
  pinned.desk.status('ann', 'offline')
  pinned.desk.nowMs += 3_600_000
  pinned.ring()
  assert.equal(pinned.desk.holder(conversationId), 'queue')
  const gone = { type: 'agent.change', actor: operator, agentId: 'ann', fields: { disabled: true } } as const
  pinned.desk.must(gone)
  assert.equal(pinned.desk.holder(conversationId), 'agent:bob')
})

test('an allocation through the interface is waited for as well, instead of being refused', () => {
  const open = (conversationId: string) =>
    ({ type: 'session.open', actor: byApp('bot'), conversationId, agentId: 'ann' }) as const
  const refused = stage(null)
  const decision = refused.desk.run(open(refused.handsOver('o1', 'nobody')))
  assert.ok(!decision.accepted && decision.code === 'held_by_another')
  const { desk, busy } = stage({ waitMs: null })
  const { result } = desk.does('o2', 'scan')
  const conversationId = result.conversationId ?? ''
  desk.must(open(conversationId))
  assert.equal(desk.holder(conversationId), 'queue')
  desk.must({ type: 'session.close', actor: operator, conversationId: busy })
  assert.equal(desk.holder(conversationId), 'agent:ann')
})

test("a rule's own choice comes before the organization's", () => {
  const { desk, handsOver } = stage({ waitMs: 0 })
  const document = { version: 1, rules: [{ id: 'bot', when: 'true', then: { app: 'bot', named: { waitMs: null } } }] }
  desk.must({ type: 'rules.publish', actor: operator, document: document as never, reason: 'x', effectiveAtMs: null })
  const silent = desk.does('o1', 'message', { type: 'text', text: '在吗' }).result
  const { conversationId = '', messageId = '' } = silent
  const content = { type: 'text', text: '在吗' } as const
  desk.must({
    type: 'reply.arbitrate',
    conversationId,
    messageId,
    content,
    answers: [{ appId: 'bot', outcome: 'failed' }],
  })
  assert.equal(desk.holder(conversationId), 'app:bot')
  assert.equal(handsOver('o1', 'ann'), conversationId)
  assert.equal(desk.holder(conversationId), 'queue')
})

test('who waited for a named agent and is transferred to a team waits for the team alone, however it is routed meanwhile', () => {
  for (const routing of ['automatic', 'manual'] as const) {
    const { desk, handsOver } = stage({ waitMs: null })
    const conversationId = handsOver('o1', 'ann')
    desk.apply({ teams: [{ teamId: 'vip', name: 'VIP' }], accounts: [account('oa', { routing })] })
    desk.must({ type: 'session.transfer', actor: operator, conversationId, to: { teamId: 'vip' } })
    assert.equal(desk.holder(conversationId), 'queue:vip')
    const { plan } = desk.conversation(conversationId)
    assert.deepEqual([plan?.ruleId, plan?.teamId, plan?.sticky], ['transfer', 'vip', null])
    desk.apply({ accounts: [account('oa')], agents: [agent('eve', { teams: ['vip'] })] })
    desk.status('eve', 'online')
    assert.equal(desk.holder(conversationId), 'agent:eve')
  }
})
