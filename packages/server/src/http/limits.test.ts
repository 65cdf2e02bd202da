import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLimits, rateLimitFields } from './limits.ts'

function limitsAt(capacity: number, maxKeys?: number) {
  const clock = { nowMs: 0 }
  const limits = createLimits({ capacity, windowSeconds: 60, nowMs: () => clock.nowMs, ...(maxKeys && { maxKeys }) })
  return { clock, limits }
}

test('a burst is allowed up to the capacity, and no more', () => {
  const { limits } = limitsAt(3)
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limits.take('a').allowed),
    [true, true, true, false],
  )
  assert.equal(limits.take('b').allowed, true)
})

test('what was used comes back evenly, never beyond the capacity', () => {
  const { clock, limits } = limitsAt(6)
  for (let at = 0; at < 6; at++) limits.take('a')
  assert.deepEqual([limits.take('a').allowed, limits.take('a').waitSeconds], [false, 10])
  clock.nowMs = 10_000
  assert.deepEqual([limits.take('a').allowed, limits.take('a').allowed], [true, false])
  clock.nowMs = 10_000_000
  assert.equal(limits.take('a').remaining, 5)
})

test('F20: a clock that jumps back gives nothing and takes nothing', () => {
  const { clock, limits } = limitsAt(2)
  clock.nowMs = 100_000
  limits.take('a')
  clock.nowMs = 0
  assert.equal(limits.take('a').remaining, 0)
})

test('the number of keys is bounded, and the least used goes first', () => {
  const { limits } = limitsAt(1, 2)
  for (const key of ['a', 'b', 'a', 'c']) limits.take(key)
  assert.equal(limits.take('a').allowed, false, 'used lately, so it is remembered')
  assert.equal(limits.take('b').allowed, true, 'forgotten')
})

test('the fields say the policy and what is left', () => {
  assert.deepEqual(rateLimitFields('token', 10, 60, { allowed: true, remaining: 9, waitSeconds: 6 }), {
    'RateLimit-Policy': '"token";q=10;w=60',
    RateLimit: '"token";r=9;t=6',
  })
})
