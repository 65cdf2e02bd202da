import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment, settings } from '../testing/world.ts'

const minute = 60_000

function serving(): { desk: Desk; id: string } {
  const keywordReplies = [{ match: 'equals' as const, keywords: ['价格'], reply: '￥9' }]
  const desk = createDesk({ accounts: [account('oa', { keywordReplies })] })
  desk.status('ann', 'online')
  return { desk, id: desk.says('o1') }
}
const block = (conversationId: string, untilMs?: number, actor = byAgent('ann')) =>
  ({ type: 'customer.block', actor, conversationId, ...(untilMs !== undefined && { untilMs }) }) as const
const codeOf = (desk: Desk, command: Parameters<Desk['run']>[0]) => {
  const decision = desk.run(command)
  return decision.accepted ? 'accepted' : decision.code
}

describe('blocking', () => {
  test('ends what is open; later messages are logged, and nobody is given, asked or answers them', () => {
    const { desk, id } = serving()
    desk.apply({
      organization: settings,
      apps: [app('bot', { scopes: ['messages:read', 'messages:send'], attachments: [attachment('oa')] })],
    })
    const { events } = desk.must({ ...block(id), reason: '辱骂' })
    assert.deepEqual(desk.types(events), ['customer.blocked', 'session.closed'])
    assert.equal(desk.conversation(id).lastClose?.cause, 'blocked')
    for (const text of ['你们给我等着', '价格']) {
      const { events: logged, result } = desk.does('o1', 'message', { type: 'text', text })
      assert.deepEqual(desk.types(logged), ['message.received'], text)
      assert.ok(logged[0]?.type === 'message.received' && logged[0].facts.blocked === true)
      assert.deepEqual([result.asks, result.passiveReply], [undefined, undefined])
    }
    assert.deepEqual([desk.holder(id), desk.conversation(id).unreadPositions], ['nobody', []])
  })

  test('an agent opens nothing with the blocked, and the next message after the block is served as ever', () => {
    const { desk, id } = serving()
    desk.must(block(id))
    assert.equal(
      codeOf(desk, { type: 'session.reopen', actor: byAgent('ann'), conversationId: id }),
      'customer_blocked',
    )
    const open = { type: 'session.open', actor: operator, conversationId: id, agentId: 'ann' } as const
    assert.equal(codeOf(desk, open), 'customer_blocked')
    desk.must({ type: 'customer.unblock', actor: byAgent('ann'), conversationId: id })
    assert.deepEqual(desk.must({ type: 'customer.unblock', actor: byAgent('ann'), conversationId: id }).events, [])
    desk.says('o1', '对不起')
    assert.equal(desk.holder(id), 'agent:ann')
  })

  test('ends with its time', () => {
    const { desk, id } = serving()
    assert.equal(codeOf(desk, block(id, desk.nowMs)), 'invalid_request')
    desk.must(block(id, desk.nowMs + minute))
    const timer = desk.timers.get(`block:${id}`)
    assert.ok(timer !== undefined)
    desk.must(timer.command)
    assert.notEqual(desk.conversation(id).blocked, undefined, 'too early')
    desk.nowMs += minute
    const { events } = desk.must(timer.command)
    assert.ok(events[0]?.type === 'customer.unblocked' && events[0].facts.cause === 'time')
    desk.says('o1')
    assert.equal(desk.holder(id), 'agent:ann')
  })

  test("another agent's customer is blocked by supervisors alone; blocking anew replaces the time", () => {
    const { desk, id } = serving()
    desk.apply({ organization: settings, agents: [agent('ann'), agent('bob'), agent('eve', { role: 'supervisor' })] })
    assert.equal(codeOf(desk, block(id, undefined, byAgent('bob'))), 'held_by_another')
    desk.must(block(id, desk.nowMs + minute, byAgent('eve')))
    desk.must(block(id, undefined, byAgent('bob')))
    assert.deepEqual([desk.conversation(id).blocked?.untilMs, desk.timers.has(`block:${id}`)], [null, false])
  })

  test('an app that was being asked when the block came has no say any more', () => {
    const desk = createDesk({
      apps: [app('bot', { scopes: ['messages:read', 'messages:send'], attachments: [attachment('oa')] })],
    })
    const { result } = desk.does('o1', 'message', { type: 'text', text: '你好' })
    const { conversationId = '', messageId = '' } = result
    assert.deepEqual(result.asks, ['bot'])
    desk.must(block(conversationId, undefined, operator))
    const content = { type: 'text', text: '您好' } as const
    const answers = [{ appId: 'bot', outcome: 'reply', content } as const]
    const choice = desk.must({ type: 'reply.arbitrate', conversationId, messageId, content, answers })
    assert.deepEqual(choice.result.arbitration?.winner, { kind: 'nobody' })
    assert.equal(desk.holder(conversationId), 'nobody')
  })
})
