import assert from 'node:assert/strict'
import { test } from 'node:test'
import { searchKeys, searchTerms, searchWord } from './search.ts'

test('Chinese is found by pairs of characters, words by themselves, both in one text', () => {
  assert.deepEqual(searchTerms('什么时候发货'), ['什么', '么时', '时候', '候发', '发货'])
  assert.deepEqual(searchTerms('Order ABC-778!'), ['order', 'abc', '778'])
  assert.deepEqual(searchTerms('订单ABC778到了吗'), ['订单', '到了', '了吗', 'abc778'])
})

test('a single character, full width letters and signs are folded alike when written and when asked', () => {
  assert.deepEqual(searchTerms('好'), ['好'])
  assert.deepEqual(searchTerms('ＡＢＣ'), searchTerms('abc'))
  assert.deepEqual(searchTerms('😀 … ！？'), [])
})

test('the same term is there once, and no term is endless', () => {
  assert.deepEqual(searchTerms('好好好好'), ['好好'])
  assert.equal(searchTerms('x'.repeat(5000))[0]?.length, 64)
})

test('a word is one number in an organization and another in the next, and hardly two words share one', () => {
  assert.equal(searchWord('acme', '退款'), searchWord('acme', '退款'))
  assert.notEqual(searchWord('acme', '退款'), searchWord('acne', '退款'))
  const numbers = new Set<number>()
  for (let first = 0x4e00; first < 0x4e00 + 400; first += 1) {
    for (let second = 0x4e00; second < 0x4e00 + 400; second += 1) {
      numbers.add(searchWord('acme', String.fromCharCode(first, second)))
    }
  }
  assert.ok(numbers.size >= 160_000 - 1, `${160_000 - numbers.size} of 160000 pairs collide`)
  for (const number of numbers) assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 40)
})

test('keys tell the part of the log, and stay whole numbers however long it grows', () => {
  const [first = 0] = searchKeys('acme', '退款', 8191)
  assert.equal(first, searchWord('acme', '退款'))
  assert.deepEqual(searchKeys('acme', '退款', 8192), [first + 2 ** 40])
  assert.deepEqual(searchKeys('acme', '退款', 8192 * 8192 + 5), [first])
  for (const key of searchKeys('acme', '什么时候发货', 8192 * 8192 - 1)) assert.ok(Number.isSafeInteger(key))
})
