import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasAllWords, marksIn, searchWords } from './words.ts'

const marked = (text: string, looked: string) =>
  marksIn(text, searchWords(looked)).map(({ from, to }) => text.slice(from, to))

test('Chinese is looked for by its words, which may stand apart; letters and numbers by themselves', () => {
  assert.deepEqual(searchWords('退款申请'), ['退款', '申请'])
  assert.deepEqual(searchWords('订单 ABC-778！'), ['订单', 'abc', '778'])
  assert.ok(hasAllWords('我要申请退款', searchWords('退款申请')))
  assert.ok(!hasAllWords('我要退货', searchWords('退款申请')))
})

test('A single character stays with its neighbours, and alone it is still looked for', () => {
  assert.deepEqual(searchWords('找不到'), ['找不到'])
  assert.deepEqual(searchWords('好'), ['好'])
  assert.deepEqual(searchWords('a 好 b'), ['a', '好', 'b'])
})

test('Words are marked where they stand, in the letters that were written', () => {
  assert.deepEqual(marked('我的退款什么时候到？退款申请已经三天了', '退款'), ['退款', '退款'])
  assert.deepEqual(marked('ＡＢＣ 和 abc', 'Abc'), ['ＡＢＣ', 'abc'])
  assert.deepEqual(marked('订单ABC-778到了吗', 'abc 订单'), ['订单', 'ABC'])
})

test('Hostile: signs alone are no words, overlapping words are one mark, and folding never moves a mark', () => {
  assert.deepEqual(searchWords('😀 … ！？ <>'), [])
  assert.deepEqual(marksIn('什么', []), [])
  assert.deepEqual(marksIn('aaaa', ['aa', 'aaa']), [{ from: 0, to: 4 }])
  // One character that folds to several, one whose small form is longer, and a pair of units.
  for (const before of ['㍿', 'İ', '😀', '﷽', 'ß']) {
    assert.deepEqual(marked(`${before}退款${before}`, '退款'), ['退款'], before)
  }
  assert.deepEqual(marked('㍿', '株'), ['㍿'])
  assert.equal(searchWords('退款'.repeat(500)).length, 1)
})
