import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hours } from '@duoke/contract'
import { exceptionOn, withException, withoutException } from './change-hours.ts'

const hours: Hours = { weekly: { mon: ['09:00-18:00'] } }

test('An exception is set, replaced by one of the same first day, found on each of its days, and taken away', () => {
  const later = withException(hours, { from: '2026-12-24', open: [] })
  const both = withException(later, { from: '2026-12-20', to: '2026-12-22', open: ['10:00-12:00'], note: '盘点' })
  assert.deepEqual(
    both.exceptions?.map(({ from }) => from),
    ['2026-12-20', '2026-12-24'],
  )
  assert.equal(exceptionOn(both, '2026-12-22')?.note, '盘点')
  assert.equal(exceptionOn(both, '2026-12-23'), undefined)
  const replaced = withException(both, { from: '2026-12-24', open: ['09:00-12:00'] })
  assert.deepEqual(exceptionOn(replaced, '2026-12-24')?.open, ['09:00-12:00'])
  const gone = exceptionOn(later, '2026-12-24')
  assert.ok(gone)
  assert.deepEqual(withoutException(later, gone), hours)
})
