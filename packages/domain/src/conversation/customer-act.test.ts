import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CustomerAct } from '../commands.ts'
import { byAgent, byApp, createDesk, type Desk } from '../testing/desk.ts'
import { account, agent, app } from '../testing/world.ts'

const greeting = '欢迎关注！'
const reply = '早九点到晚九点'

function greetingDesk() {
  return createDesk({
    accounts: [
      account('oa', {
        greeting,
        keywordReplies: [
          { match: 'equals', keywords: ['Hours'], reply },
          { match: 'contains', keywords: ['价格', '多少钱'], reply: '￥9' },
        ],
      }),
    ],
    agents: [agent('ann', { capacity: 1 })],
    apps: [app('bot')],
  })
}

describe('a customer who writes', () => {
  test('for the first time begins a conversation and a session, and is given to an agent in the same decision', () => {
    const desk = createDesk()
    desk.status('ann', 'online')
    const { events, result } = desk.does('o1', 'message', { type: 'text', text: '你好' })
    assert.deepEqual(desk.types(events), [
      'conversation.started',
      'session.opened',
      'message.received',
      'session.assigned',
    ])
    assert.deepEqual(events[0]?.personal, { openid: 'o1' })
    const { conversationId, sessionId, messageId } = result
    assert.deepEqual(events[2]?.facts, {
      conversationId,
      sessionId,
      messageId,
      kind: 'text',
      sentAt: new Date(desk.nowMs).toISOString(),
      opens: 'message',
    })
  })

  test('again joins the open session; what was written keeps its raw push and its media', () => {
    const desk = createDesk()
    const conversationId = desk.says('o1')
    const { sessionId } = desk.conversation(conversationId)
    const { events } = desk.must({
      type: 'customer.act',
      accountId: 'oa',
      openid: 'o1',
      act: 'message',
      kind: 'image',
      content: { type: 'image', mediaId: 'md1' },
      raw: '<xml/>',
      mediaIds: ['md1'],
      sentAtMs: desk.nowMs,
    })
    assert.deepEqual(desk.types(events), ['message.received'])
    const [event] = events
    assert.equal(event?.type === 'message.received' && event.facts.sessionId, sessionId)
    assert.deepEqual(event?.type === 'message.received' && event.facts.mediaIds, ['md1'])
    assert.deepEqual(event?.personal, { content: { type: 'image', mediaId: 'md1' }, raw: '<xml/>' })
  })

  test('on two accounts has two conversations', () => {
    const desk = createDesk({ accounts: [account('oa'), account('shop')] })
    const first = desk.says('o1')
    const content = { type: 'text', text: 'x' } as const
    const { result } = desk.must({
      type: 'customer.act',
      accountId: 'shop',
      openid: 'o1',
      act: 'message',
      kind: 'text',
      content,
      sentAtMs: desk.nowMs,
    })
    assert.notEqual(result.conversationId, first)
  })

  test('to an account that is not connected is refused', () => {
    const desk = createDesk()
    const content = { type: 'text', text: 'x' } as const
    const decision = desk.run({
      type: 'customer.act',
      accountId: 'other',
      openid: 'o1',
      act: 'message',
      kind: 'text',
      content,
      sentAtMs: desk.nowMs,
    })
    assert.equal(!decision.accepted && decision.code, 'not_found')
  })

  test('shows that a silent account is heard again', () => {
    const desk = createDesk()
    desk.must({ type: 'account.report', accountId: 'oa', report: { kind: 'silenced', lastPushAtMs: null } })
    const { events } = desk.does('o1', 'other')
    assert.equal(events[0]?.type, 'account.heard')
    assert.ok(!desk.types(desk.does('o1', 'other').events).includes('account.heard'))
  })
})

describe('what is no message', () => {
  test('is logged, opens its window, and begins no session', () => {
    const desk = createDesk()
    desk.status('ann', 'online')
    const opened = (['scan', 'menu', 'follow', 'other'] as const).map((act) => {
      const { events, result } = desk.does('o1', act)
      assert.equal(desk.holder(result.conversationId ?? ''), 'nobody')
      const received = events.find(({ type }) => type === 'message.received')
      return received?.type === 'message.received' ? received.facts.opens : undefined
    })
    assert.deepEqual(opened, ['scan', 'menu', 'follow', null])
  })

  test('during a session belongs to it', () => {
    const desk = createDesk()
    const conversationId = desk.says('o1')
    const { events } = desk.does('o1', 'scan')
    const [event] = events
    const { sessionId } = desk.conversation(conversationId)
    assert.equal(event?.type === 'message.received' && event.facts.sessionId, sessionId)
  })

  test('following says with which scene; leaving ends the session and frees the agent for who waits', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 1 })] })
    desk.status('ann', 'online')
    const { events } = desk.does('o1', 'follow', { type: 'action', action: 'subscribe', key: 'qrscene_7' })
    assert.deepEqual(events.at(-1)?.personal, { scene: 'qrscene_7' })
    const conversationId = desk.says('o1')
    const waiting = desk.says('o2')
    const left = desk.does('o1', 'unfollow')
    assert.deepEqual(desk.types(left.events), [
      'message.received',
      'customer.unfollowed',
      'session.closed',
      'session.assigned',
    ])
    assert.equal(desk.conversation(conversationId).following, false)
    assert.equal(desk.holder(waiting), 'agent:ann')
    desk.does('o1', 'follow')
    assert.equal(desk.conversation(conversationId).following, true)
  })
})

describe('automatic replies', () => {
  test('a greeting on follow leaves as passive reply, costs no allowance and is unknown by nature', () => {
    const desk = greetingDesk()
    const { events, result } = desk.does('o1', 'follow')
    const { messageId } = result.passiveReply ?? {}
    assert.deepEqual(result.passiveReply, { messageId, content: { type: 'text', text: greeting } })
    const submitted = events.at(-2)
    assert.deepEqual(submitted?.actor, { kind: 'rule', rule: 'greeting' })
    assert.equal(submitted?.type === 'message.submitted' && submitted.facts.via, 'passive-reply')
    assert.equal(submitted?.type === 'message.submitted' && submitted.facts.reserved, null)
    assert.deepEqual(events.at(-1)?.facts, {
      conversationId: result.conversationId,
      messageId,
      outcome: 'unknown',
      released: null,
    })
    assert.deepEqual(desk.conversation(result.conversationId ?? '').pending, {})
  })

  test('a keyword is answered without beginning a session', () => {
    const desk = greetingDesk()
    const replyTo = (text: string) => desk.does('o1', 'message', { type: 'text', text }).result.passiveReply?.content
    assert.deepEqual(replyTo(' hours '), { type: 'text', text: reply })
    assert.deepEqual(replyTo('请问多少钱？'), { type: 'text', text: '￥9' })
    const [conversation] = desk.state.conversations.values()
    assert.equal(conversation?.holder.kind, 'nobody')
    assert.equal(replyTo('opening hours'), undefined, 'the whole text must be equal')
    assert.equal(conversation?.holder.kind, 'queue')
    assert.deepEqual(replyTo('价格'), { type: 'text', text: '￥9' }, 'who waits is still answered')
  })

  test('are silent while an agent or an app holds the conversation', () => {
    const desk = greetingDesk()
    const conversationId = desk.says('o1')
    desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId })
    const reply = (act: 'follow' | 'message') =>
      desk.does('o1', act, { type: 'text', text: '价格' }).result.passiveReply
    assert.deepEqual([reply('follow'), reply('message')], [undefined, undefined])
    desk.status('ann', 'online')
    desk.must({ type: 'session.transfer', actor: byApp('bot'), conversationId, to: { agentId: 'ann' } })
    assert.deepEqual([reply('follow'), reply('message')], [undefined, undefined])
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    assert.notEqual(reply('message'), undefined)
  })
})

describe('what arrives in another order than it was done', () => {
  const acted = (desk: Desk, act: CustomerAct, agoMs: number) => {
    const content =
      act === 'message' ? ({ type: 'text', text: '?' } as const) : ({ type: 'action', action: act } as const)
    const command = { accountId: 'oa', openid: 'o1', act, kind: content.type, content } as const
    return desk.must({ type: 'customer.act', ...command, sentAtMs: desk.nowMs - agoMs })
  }

  test('is a message from before the customer left: it is kept, and nobody follows or is waited for', () => {
    const desk = createDesk()
    const conversationId = desk.says('o1')
    desk.nowMs += 60_000
    acted(desk, 'unfollow', 3_000)
    const { events } = acted(desk, 'message', 4_000)
    assert.deepEqual(desk.types(events), ['message.received'])
    const { following, windows, holder } = desk.conversation(conversationId)
    assert.deepEqual([following, windows, holder.kind], [false, [], 'nobody'])
    acted(desk, 'message', 1_000)
    assert.equal(desk.conversation(conversationId).following, true, 'whoever writes later follows')
    assert.equal(desk.holder(conversationId), 'queue')
  })

  test('is a message in the very second of leaving and returning: it is answered, and trusted with no allowance', () => {
    const desk = createDesk({
      accounts: [account('oa', { keywordReplies: [{ match: 'equals', keywords: ['?'], reply: '!' }] })],
    })
    const conversationId = desk.says('o1')
    desk.nowMs += 60_000
    acted(desk, 'unfollow', 0)
    acted(desk, 'follow', 0)
    const { result } = acted(desk, 'message', 0)
    assert.deepEqual(result.passiveReply?.content, { type: 'text', text: '!' })
    assert.deepEqual(
      desk.conversation(conversationId).windows.map(({ trigger }) => trigger),
      ['follow'],
    )
  })

  test('is leaving, told after the return: who has returned stays, and only older allowances end', () => {
    const desk = createDesk()
    const conversationId = desk.says('o1')
    desk.nowMs += 60_000
    acted(desk, 'follow', 1_000)
    const { events } = acted(desk, 'unfollow', 5_000)
    assert.deepEqual(desk.types(events), ['message.received', 'customer.unfollowed'])
    const { following, windows } = desk.conversation(conversationId)
    assert.deepEqual([following, windows.map(({ trigger }) => trigger)], [true, ['follow']])
    assert.equal(desk.holder(conversationId), 'queue', 'the session goes on')
  })

  test('is a return from before the customer left again: it greets nobody', () => {
    const desk = createDesk({ accounts: [account('oa', { greeting: '你好' })] })
    const conversationId = desk.says('o1')
    desk.nowMs += 60_000
    acted(desk, 'unfollow', 1_000)
    const { events, result } = acted(desk, 'follow', 5_000)
    assert.deepEqual(desk.types(events), ['message.received'])
    assert.equal(result.passiveReply, undefined)
    assert.equal(desk.conversation(conversationId).following, false)
  })
})
