import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aliasOf, customerName } from './customer-name.ts'

test('an alias follows from the id alone, reads as a name, and seldom repeats', () => {
  assert.equal(aliasOf('cu_1'), aliasOf('cu_1'))
  assert.match(aliasOf('cu_1'), /^\p{Script=Han}{2}\p{Script=Han}{2,3} [1-9]\d$/u)
  const names = new Set(Array.from({ length: 1000 }, (_, at) => aliasOf(`cu_${at}`)))
  assert.ok(names.size > 980, `${names.size} of 1000`)
})

test('a remark comes first, an empty one does not count', () => {
  assert.equal(customerName('cu_1', { remark: ' 王女士 ' }), '王女士')
  for (const remark of ['', '  ', 7, null]) assert.equal(customerName('cu_1', { remark }), aliasOf('cu_1'))
})
