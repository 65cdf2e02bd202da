import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageOf, readKeyset, writeKeyset } from './keyset.ts'

test('a keyset is read as it was written', () => {
  for (const keyset of [
    { at: 0, id: '' },
    { at: 1_700_000_000_123, id: 'cv_A-b_9' },
  ]) {
    assert.deepEqual(readKeyset(writeKeyset(keyset)), keyset)
  }
  assert.equal(readKeyset(undefined), null)
})

test('A12: anything else is refused, and nothing of it reaches a statement', () => {
  const written = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const text of [
    '',
    'x',
    '[]',
    written([1]),
    written(['1', 'a']),
    written([1, "a'; drop"]),
    Buffer.from('[1e400,"a"]').toString('base64url'),
    written({}),
  ]) {
    assert.throws(() => readKeyset(text), { code: 'invalid_request' }, text)
  }
})

test('a page that is just full has a next one only when there is a row beyond it', () => {
  const page = (rows: readonly number[]) => pageOf(rows, 2, String, (at) => ({ at, id: '' }))
  assert.deepEqual(page([1, 2]), { items: ['1', '2'], next: null })
  assert.deepEqual(readKeyset(page([1, 2, 3]).next ?? undefined), { at: 2, id: '' })
  assert.deepEqual(page([]), { items: [], next: null })
})
