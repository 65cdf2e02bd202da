import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QuickReply } from '@duoke/contract'
import { fillIn } from './fill-in.ts'
import { findReplies, indexOf } from './find-replies.ts'
import { slashBefore } from './slash.ts'

const reply = (title: string, pinyin: string, uses = 0, text = ''): QuickReply => ({
  id: `qr_${title}`,
  owner: { kind: 'organization' },
  title,
  group: '',
  parts: [{ type: 'text', text: text || title }],
  pinyin,
  uses,
  lastUsedAt: null,
})
const index = indexOf([
  reply('退货地址', 'tui huo di zhi', 3, '杭州市西湖区'),
  reply('退换政策', 'tui huan zheng ce', 9),
  reply('问候', 'wen hou', 20),
  reply('VIP 会员', 'vip hui yuan', 1),
])
const found = (typed: string) => findReplies(index, typed).map(({ title }) => title)

test('two initials find a reply, the most used first', () => {
  assert.deepEqual(found('th'), ['退换政策', '退货地址'])
  assert.deepEqual(found('thd'), ['退货地址'])
  assert.deepEqual(found('WH'), ['问候'])
  assert.deepEqual(found('vh'), ['VIP 会员'])
})

test('whole syllables, parts of the title and words of the text find it too, in this order', () => {
  assert.deepEqual(found('tuihuo'), ['退货地址'])
  assert.deepEqual(found('地址'), ['退货地址'])
  assert.deepEqual(found('西湖'), ['退货地址'])
  assert.deepEqual(found('ｖｉｐ'), ['VIP 会员'])
  assert.deepEqual(found(''), ['问候', '退换政策', '退货地址', 'VIP 会员'])
  assert.deepEqual(found('nothing'), [])
})

test('a slash counts at the beginning of a line only, and never as the beginning of an emoji code', () => {
  const at = (text: string, cursor = text.length) => slashBefore(text, cursor)
  assert.deepEqual(at('/'), { from: 0, query: '' })
  assert.deepEqual(at('、th'), { from: 0, query: 'th' })
  assert.deepEqual(at('您好\n／问'), { from: 3, query: '问' })
  assert.deepEqual(at('/th 之后', 3), { from: 0, query: 'th' })
  for (const none of ['/::)', '/:rose', 'a/b', '您好/th', '/th ', '/ th', '', 'https://a'])
    assert.equal(at(none), null, none)
})

test('variables are filled in, and what is none stays', () => {
  const values = { customer: '陈晓', agent: '莉莉', account: 'Acme', organization: 'Acme 公司' }
  const filled = (text: string) => {
    const part = fillIn({ type: 'text', text }, values)
    return part.type === 'text' ? part.text : ''
  }
  assert.equal(filled('{{customer}}您好，我是{{ agent }}'), '陈晓您好，我是莉莉')
  assert.equal(filled('{{constructor}} {{x}} {customer}'), '{{constructor}} {{x}} {customer}')
  assert.equal(filled('$& {{customer}}'), '$& 陈晓')
})
