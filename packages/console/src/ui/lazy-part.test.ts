import assert from 'node:assert/strict'
import { test } from 'node:test'
import { untilLoaded } from './lazy-part.ts'

test('what was opened without a network is loaded when the network is back', async () => {
  let tries = 0
  const load = async () => {
    tries += 1
    if (tries < 3) throw new TypeError('Failed to fetch dynamically imported module')
    return 'the dialog'
  }
  assert.equal(await untilLoaded(load, 1), 'the dialog')
  assert.equal(tries, 3)
})
