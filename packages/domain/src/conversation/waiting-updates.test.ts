import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountSettings, OrganizationSettings, Rule } from '@duoke/contract'
import { createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, settings } from '../testing/world.ts'
import { quotaLedgerAt } from './quota.ts'

const minute = 60_000
type AccountKind = AccountSettings['kind']
const updates = { reply: '您排在第 {position} 位，预计还需 {wait}', everyMs: 5 * minute, atMost: 2, keep: 3 }
const waitingReply = '请稍候，您排在第 {position} 位，预计等待 {wait}'

function stage(
  then: Rule['then'] = {},
  organization: Partial<OrganizationSettings> = {},
  kind: AccountKind = 'official-account',
) {
  const desk = createDesk({
    organization: { ...settings, ...organization },
    accounts: [account('oa', { kind })],
    agents: [agent('ann', { capacity: 50 })],
  })
  const rules = [{ id: 'all', when: 'true', then: { waitingReply, waitingUpdates: updates, ...then } }]
  const document = { version: 1 as const, rules }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'x', effectiveAtMs: null })
  return desk
}

/** What was sent to a customer by itself, in its order: what, and whether it cost anything. */
function sentTo(desk: Desk, conversationId: string): string[] {
  return desk.log.flatMap((event) => {
    if (event.type !== 'message.submitted' || event.facts.conversationId !== conversationId) return []
    const { content } = event.personal ?? {}
    const text = content?.type === 'text' ? content.text : '?'
    return event.actor.kind === 'rule' ? [`${event.facts.via === 'passive-reply' ? 'free' : 'paid'}: ${text}`] : []
  })
}

/** Rings whatever is due until then, each in its moment. */
function until(desk: Desk, untilMs: number): void {
  for (;;) {
    const [next] = [...desk.timers.values()].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)
    if (next === undefined) break
    desk.nowMs = Math.max(desk.nowMs, next.dueMs)
    desk.timers.delete(next.set)
    desk.must(next.command)
  }
  desk.nowMs = untilMs
}
const close = (desk: Desk, conversationId: string) =>
  desk.must({ type: 'session.close', actor: operator, conversationId })
const remaining = (desk: Desk, id: string) => quotaLedgerAt(desk.conversation(id), desk.nowMs).remaining
const usedBy = (desk: Desk, id: string) => quotaLedgerAt(desk.conversation(id), desk.nowMs).windows[0]?.usedBy

describe('who waits', () => {
  test('F79: however often they write they are answered by itself once, and then told only what changed', () => {
    const desk = stage()
    const ahead = desk.says('o0')
    const id = desk.says('o1')
    for (let times = 0; times < 9; times++) {
      desk.nowMs += 1000
      desk.says('o1', '有人吗')
    }
    assert.deepEqual(sentTo(desk, id), ['free: 请稍候，您排在第 2 位，预计等待 暂时无法估计'])
    until(desk, desk.nowMs + 12 * minute)
    assert.equal(sentTo(desk, id).length, 1, 'the place is the same')
    close(desk, ahead)
    until(desk, desk.nowMs + 5 * minute)
    until(desk, desk.nowMs + 60 * minute)
    assert.deepEqual(sentTo(desk, id).slice(1), ['paid: 您排在第 1 位，预计还需 暂时无法估计'])
    assert.deepEqual(
      [remaining(desk, id), usedBy(desk, id)],
      [4, { 'rule:waiting': 1 }],
      'and the ledger says who spent it',
    )
    desk.status('ann', 'online')
    assert.ok(desk.answers('ann', id).accepted)
    assert.deepEqual(usedBy(desk, id), { 'rule:waiting': 1, agent: 1 })
    assert.equal(desk.timers.has(`waiting-update:${id}`), false, 'who is served is told no more')
  })

  test('is told at most so often, not sooner than said, and never two at a time however late a timer rings', () => {
    const desk = stage()
    const ahead = ['a', 'b', 'c', 'd'].map((openid) => desk.says(openid))
    const id = desk.says('o1')
    const startMs = desk.nowMs
    for (const one of ahead) {
      close(desk, one)
      until(desk, desk.nowMs + 3 * minute)
    }
    until(desk, desk.nowMs + 60 * minute)
    const times = desk.log.flatMap((event) =>
      event.type === 'message.submitted' && event.facts.conversationId === id && event.facts.via === 'customer-message'
        ? [(event.atMs - startMs) / minute]
        : [],
    )
    assert.deepEqual(times, [5, 10])
    const late = stage()
    const first = late.says('a')
    const other = late.says('o1')
    close(late, first)
    const timer = late.timers.get(`waiting-update:${other}`)
    assert.ok(timer !== undefined)
    late.nowMs += 600 * minute
    for (let times = 0; times < 3; times++) late.must(timer.command)
    assert.equal(sentTo(late, other).filter((one) => one.startsWith('paid')).length, 1)
  })

  test('leaves as many of the allowance as are to be kept, and speaks again once the customer has written', () => {
    const desk = stage({ waitingUpdates: { ...updates, keep: 4, atMost: 3 } })
    const ahead = ['a', 'b', 'c'].map((openid) => desk.says(openid))
    const id = desk.says('o1')
    for (const one of ahead) {
      close(desk, one)
      until(desk, desk.nowMs + 6 * minute)
    }
    const paid = () => sentTo(desk, id).filter((one) => one.startsWith('paid')).length
    assert.deepEqual([paid(), remaining(desk, id)], [1, 4])
    const [messageId = ''] = Object.keys(desk.conversation(id).pending)
    desk.must({ type: 'delivery.settle', conversationId: id, messageId, outcome: 'accepted' })
    desk.nowMs += minute
    desk.says('o1', '还要多久')
    assert.deepEqual([remaining(desk, id), usedBy(desk, id)], [5, {}], 'who writes gives all of it back')
    until(desk, desk.nowMs + 6 * minute)
    assert.deepEqual([paid(), remaining(desk, id)], [2, 4])
  })

  test('is told nothing when the place changed by too little, WeChat would refuse it, or somebody is being asked', () => {
    const desk = stage({ waitingUpdates: { ...updates, places: 2 } })
    const [first = '', second = ''] = ['a', 'b'].map((openid) => desk.says(openid))
    const id = desk.says('o1')
    close(desk, first)
    until(desk, desk.nowMs + 6 * minute)
    assert.equal(sentTo(desk, id).length, 1)
    close(desk, second)
    until(desk, desk.nowMs + 6 * minute)
    assert.equal(sentTo(desk, id).length, 2)

    const gone = stage()
    const before = gone.says('a')
    const other = gone.says('o1')
    close(gone, before)
    gone.must({ type: 'customer.block', actor: operator, conversationId: other })
    until(gone, gone.nowMs + 60 * minute)
    assert.equal(sentTo(gone, other).length, 1)
    const closed = stage({}, { idleCloseAfterMs: null })
    const [one = '', two = ''] = ['a', 'b'].map((openid) => closed.says(openid))
    until(closed, closed.nowMs + 49 * 60 * minute)
    close(closed, one)
    until(closed, closed.nowMs + 60 * minute)
    assert.deepEqual(sentTo(closed, two).length, 1, 'the window is over')
  })

  test('is told the range in which eight of ten such waits end, in the language of the organization', () => {
    const served = (organization: Partial<OrganizationSettings>) => {
      const desk = stage({}, organization)
      for (let number = 0; number < 8; number++) desk.says(`w${number}`)
      desk.nowMs += 10 * minute
      desk.status('ann', 'online')
      desk.status('ann', 'away')
      return sentTo(desk, desk.says('o1'))
    }
    assert.deepEqual(served({}), ['free: 请稍候，您排在第 1 位，预计等待 不到 9 分钟'])
    assert.deepEqual(served({ language: 'en' }), ['free: 请稍候，您排在第 1 位，预计等待 less than 9 minutes'])
    assert.deepEqual(sentTo(stage({}, { language: 'en' }), 'none'), [])
  })

  test('on a mini program, where no passive reply is, hears of it by updates alone', () => {
    const desk = stage({}, {}, 'mini-program')
    const id = desk.says('o1')
    assert.deepEqual(sentTo(desk, id), [])
    until(desk, desk.nowMs + 30 * minute)
    assert.deepEqual(sentTo(desk, id), ['paid: 您排在第 1 位，预计还需 暂时无法估计'])
  })

  test('and is served, leaves or closes, is not told afterwards', () => {
    for (const end of ['serve', 'close', 'unfollow'] as const) {
      const desk = stage()
      const ahead = desk.says('a')
      const id = desk.says('o1')
      close(desk, ahead)
      const timer = desk.timers.get(`waiting-update:${id}`)
      assert.ok(timer !== undefined)
      if (end === 'serve') desk.status('ann', 'online')
      else if (end === 'close') close(desk, id)
      else desk.does('o1', 'unfollow')
      desk.nowMs += 30 * minute
      desk.must(timer.command)
      assert.equal(sentTo(desk, id).length, 1, end)
    }
  })
})
