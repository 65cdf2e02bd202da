import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes as contractCloseCodes, operations } from '@duoke/contract'
import { routes } from './routes.ts'
import { closeCodes } from './stream/stream-state.ts'

test('The routes are those of the contract, no more and no fewer', () => {
  const declared = Object.fromEntries(
    Object.entries(operations).map(([name, { method, path }]) => [name, `${method} ${path}`]),
  )
  assert.deepEqual(routes, declared)
})

test('The close codes are those of the contract', () => {
  for (const [name, code] of Object.entries(closeCodes)) {
    assert.equal(Object.entries(contractCloseCodes).find(([declared]) => declared === name)?.[1], code)
  }
})
