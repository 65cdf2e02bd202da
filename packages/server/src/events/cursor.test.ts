import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCursors } from './cursor.ts'

const cursors = createCursors(new Uint8Array(32).fill(7))

test('a cursor leads back to its position, the same on every server with the key', () => {
  for (const position of [0, 1, 35, 36, 4_294_967_296, Number.MAX_SAFE_INTEGER]) {
    const cursor = cursors.encode('e1', position)
    assert.equal(createCursors(new Uint8Array(32).fill(7)).decode('e1', cursor), position)
    assert.match(cursor, /^[A-Za-z0-9._-]+$/, 'it needs no escaping in an address')
  }
})

test('F25, F71: a cursor of another epoch is refused, so that a restored backup is never a silent skip', () => {
  assert.equal(cursors.decode('e2', cursors.encode('e1', 12)), null)
})

test('F71: a forged, damaged or foreign cursor is refused', () => {
  const good = cursors.encode('e1', 12)
  const [position = '', mac = ''] = good.split('.')
  const foreign = createCursors(new Uint8Array(32).fill(8)).encode('e1', 12)
  const changed = `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`
  const bad = ['', '.', '12', mac, `d.${mac}`, `0${good}`, `${position}.${changed}`, `${good}x`, ` ${good}`, foreign]
  bad.push(`${position.toUpperCase()}.${mac}`, `${position}.${mac.slice(1)}`, `zzzzzzzzzzz.${mac}`, `-1.${mac}`)
  for (const cursor of bad) assert.equal(cursors.decode('e1', cursor), null, cursor)
})
