import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alarmOf } from './alarms.ts'

test('A wait alarms in amber after a minute and in red after a hundred seconds', () => {
  assert.deepEqual([59_999, 60_000, 99_999, 100_000].map(alarmOf), ['none', 'amber', 'amber', 'red'])
})
