import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quoteOf, wordsOf } from './message-words.ts'

test('what has words can be copied: texts, recognised voices, places, links and names of files', () => {
  assert.equal(wordsOf({ type: 'text', text: '您好' }), '您好')
  assert.equal(wordsOf({ type: 'voice', mediaId: 'md_1', recognition: '开发票' }), '开发票')
  assert.equal(wordsOf({ type: 'voice', mediaId: 'md_1', recognition: '' }), null)
  assert.equal(wordsOf({ type: 'location', latitude: 1, longitude: 2, label: '杭州' }), '杭州')
  assert.equal(wordsOf({ type: 'image', mediaId: 'md_1' }), null)
})

test('a quote is one line, and a long one is cut between characters', () => {
  assert.equal(quoteOf('陈晓', '第一行\n第二行'), '「陈晓：第一行 第二行」\n- - - - - - - - - - - - - - -\n')
  assert.match(quoteOf('陈晓', '😀'.repeat(100)), /^「陈晓：(😀){80}…」/u)
})
