import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type QuotaTrigger, quotaTrigger, sendQuotaRule, sendQuotaRules } from './limits.ts'
import { parsePush } from './push/parse-push.ts'
import { fixture } from './testing/fixtures.ts'

test('the quota in force is the newest rule that has begun', () => {
  const message = (day: string) => sendQuotaRule(day).windows.message
  assert.deepEqual(message('2012-01-01'), { count: null, seconds: 172_800 })
  assert.deepEqual(message('2021-05-31'), { count: null, seconds: 172_800 })
  assert.deepEqual(message('2021-06-01'), { count: 20, seconds: 172_800 })
  assert.deepEqual(message('2023-06-11'), { count: 20, seconds: 172_800 })
  assert.deepEqual(message('2023-06-12'), { count: 5, seconds: 172_800 })
  assert.deepEqual(sendQuotaRule('2030-01-01').windows.follow, { count: 3, seconds: 60 })
  const miniProgram = sendQuotaRule('2030-01-01', 'mini-program')
  assert.deepEqual(miniProgram.windows['enter-session'], { count: 2, seconds: 60 })
})

test('the rules of one kind of account stand in the order of their days', () => {
  for (const account of ['official-account', 'mini-program'] as const) {
    const days = sendQuotaRules.filter((rule) => rule.account === account).map((rule) => rule.since)
    assert.deepEqual(days, [...days].sort())
  }
})

test('each push opens the window the protocol reference names, or none', () => {
  const expected: Readonly<Record<string, QuotaTrigger>> = {
    'click on a menu item': 'menu-click',
    'menu click': 'menu-click',
    'menu scan, scancode_push': 'menu-click',
    'menu scan, scancode_waitmsg': 'menu-click',
    follow: 'follow',
    'follow through a QR code': 'follow',
    scan: 'scan',
    'mini program session': 'enter-session',
    'mini program session, empty': 'enter-session',
  }
  for (const { name, xml, push } of fixture('pushes').valid) {
    const otherwise = push.kind === 'event' ? undefined : 'message'
    assert.equal(quotaTrigger(parsePush(xml, 'xml')), expected[name] ?? otherwise, name)
  }
})

test('an unknown message opens a window, an unknown event does not', () => {
  const of = (fields: object) => quotaTrigger(parsePush(JSON.stringify(fields), 'json'))
  assert.equal(of({ MsgType: 'hologram', MsgId: 1 }), 'message')
  assert.equal(of({ MsgType: 'event', Event: 'hologram' }), undefined)
  assert.equal(of({}), undefined)
})
