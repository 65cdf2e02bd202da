import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandFailure } from './exit-codes.ts'
import { durationMs, numberOf } from './options.ts'

test('durations are a number and a unit', () => {
  assert.equal(durationMs('45s'), 45_000)
  assert.equal(durationMs('90m'), 5_400_000)
  assert.equal(durationMs('12h'), 43_200_000)
  assert.equal(durationMs('30d'), 2_592_000_000)
  assert.equal(durationMs('2w'), 1_209_600_000)
})

for (const text of ['', '30', 'd', '0d', '-1d', '1.5h', '30 d', '30D', '30days', '9999999d', '１d']) {
  test(`"${text}" is no duration`, () => {
    assert.throws(() => durationMs(text), CommandFailure)
  })
}

test('a number below the least, or none, names its flag as it is typed', () => {
  assert.equal(numberOf({ rate: '0.5' }, 'rate', 0.1), 0.5)
  for (const value of ['', ' ', '-1', 'NaN', 'Infinity', '1e999', 'ten'])
    assert.throws(() => numberOf({ phonePort: value }, 'phonePort', 0), /--phone-port must be a number of at least 0/)
})
