import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateIn, daysOf, periodOf } from './period.ts'

const laterMs = Date.parse('2030-01-01T00:00:00Z')

test('Days are those of the clock where the organization is, to the day of a change of clocks', () => {
  const october = { from: '2026-10-01', to: '2026-10-01' }
  assert.deepEqual(periodOf(october, 'Asia/Shanghai', laterMs), {
    from: '2026-09-30T16:00:00.000Z',
    to: '2026-10-01T16:00:00.000Z',
  })
  const spring = { from: '2026-03-29', to: '2026-03-29' }
  assert.deepEqual(periodOf(spring, 'Europe/Berlin', laterMs), {
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
  })
})

test('A period ends now at the latest, and days in the wrong order, to come, or of no calendar are no period', () => {
  const nowMs = Date.parse('2026-10-01T04:00:00Z')
  assert.equal(
    periodOf({ from: '2026-10-01', to: '2026-10-05' }, 'Asia/Shanghai', nowMs)?.to,
    '2026-10-01T04:00:00.000Z',
  )
  for (const [from, to] of [
    ['2026-10-02', '2026-10-01'],
    ['2026-10-03', '2026-10-04'],
    ['', '2026-10-01'],
    ['2026-13-01', '2026-10-01'],
    ['2026-10-01', '1 October'],
  ] as const) {
    assert.equal(periodOf({ from, to }, 'Asia/Shanghai', nowMs), undefined, `${from} to ${to}`)
  }
})

test('A week ends today and has seven days', () => {
  const today = dateIn('Asia/Shanghai', Date.parse('2026-10-01T20:00:00Z'))
  assert.equal(today, '2026-10-02')
  assert.deepEqual(daysOf('week', today), { span: 'week', from: '2026-09-26', to: '2026-10-02' })
  assert.deepEqual(daysOf('yesterday', today), { span: 'yesterday', from: '2026-10-01', to: '2026-10-01' })
})
