import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readableText, splitEmoji } from './split-emoji.ts'
import { wechatEmoji } from './wechat-codes.ts'

test('The three spellings of a code are the same emoji', () => {
  for (const text of ['/::)', '[微笑]', '[Smile]']) {
    assert.deepEqual(splitEmoji(text), [{ kind: 'emoji', character: '🙂', code: text }])
  }
})

test('The longest code that fits is meant', () => {
  assert.equal(readableText("/::'("), '😭')
  assert.equal(readableText('/::-O'), '🥱')
  assert.equal(readableText('/:,@@/:@@'), '😵✊')
})

test('Codes with angle brackets and quotes are split before anything is shown', () => {
  assert.deepEqual(splitEmoji('a/:<W>b<b>'), [
    { kind: 'text', text: 'a' },
    { kind: 'emoji', character: '🍉', code: '/:<W>' },
    { kind: 'text', text: 'b<b>' },
  ])
})

test('Brackets and slashes that are no code stay as they are', () => {
  assert.equal(readableText('[订单] 1/:2 /path [ ]'), '[订单] 1/:2 /path [ ]')
})

test('Whatever a person types comes back when the parts are put together (F37)', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(...wechatEmoji.map(([, zh]) => `[${zh}]`), '/::', '/:', '['),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('')
      const parts = splitEmoji(text)
      assert.equal(parts.map((part) => (part.kind === 'text' ? part.text : part.code)).join(''), text)
    }),
  )
})

test('No code is listed twice with different meanings', () => {
  const seen = new Map<string, string>()
  for (const [character, zh, en, code] of wechatEmoji) {
    for (const name of new Set([zh, en, code])) {
      if (name === undefined) continue
      assert.equal(seen.get(name) ?? character, character, name)
      seen.set(name, character)
    }
  }
})
