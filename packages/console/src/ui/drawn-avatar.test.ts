import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawnAvatarOf } from './drawn-avatar.ts'

test('An avatar stays with its id and differs between ids', () => {
  assert.deepEqual(drawnAvatarOf('cu_1', '陈晓'), drawnAvatarOf('cu_1', '陈晓'))
  const drawn = new Set(
    Array.from({ length: 100 }, (_, index) => {
      const { hue, shape } = drawnAvatarOf(`cu_${index}`, 'x')
      return `${hue}/${shape}`
    }),
  )
  assert.ok(drawn.size > 40, `${drawn.size} different ones of 100`)
})

test('The letter is the first character a person reads', () => {
  assert.equal(drawnAvatarOf('a', ' 陈晓').letter, '陈')
  assert.equal(drawnAvatarOf('a', '👨‍👩‍👧一家').letter, '👨‍👩‍👧')
  assert.equal(drawnAvatarOf('a', '').letter, '·')
  assert.equal(drawnAvatarOf('a', 'lily').letter, 'L')
})
