import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AppAttachment, Content, Facts } from '@duoke/contract'
import type { AskedAnswer } from '../commands.ts'
import { byAgent, byApp, createDesk, type Desk } from '../testing/desk.ts'
import { account, agent, app, attachment } from '../testing/world.ts'

const rights = ['messages:read', 'messages:send', 'sessions:manage']
const responder = (appId: string, fields: Partial<AppAttachment> = {}, scopes = rights) =>
  app(appId, { scopes, attachments: [attachment('oa', { wechatAppId: `wx${appId}`, ...fields })] })
const said: Content = { type: 'text', text: '价格' }
const text = (words: string): Content => ({ type: 'text', text: words })
const reply = (appId: string, words = appId): AskedAnswer => ({ appId, outcome: 'reply', content: text(words) })

function botDesk(apps = [responder('bot', { priority: 10 }), responder('crm'), responder('faq')]): Desk {
  const keywordReplies = [{ match: 'contains' as const, keywords: ['价格'], reply: '￥9' }]
  return createDesk({
    accounts: [account('oa', { greeting: '欢迎', keywordReplies }), account('shop')],
    agents: [agent('ann', { role: 'supervisor' }), agent('bob')],
    apps,
  })
}

/** A customer speaks; answers what was asked, and how to choose. */
function speak(desk: Desk, content: Content = said, act: Parameters<Desk['does']>[1] = 'message') {
  const { events, result } = desk.does('o1', act, content)
  const { conversationId = '', messageId = '', asks } = result
  const choose = (...answers: AskedAnswer[]) => {
    const accepted = desk.must({ type: 'reply.arbitrate', conversationId, messageId, content, answers })
    const chosen = accepted.events.findLast(({ type }) => type === 'reply.arbitrated')
    const facts = chosen?.facts as Facts<'reply.arbitrated'> | undefined // found by its type
    return {
      ...accepted,
      facts,
      became: facts?.answers.map(({ appId, became, reason }) => [appId, became, reason ?? '']),
    }
  }
  return { events, result, conversationId, messageId, asks, choose }
}

describe('who is asked', () => {
  test('are the responders by priority, then by id; notice and routing wait for the choice', () => {
    const desk = botDesk()
    desk.status('ann', 'online')
    const { events, asks, conversationId, result } = speak(desk)
    assert.deepEqual(asks, ['bot', 'crm', 'faq'])
    assert.deepEqual(desk.types(events), ['conversation.started', 'message.received'])
    assert.equal(result.passiveReply, undefined)
    assert.equal(desk.holder(conversationId), 'nobody')
  })

  const unasked: [string, ReturnType<typeof responder>][] = [
    ['an observer', responder('bot', { role: 'observer' })],
    ['one without an address', responder('bot', { push: null })],
    ['one that may not read', responder('bot', {}, ['messages:send'])],
    ['one of another account', app('bot', { scopes: rights, attachments: [attachment('shop')] })],
    ['one whose condition is false', responder('bot', { when: "message.type == 'image'" })],
  ]
  for (const [who, one] of unasked) {
    test(`is not ${who}: everything is as without apps`, () => {
      const desk = botDesk([one])
      const { asks, result } = speak(desk)
      assert.equal(asks, undefined)
      assert.deepEqual(result.passiveReply?.content, text('￥9'))
    })
  }

  test('is not one that is suspended, until it recovers', () => {
    const desk = botDesk()
    const actor = { kind: 'system' } as const
    const report = (kind: 'suspended' | 'recovered') =>
      desk.must({
        ...({ type: 'app.report', actor, appId: 'bot', accountId: 'oa' } as const),
        finding: kind === 'suspended' ? { kind, reason: 'time outs', failures: 5 } : { kind },
      })
    report('suspended')
    assert.deepEqual(speak(desk).asks, ['crm', 'faq'])
    report('recovered')
    assert.deepEqual(speak(desk).asks, ['bot', 'crm', 'faq'])
  })

  test('a condition that cannot be evaluated counts as false, and the event says why', () => {
    const desk = botDesk([responder('bot', { when: 'time.hour / 0 > 1' }), responder('crm')])
    const { events, asks } = speak(desk)
    assert.deepEqual(asks, ['crm'])
    const received = events.find(({ type }) => type === 'message.received')?.facts as Facts<'message.received'> // as found
    assert.deepEqual(received.conditionFaults, { bot: 'division by zero' })
  })

  test('the hour is that of the organization', () => {
    const desk = botDesk([
      responder('bot', { when: 'time.hour == 20 && time.weekday == 1 && time.date == "2026-03-02"' }),
    ])
    assert.deepEqual(speak(desk).asks, ['bot'], 'noon in London is eight in the evening in Shanghai')
  })

  test('is nobody while an agent holds, and the app that holds comes first', () => {
    const desk = botDesk()
    const { conversationId, choose } = speak(desk)
    choose(reply('faq'))
    assert.equal(desk.holder(conversationId), 'app:faq')
    assert.deepEqual(speak(desk).asks, ['faq', 'bot', 'crm'])
    desk.status('ann', 'online')
    desk.must({ type: 'session.transfer', actor: byApp('faq'), conversationId, to: { agentId: 'ann' } })
    assert.equal(speak(desk).asks, undefined)
  })

  test('for what a follower did by hand, not for what WeChat reports or for one who leaves', () => {
    const desk = botDesk()
    const action = (name: string): Content => ({ type: 'action', action: name })
    assert.ok(speak(desk, action('follow'), 'follow').asks)
    assert.ok(speak(desk, action('menu-click'), 'menu').asks)
    assert.ok(speak(desk, action('location-reported'), 'other').asks)
    assert.equal(speak(desk, action('template-message-finished'), 'other').asks, undefined)
    assert.equal(speak(desk, action('unfollow'), 'unfollow').asks, undefined)
  })
})

describe('the choice', () => {
  test('falls on the first in the order of right that answers; it takes the conversation and the others are dropped', () => {
    const desk = botDesk()
    const { conversationId, messageId, choose } = speak(desk)
    const { events, facts, became, result } = choose(reply('faq'), reply('crm'), { appId: 'bot', outcome: 'silent' })
    assert.deepEqual(desk.types(events), [
      'session.opened',
      'session.assigned',
      'message.submitted',
      'delivery.settled',
      'reply.arbitrated',
    ])
    assert.deepEqual(facts?.winner, { kind: 'app', appId: 'crm' })
    assert.deepEqual(became, [
      ['bot', 'nothing', ''],
      ['crm', 'sent', ''],
      ['faq', 'dropped', 'not_chosen'],
    ])
    assert.deepEqual(result.passiveReply?.content, text('crm'))
    assert.equal(desk.holder(conversationId), 'app:crm')
    const [opened, assigned, submitted, settled] = events
    assert.equal(opened?.type === 'session.opened' && opened.facts.messageId, messageId)
    assert.equal(assigned?.type === 'session.assigned' && assigned.facts.cause, 'responder')
    assert.deepEqual(submitted?.actor, byApp('crm'))
    assert.ok(submitted?.type === 'message.submitted' && submitted.facts.stintId && submitted.facts.reserved === null)
    assert.equal(settled?.type === 'delivery.settled' && settled.facts.outcome, 'unknown')
  })

  test('F26: is made once: the same again changes nothing', () => {
    const desk = botDesk()
    const { choose } = speak(desk)
    choose(reply('bot'))
    const again = choose(reply('crm'))
    assert.deepEqual([again.events, again.result.arbitration], [[], undefined])
  })

  test('counts who is not mentioned as late, and who was not asked not at all', () => {
    const desk = botDesk()
    const { became } = speak(desk).choose(reply('stranger'), { appId: 'bot', outcome: 'failed', reason: 'http 500' })
    assert.deepEqual(became, [
      ['bot', 'nothing', 'http 500'],
      ['crm', 'nothing', ''],
      ['faq', 'nothing', ''],
    ])
  })

  test('goes against every app once an agent holds', () => {
    const desk = botDesk([responder('bot', { lateReplies: 'send' })])
    desk.status('ann', 'online')
    const { conversationId, choose } = speak(desk)
    desk.must({ type: 'session.reopen', actor: byAgent('ann'), conversationId })
    const { became, result, facts } = choose(reply('bot'))
    assert.deepEqual(became, [['bot', 'dropped', 'agent_holds']])
    assert.deepEqual([facts?.winner.kind, facts?.holder.kind, result.passiveReply], ['nobody', 'agent', undefined])
  })

  test('passes over an app that may not send, may not hand over, writes too much, or is gone', () => {
    const desk = botDesk([
      responder('a', {}, ['messages:read']),
      responder('b', {}, ['messages:read', 'messages:send']),
      responder('c'),
      responder('d'),
      responder('e'),
    ])
    const { choose } = speak(desk)
    desk.must({ type: 'app.remove', actor: { kind: 'operator' }, appId: 'd' })
    const { became } = choose(
      reply('a'),
      { appId: 'b', outcome: 'transfer' },
      reply('c', '长'.repeat(683)),
      reply('d'),
      reply('e', '长'.repeat(682)),
    )
    assert.deepEqual(became, [
      ['a', 'dropped', 'no_right_to_send'],
      ['b', 'dropped', 'no_right_to_transfer'],
      ['c', 'dropped', 'content_refused'],
      ['d', 'dropped', 'app_removed'],
      ['e', 'sent', ''],
    ])
  })

  test('without an answer is Duoke’s own notice, which opens no session', () => {
    const desk = botDesk()
    const { conversationId, choose } = speak(desk)
    const { facts, result } = choose({ appId: 'bot', outcome: 'silent' })
    assert.deepEqual(facts?.winner, { kind: 'rule', rule: 'keyword' })
    assert.deepEqual(result.passiveReply?.content, text('￥9'))
    assert.equal(desk.holder(conversationId), 'nobody')
    const follow: Content = { type: 'action', action: 'follow' }
    assert.deepEqual(speak(desk, follow, 'follow').choose().facts?.winner, { kind: 'rule', rule: 'greeting' })
  })

  test('without an answer or notice gives the conversation to the first app that took the message', () => {
    const desk = botDesk()
    desk.status('ann', 'online')
    const { conversationId, choose } = speak(desk, text('在吗'))
    choose({ appId: 'bot', outcome: 'late' }, { appId: 'crm', outcome: 'silent' }, { appId: 'faq', outcome: 'silent' })
    assert.equal(desk.holder(conversationId), 'app:crm')
  })

  test('when every app failed, or may not answer, leaves the customer to the humans', () => {
    const desk = botDesk([responder('bot'), responder('mute', {}, ['messages:read'])])
    desk.status('ann', 'online')
    const { conversationId, choose } = speak(desk, text('在吗'))
    choose({ appId: 'bot', outcome: 'failed', reason: 'garbage' }, { appId: 'mute', outcome: 'silent' })
    assert.equal(desk.holder(conversationId), 'agent:ann')
  })

  test('on a press of a menu sends the reply and leaves the conversation with nobody', () => {
    const desk = botDesk()
    const press: Content = { type: 'action', action: 'menu-click', key: 'help' }
    const { conversationId, choose } = speak(desk, press, 'menu')
    assert.equal(choose(reply('bot')).result.passiveReply?.content.type, 'text')
    assert.equal(desk.holder(conversationId), 'nobody')
  })

  test('with a mini-program lets an app hand over, but has no passive reply to give', () => {
    const desk = createDesk({
      accounts: [account('oa', { kind: 'mini-program', greeting: '欢迎' })],
      apps: [responder('bot'), responder('crm')],
    })
    const { choose, conversationId } = speak(desk)
    const { became, result } = choose(reply('bot'), { appId: 'crm', outcome: 'transfer' })
    assert.deepEqual(became, [
      ['bot', 'dropped', 'no_passive_reply'],
      ['crm', 'transferred', ''],
    ])
    assert.deepEqual([result.passiveReply, desk.holder(conversationId)], [undefined, 'queue'])
  })
})

describe('transfer_customer_service', () => {
  test('puts the customer in the human queue, or with whom routing names', () => {
    const desk = botDesk()
    const { conversationId, choose } = speak(desk)
    const { became } = choose({ appId: 'bot', outcome: 'transfer' }, reply('crm'))
    assert.deepEqual(became?.[0], ['bot', 'transferred', ''])
    assert.equal(desk.holder(conversationId), 'queue')
    desk.status('ann', 'online')
    assert.equal(desk.holder(conversationId), 'agent:ann')
  })

  test('names an agent, who gets it while they can take it; else it waits like everybody', () => {
    const desk = botDesk()
    desk.status('ann', 'online')
    desk.status('bob', 'online')
    const first = speak(desk)
    first.choose({ appId: 'bot', outcome: 'transfer', toAgentId: 'bob' })
    assert.equal(desk.holder(first.conversationId), 'agent:bob')
    const other = botDesk()
    const second = speak(other)
    second.choose({ appId: 'bot', outcome: 'transfer', toAgentId: 'bob' })
    assert.equal(other.holder(second.conversationId), 'queue')
  })

  test('on a press of a menu opens a session; from the app that holds it ends its stint', () => {
    const desk = botDesk()
    const press: Content = { type: 'action', action: 'menu-click' }
    const { conversationId, choose } = speak(desk, press, 'menu')
    choose({ appId: 'bot', outcome: 'transfer' })
    assert.equal(desk.holder(conversationId), 'queue')
    const other = botDesk()
    const first = speak(other)
    first.choose(reply('bot'))
    speak(other).choose({ appId: 'bot', outcome: 'transfer' })
    assert.equal(other.holder(first.conversationId), 'queue')
  })
})

describe('an answer that is not the passive reply', () => {
  const eager = (appId: string) => responder(appId, { lateReplies: 'send' })

  test('is sent as a customer message where its owner wants that and nobody else has control', () => {
    const desk = botDesk([eager('bot'), eager('crm')])
    const press: Content = { type: 'action', action: 'menu-click' }
    const { conversationId, choose } = speak(desk, press, 'menu')
    const { became, events } = choose(reply('bot'), reply('crm'))
    assert.deepEqual(became?.[1], ['crm', 'queued-as-message', ''])
    const sent = events.filter(({ type }) => type === 'message.submitted')
    assert.deepEqual(
      sent.map((event) => event.type === 'message.submitted' && [event.facts.via, event.facts.reserved]),
      [
        ['passive-reply', null],
        ['customer-message', 'menu'],
      ],
    )
    assert.equal(desk.conversation(conversationId).windows[0]?.used, 1)
  })

  test('is dropped where the winner has taken the conversation', () => {
    const desk = botDesk([eager('bot'), eager('crm')])
    assert.deepEqual(speak(desk).choose(reply('bot'), reply('crm')).became?.[1], ['crm', 'dropped', 'held_by_another'])
  })

  test('that comes after the choice is sent or dropped by the same rule, and says which', () => {
    const desk = botDesk([eager('bot'), responder('crm')])
    const { conversationId, messageId, choose } = speak(desk)
    choose({ appId: 'bot', outcome: 'silent' })
    const late = (appId: string) =>
      desk.must({ type: 'reply.late', conversationId, messageId, appId, content: text('迟') })
    assert.equal(late('bot').result.late?.became, 'queued-as-message')
    assert.deepEqual(late('crm').result.late, { became: 'dropped', reason: 'policy' })
    desk.status('ann', 'online')
    desk.must({ type: 'session.reopen', actor: byAgent('ann'), conversationId })
    const dropped = late('bot')
    assert.deepEqual(dropped.result.late, { became: 'dropped', reason: 'agent_holds' })
    assert.deepEqual(desk.types(dropped.events), ['reply.came-late'])
  })

  test('is not sent when the allowance is used up or the customer has left', () => {
    const desk = botDesk([eager('bot')])
    const { conversationId, messageId, choose } = speak(desk)
    choose({ appId: 'bot', outcome: 'silent' })
    const late = () =>
      desk.must({ type: 'reply.late', conversationId, messageId, appId: 'bot', content: text('迟') }).result.late
    for (let i = 0; i < 5; i++) assert.equal(late()?.became, 'queued-as-message')
    assert.deepEqual(late(), { became: 'dropped', reason: 'quota_used' })
    desk.does('o1', 'unfollow')
    assert.deepEqual(late(), { became: 'dropped', reason: 'customer_unreachable' })
  })
})

describe('the timer of a choice', () => {
  const fire = (desk: Desk) => {
    const due = [...desk.timers.values()].find(({ set }) => set.startsWith('arbitrate:'))
    if (due !== undefined) desk.timers.delete(due.set)
    return due === undefined ? null : desk.must(due.command)
  }

  test('goes with the choice', () => {
    const desk = botDesk()
    const { choose } = speak(desk)
    assert.deepEqual(
      [...desk.timers.keys()].map((key) => key.split(':')[0]),
      ['arbitrate'],
    )
    choose({ appId: 'bot', outcome: 'transfer' })
    assert.deepEqual([...desk.timers.keys()], [])
  })

  test('leaves no customer alone when nobody came back: the humans get the conversation', () => {
    const desk = botDesk()
    desk.status('ann', 'online')
    const { conversationId } = speak(desk)
    desk.nowMs += 3_999
    fire(desk)
    assert.equal(desk.holder(conversationId), 'nobody', 'too early: set again')
    desk.nowMs += 1
    const chosen = fire(desk)?.events.at(-1)
    assert.ok(chosen?.type === 'reply.arbitrated' && !chosen.facts.inTime)
    assert.equal(desk.holder(conversationId), 'agent:ann')
    assert.equal(fire(desk), null)
  })
})

test('an app that holds is idle like an agent: its session closes in time, without a warning', () => {
  const desk = botDesk()
  const { conversationId, choose } = speak(desk)
  choose(reply('bot'))
  const idle = [...desk.timers.values()].find(({ set }) => set.startsWith('idle:'))
  assert.equal(idle?.dueMs, desk.nowMs + 1_800_000)
  desk.nowMs += 1_800_000
  const { events } = desk.must(idle?.command ?? { type: 'timer.fire', timer: { kind: 'idle', conversationId } })
  assert.deepEqual(desk.types(events), ['session.closed'])
})
