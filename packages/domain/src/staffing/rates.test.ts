import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../random.ts'
import type { ObservedDay } from './calendar.ts'
import { ratesOf } from './rates.ts'

const intervalMs = 3_600_000
const whole = (arrivals: number[], kind: ObservedDay['kind'] = 'mon'): ObservedDay => ({
  kind,
  arrivals,
  coveredMs: arrivals.map(() => intervalMs),
})

test('a rate is what came for each interval that the period covers, of that kind of day alone', () => {
  const half = { kind: 'mon', arrivals: [3, 0], coveredMs: [intervalMs / 2, 0] } as const
  const days = [whole([4, 2]), whole([6, 4]), { ...half, arrivals: [3, 0], coveredMs: [intervalMs / 2, 0] }]
  const { intervals, days: seen } = ratesOf('mon', [...days, whole([100, 100], 'tue')], intervalMs)
  assert.equal(seen, 3)
  // 13 sessions in two hours and a half, and 6 in two hours.
  assert.deepEqual(
    intervals.map(({ mean }) => mean),
    [5.2, 3],
  )
})

test('days that differ no more than chance have no variation, and a range from how few they are', () => {
  const { variation, intervals } = ratesOf(
    'mon',
    [[9], [10], [11], [10]].map((counts) => whole(counts)),
    intervalMs,
  )
  assert.equal(variation, 0)
  // Forty sessions came: a gamma distribution of shape 40 around 10.
  const { low = 0, high = 0 } = intervals[0]?.range ?? {}
  assert.ok(Math.abs(low - 8.03) < 0.02 && Math.abs(high - 12.07) < 0.02, `${low} to ${high}`)
})

test('how much days differ is found again: a fifth', () => {
  const random = seededRandom(5)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const poisson = (mean: number) => {
    let [count, product] = [0, random.next()]
    for (const least = Math.exp(-mean); product > least; product *= random.next()) count++
    return count
  }
  const days = Array.from({ length: 400 }, () => {
    const busy = 1 + 0.2 * normal()
    return whole([20, 5, 40].map((mean) => poisson(mean * busy)))
  })
  const { variation, intervals } = ratesOf('mon', days, intervalMs)
  assert.ok(variation !== null && Math.abs(variation - 0.2) < 0.03, `${variation}`)
  const { low = 0, high = 0 } = intervals[2]?.range ?? {}
  assert.ok(
    Math.abs(low - 40 * (1 - 1.2816 * 0.2)) < 2 && Math.abs(high - 40 * (1 + 1.2816 * 0.2)) < 2,
    `${low} to ${high}`,
  )
})

test('too few days have a mean and no range; where nobody ever came, nobody is expected', () => {
  const few = ratesOf('holiday', [whole([4, 0], 'holiday'), whole([8, 0], 'holiday')], intervalMs)
  assert.deepEqual([few.days, few.variation, few.intervals[0]], [2, null, { mean: 6, range: null }])
  const none = ratesOf(
    'mon',
    [[0], [0], [0]].map((counts) => whole(counts)),
    intervalMs,
  )
  assert.deepEqual(none.intervals, [{ mean: 0, range: { low: 0, high: 0 } }])
  assert.equal(ratesOf('sun', [], intervalMs).days, 0)
})
