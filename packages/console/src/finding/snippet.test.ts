import assert from 'node:assert/strict'
import { test } from 'node:test'
import { snippetOf } from './snippet.ts'

const shown = (text: string, words: string[]) =>
  snippetOf(text, words)
    .map((part) => (part.isMarked ? `[${part.text}]` : part.text))
    .join('')

test('A short text is shown whole, with its words marked', () => {
  assert.equal(shown('我的退款\n什么时候到', ['退款']), '我的[退款] 什么时候到')
})

test('Of a long text the line around the first word is shown', () => {
  const long = `${'前'.repeat(200)}退款${'后'.repeat(200)}`
  assert.equal(shown(long, ['退款']), `…${'前'.repeat(12)}[退款]${'后'.repeat(66)}…`)
  assert.equal(shown(`${'前'.repeat(200)}退款`, ['退款']), `…${'前'.repeat(78)}[退款]`)
})

test('Hostile: no pair of units is cut in two, markup stays text, and a text without the words is its beginning', () => {
  assert.equal(shown(`${'😀'.repeat(100)}退款${'😀'.repeat(100)}`, ['退款']).isWellFormed(), true)
  assert.equal(shown('<b>退款</b>', ['退款', 'b']), '<[b]>[退款]</[b]>')
  assert.equal(shown('x'.repeat(300), ['退款']), `${'x'.repeat(80)}…`)
  assert.equal(shown('', ['退款']), '')
})
