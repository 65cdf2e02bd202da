import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawLetters, encodingAesKeyLength } from './draw-secrets.ts'

test('Letters are drawn evenly: bytes that would favour some of them are drawn again', () => {
  let next = 0
  const counting = (bytes: Uint8Array) => bytes.map(() => next++ % 256)
  const text = drawLetters(248, counting)
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  assert.equal(counts.size, 62)
  assert.deepEqual(new Set(counts.values()), new Set([4]))
})

test('A key has 43 letters and digits, as WeChat asks', () => {
  const key = drawLetters(encodingAesKeyLength, (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>))
  assert.match(key, /^[A-Za-z0-9]{43}$/)
})
