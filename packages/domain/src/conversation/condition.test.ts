import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConditionScene, evaluateCondition, faultOfCondition } from './condition.ts'

const scene: ConditionScene = {
  message: { type: 'text', text: '我要退货', event: '', key: '' },
  conversation: { holder: { kind: 'queue', id: '' }, isFirst: false },
  customer: { id: 'cu_1', following: true, tags: ['vip', '老客户'], owner: 'ann' },
  account: { id: 'oa', kind: 'official-account' },
  time: { hour: 21, minute: 5, weekday: 1, date: '2026-03-02' },
}

const answers: [string, boolean][] = [
  ["'老客户' in customer.tags && customer.owner == 'ann'", true],
  ["'new' in customer.tags || size(customer.tags) != 2", false],
  ["message.type == 'text' && conversation.holder.kind != 'agent'", true],
  ["message.text.contains('退货') || message.text.contains('退款')", true],
  ["message.text.startsWith('你好')", false],
  ["message.event in ['follow', 'menu-click'] && message.key == 'help'", false],
  ['time.hour >= 21 || time.hour < 9', true],
  ['time.weekday > 5 || time.date == "2026-03-02"', true],
  ['conversation.isFirst ? false : customer.following', true],
  ['size(message.text) > 100', false],
]
for (const [text, expected] of answers) {
  test(`${text} is ${expected}`, () => {
    assert.equal(faultOfCondition(text), null)
    assert.equal(evaluateCondition(text, scene), expected)
  })
}

const faulty: [string, RegExp][] = [
  ['', /./],
  ["message.type = 'text'", /./],
  ["message.typ == 'text'", /typ/],
  ["sender.type == 'text'", /Unknown variable: sender/],
  ['message.text', /is string, not true or false/],
  ['message.text == 1', /overload/],
  ["message.text.matches('(a+)+$')", /matches is not among/],
  ['[1, 2].all(x, x > 0)', /all is not among/],
  ["message.text.split('')[0] == 'a'", /split is not among/],
  ['timestamp("2026-01-01T00:00:00Z") < timestamp("2027-01-01T00:00:00Z")', /timestamp/],
  [`${'('.repeat(60)}true${')'.repeat(60)} && ${Array(300).fill('true').join(' && ')}`, /./],
  [`message.text in [${Array(60).fill("'a'").join(', ')}]`, /./],
  ['constructor == 1', /./],
  ['message.constructor == message.__proto__', /./],
]
for (const [text, expected] of faulty) {
  test(`${text.slice(0, 60)} is refused when it is written`, () => {
    assert.match(faultOfCondition(text) ?? '', expected)
  })
}

test('a condition that fails on a message is no yes, and says why', () => {
  assert.equal(faultOfCondition('time.hour / (time.minute - 5) > 1'), null)
  assert.deepEqual(evaluateCondition('time.hour / (time.minute - 5) > 1', scene), { fault: 'division by zero' })
})
