import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { proofSize } from '../../../../test/proof-sizes.ts'
import type { CommandOf, Decision, DeliveryOutcome } from '../commands.ts'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { agent } from '../testing/world.ts'
import { utf8Length } from './messages.ts'
import { quotaAt } from './quota.ts'

const minute = 60_000
const hour = 60 * minute

const codeOf = (decision: Decision) => (decision.accepted ? 'accepted' : decision.code)

/** Ann holds a conversation whose customer has just written. */
function answering() {
  const desk = createDesk({ agents: [agent('ann'), agent('bob')] })
  desk.status('ann', 'online')
  return { desk, conversationId: desk.says('o1') }
}

function sent(desk: Desk, conversationId: string): string {
  const decision = desk.answers('ann', conversationId)
  return (decision.accepted && decision.result.messageId) || ''
}

function delivered(desk: Desk, conversationId: string): void {
  settle(desk, conversationId, sent(desk, conversationId), 'accepted')
}

const remaining = (desk: Desk, conversationId: string) =>
  quotaAt(desk.conversation(conversationId), desk.nowMs).remaining

function settle(desk: Desk, conversationId: string, messageId: string, outcome: DeliveryOutcome) {
  return desk.must({ type: 'delivery.settle', conversationId, messageId, outcome })
}

describe('an answer', () => {
  test('is logged with its stint, its allowance and the time after which it is of no use', () => {
    const { desk, conversationId } = answering()
    const { holder, sessionId } = desk.conversation(conversationId)
    const { events, result } = desk.must({
      type: 'message.submit',
      actor: byAgent('ann'),
      conversationId,
      content: { type: 'image', mediaId: 'md1' },
      clientId: 'mine',
      mediaIds: ['md1'],
    })
    assert.deepEqual(events, [
      {
        type: 'message.submitted',
        actor: byAgent('ann'),
        facts: {
          conversationId,
          sessionId,
          stintId: holder.kind === 'agent' && holder.stintId,
          messageId: result.messageId,
          kind: 'image',
          via: 'customer-message',
          reserved: 'message',
          clientId: 'mine',
          expiresAt: new Date(desk.nowMs + 600_000).toISOString(),
          mediaIds: ['md1'],
        },
        personal: { content: { type: 'image', mediaId: 'md1' } },
      },
    ])
  })

  test('is for the holder alone, unless the scope says otherwise (F76)', () => {
    const { desk, conversationId } = answering()
    const submit = (fields: Partial<CommandOf<'message.submit'>>) =>
      desk.run({
        type: 'message.submit',
        actor: byAgent('bob'),
        conversationId,
        content: { type: 'text', text: 'x' },
        ...fields,
      })
    const refusal = submit({})
    assert.equal(codeOf(refusal), 'held_by_another')
    assert.equal(!refusal.accepted && refusal.holder?.kind === 'agent' && refusal.holder.agentId, 'ann')
    assert.equal(codeOf(submit({ actor: byApp('bot') })), 'held_by_another')
    assert.equal(codeOf(submit({ anyScope: true })), 'accepted')
    assert.equal(codeOf(submit({ actor: operator })), 'accepted')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    assert.equal(codeOf(submit({ actor: byAgent('ann') })), 'not_held')
    assert.equal(codeOf(submit({ conversationId: 'nothing' })), 'not_found')
  })

  test('of more than 2048 bytes is refused, counted as WeChat counts', () => {
    const { desk, conversationId } = answering()
    assert.equal(codeOf(desk.answers('ann', conversationId, '客'.repeat(682))), 'accepted')
    assert.equal(codeOf(desk.answers('ann', conversationId, '客'.repeat(683))), 'content_refused')
  })

  test('byte lengths agree with an encoder, for any string', () => {
    const encoder = new TextEncoder()
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(utf8Length(text), encoder.encode(text).length)
    })
    fc.assert(property, { numRuns: proofSize('properties') })
    assert.equal(utf8Length('\ud800'), 3, 'half a character is written as the replacement character')
  })

  test('to a customer who left is refused until they follow or write again', () => {
    const { desk, conversationId } = answering()
    desk.does('o1', 'unfollow')
    assert.equal(desk.holder(conversationId), 'nobody')
    const submit = {
      type: 'message.submit',
      actor: operator,
      conversationId,
      content: { type: 'text', text: 'x' },
    } as const
    assert.equal(codeOf(desk.run(submit)), 'customer_unreachable')
    desk.nowMs += 1000
    desk.says('o1')
    assert.equal(codeOf(desk.run(submit)), 'accepted')
  })

  test('a customer who left takes every allowance along: coming back brings only that of the follow (F51)', () => {
    const { desk, conversationId } = answering()
    desk.does('o1', 'unfollow')
    desk.does('o1', 'follow')
    assert.deepEqual(
      desk.conversation(conversationId).windows.map(({ trigger }) => trigger),
      ['follow'],
    )
  })
})

describe('the allowance (F51)', () => {
  test('is five answers in 48 hours after a message; more is refused before WeChat is asked', () => {
    const { desk, conversationId } = answering()
    for (let count = 0; count < 5; count++) delivered(desk, conversationId)
    assert.equal(codeOf(desk.answers('ann', conversationId)), 'quota_used')
    desk.nowMs += minute
    desk.says('o1')
    assert.equal(remaining(desk, conversationId), 5)
    desk.nowMs += 48 * hour - 1001
    assert.equal(codeOf(desk.answers('ann', conversationId)), 'accepted')
    desk.nowMs += 1
    assert.equal(codeOf(desk.answers('ann', conversationId)), 'window_closed')
  })

  test('comes from the open window that ends first', () => {
    const { desk, conversationId } = answering()
    desk.nowMs += 1000
    desk.does('o1', 'scan')
    const reserved = () => {
      delivered(desk, conversationId)
      const event = desk.log.findLast(({ type }) => type === 'message.submitted')
      return event?.type === 'message.submitted' ? event.facts.reserved : null
    }
    assert.equal(remaining(desk, conversationId), 8)
    assert.deepEqual([reserved(), reserved(), reserved(), reserved()], ['scan', 'scan', 'scan', 'message'])
    desk.nowMs += 1000
    desk.does('o1', 'menu')
    assert.equal(reserved(), 'menu')
    desk.nowMs += minute
    assert.equal(reserved(), 'message')
  })

  test('of a click on a menu message is that of a menu, although it arrives as a text', () => {
    const desk = createDesk()
    const { result } = desk.does('o1', 'message', { type: 'text', text: '满意', menuItemId: '1' })
    const { windows } = desk.conversation(result.conversationId ?? '')
    assert.deepEqual(
      windows.map(({ trigger, limit }) => [trigger, limit]),
      [['menu', 3]],
    )
  })

  test('is counted from when WeChat heard the customer, not from when the push reached us', () => {
    const desk = createDesk()
    const content = { type: 'action', action: 'CLICK' } as const
    const late = { type: 'customer.act', accountId: 'oa', openid: 'o1', act: 'menu', kind: 'action', content } as const
    const { result } = desk.must({ ...late, sentAtMs: desk.nowMs - 59_000 })
    const id = result.conversationId ?? ''
    assert.equal(remaining(desk, id), 3)
    desk.nowMs += 1000
    assert.equal(remaining(desk, id), 0)
    desk.must({ ...late, sentAtMs: desk.nowMs })
    desk.must({ ...late, sentAtMs: desk.nowMs - 50_000 })
    desk.nowMs += 30_000
    assert.equal(remaining(desk, id), 3, 'an older push that arrives later does not shorten the window')
  })

  test('is given back when the answer provably was not counted by WeChat, and only then', () => {
    const outcomes: Record<DeliveryOutcome, number> = { accepted: 4, unknown: 4, refused: 5, expired: 5, 'not-sent': 5 }
    for (const [outcome, left] of Object.entries(outcomes)) {
      const { desk, conversationId } = answering()
      const messageId = sent(desk, conversationId)
      assert.equal(remaining(desk, conversationId), 4)
      settle(desk, conversationId, messageId, outcome as DeliveryOutcome) // the keys of the table above
      assert.equal(remaining(desk, conversationId), left, outcome)
    }
  })

  test('is not given back twice, nor to a window that the customer has opened since', () => {
    const { desk, conversationId } = answering()
    const first = sent(desk, conversationId)
    const second = sent(desk, conversationId)
    settle(desk, conversationId, first, 'refused')
    assert.deepEqual(settle(desk, conversationId, first, 'refused').events, [])
    assert.equal(remaining(desk, conversationId), 4)
    desk.says('o1')
    sent(desk, conversationId)
    const { events } = settle(desk, conversationId, second, 'refused')
    assert.equal(events[0]?.type === 'delivery.settled' && events[0].facts.released, null)
    assert.equal(remaining(desk, conversationId), 4)
  })
})

describe('an answer that crosses what the customer does (F51)', () => {
  const used = (desk: Desk, conversationId: string) =>
    Object.fromEntries(desk.conversation(conversationId).windows.map((window) => [window.trigger, window.used]))

  test('counts in the new allowance while it is on its way, and is given back when it took nothing', () => {
    const { desk, conversationId } = answering()
    desk.nowMs += minute
    const messageId = sent(desk, conversationId)
    desk.nowMs += 1000
    desk.says('o1')
    assert.deepEqual(used(desk, conversationId), { message: 1 })
    const received = desk.log.findLast(({ type }) => type === 'message.received')
    assert.equal(received?.type === 'message.received' && received.facts.windows?.[0]?.used, 1, 'readers are told')
    settle(desk, conversationId, messageId, 'refused')
    assert.equal(remaining(desk, conversationId), 5)
  })

  test('counts in it when the push came late, and not when it was with WeChat before the customer acted', () => {
    for (const [sentBeforeMs, left] of [
      [5_000, 4],
      [500, 5],
    ] as const) {
      const { desk, conversationId } = answering()
      desk.nowMs += minute
      delivered(desk, conversationId)
      desk.nowMs += 3_000
      const content = { type: 'text', text: '?' } as const
      const act = { accountId: 'oa', openid: 'o1', act: 'message', kind: 'text', content } as const
      desk.must({ type: 'customer.act', ...act, sentAtMs: desk.nowMs - sentBeforeMs })
      assert.equal(remaining(desk, conversationId), left)
    }
  })

  test('has a place in the window that follows while the first may end before it leaves', () => {
    const { desk, conversationId } = answering()
    desk.does('o1', 'menu')
    desk.nowMs += 30_000
    const messageId = sent(desk, conversationId)
    assert.deepEqual(used(desk, conversationId), { message: 1, menu: 1 })
    desk.nowMs += 1000
    settle(desk, conversationId, messageId, 'accepted')
    assert.deepEqual(used(desk, conversationId), { message: 0, menu: 1 })
    const late = sent(desk, conversationId)
    desk.nowMs += 30_000
    settle(desk, conversationId, late, 'accepted')
    assert.deepEqual(used(desk, conversationId), { message: 1 })
  })

  test('leaves before the last window ends that has a place for it', () => {
    const desk = createDesk({ agents: [agent('ann')] })
    desk.status('ann', 'online')
    const conversationId = desk.does('o1', 'menu').result.conversationId ?? ''
    const endMs = desk.nowMs + minute
    const submit = { type: 'message.submit', conversationId, content: { type: 'text', text: 'x' } } as const
    const { events } = desk.must({ ...submit, actor: operator })
    assert.equal(events[0]?.type === 'message.submitted' && Date.parse(events[0].facts.expiresAt), endMs - 1000)
    desk.nowMs = endMs - 1000
    assert.equal(codeOf(desk.run({ ...submit, actor: operator })), 'window_closed')
  })

  test('and is refused for it teaches the ledger, so that the next one is refused before WeChat is asked', () => {
    for (const [code, refusal] of [
      [45047, 'quota_used'],
      [45015, 'window_closed'],
    ] as const) {
      const { desk, conversationId } = answering()
      const messageId = sent(desk, conversationId)
      desk.must({ type: 'delivery.settle', conversationId, messageId, outcome: 'refused', code })
      assert.equal(codeOf(desk.answers('ann', conversationId)), refusal)
      desk.nowMs += 1000
      desk.says('o1')
      assert.equal(remaining(desk, conversationId), 5)
    }
  })
})

describe('what the holder has seen', () => {
  test('counts down to what came after, and an answer shows that all was seen', () => {
    const { desk, conversationId } = answering()
    const upTo = desk.conversation(conversationId).lastPosition
    desk.says('o1')
    const unread = () => desk.conversation(conversationId).unreadPositions.length
    const read = (agentId: string, position: number) =>
      desk.run({ type: 'conversation.read', actor: byAgent(agentId), conversationId, upTo: position })
    assert.equal(unread(), 2)
    assert.equal(codeOf(read('bob', upTo)), 'not_held')
    const decision = read('ann', upTo)
    const [event] = decision.accepted ? decision.events : []
    assert.deepEqual(event?.facts, { conversationId, agentId: 'ann', upTo, unread: 1 })
    const again = read('ann', upTo)
    assert.deepEqual(again.accepted && again.events, [])
    assert.equal(unread(), 1)
    desk.answers('ann', conversationId)
    assert.equal(unread(), 0)
  })

  test('is bounded, however much the customer writes', () => {
    const { desk, conversationId } = answering()
    for (let count = 0; count < 150; count++) desk.says('o1')
    assert.equal(desk.conversation(conversationId).unreadPositions.length, 100)
  })
})

test('a recall and a changed profile are logged for a known conversation', () => {
  const { desk, conversationId } = answering()
  const actor = { kind: 'customer', customerId: 'cu' } as const
  const recall = { type: 'message.recall', actor, conversationId, messageId: 'm' } as const
  assert.deepEqual(desk.must(recall).events, [
    { type: 'message.recalled', actor, facts: { conversationId, messageId: 'm' } },
  ])
  assert.equal(codeOf(desk.run({ ...recall, conversationId: 'nothing' })), 'not_found')
  const profile = { remark: '老王' }
  const { events } = desk.must({ type: 'customer.change', actor: operator, conversationId, profile })
  const { customerId } = desk.conversation(conversationId)
  assert.deepEqual(events, [
    { type: 'customer.changed', actor: operator, facts: { conversationId, customerId }, personal: { profile } },
  ])
  const nowhere = desk.run({ type: 'customer.change', actor: operator, conversationId: 'nothing', profile })
  assert.equal(codeOf(nowhere), 'not_found')
})
