import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../random.ts'
import { expectedAfter, expectedWait, mostServedRemembered, waitInWords } from './expected-wait.ts'

const minute = 60_000

test('eight of ten waits end within the range, where agents become free at random', () => {
  const random = seededRandom(7)
  for (const place of [1, 3, 12]) {
    const range = expectedWait(place, 30)
    assert.ok(range !== null)
    let within = 0
    for (let customer = 0; customer < 4000; customer++) {
      let waitMs = 0
      for (let ahead = 0; ahead < place; ahead++) waitMs -= Math.log(1 - random.next()) * minute
      if (waitMs >= range.from && waitMs <= range.to) within++
    }
    assert.ok(Math.abs(within / 4000 - 0.8) < 0.03, `${within / 40} % at place ${place}`)
  }
})

test('fewer than five served in the last half hour say nothing; of more than are remembered the pace counts', () => {
  const nowMs = 100 * minute
  const every = (ms: number, count: number) => Array.from({ length: count }, (_, at) => nowMs - (count - 1 - at) * ms)
  assert.equal(expectedWait(1, 4), null)
  assert.equal(expectedAfter(1, every(minute, 4), nowMs), null)
  assert.equal(expectedAfter(1, every(20 * minute, 50), nowMs), null, 'most of them long ago')
  assert.deepEqual(expectedAfter(2, every(minute, 30), nowMs), expectedWait(2, 30))
  const fast = expectedAfter(10, every(1000, mostServedRemembered), nowMs)
  assert.ok(fast !== null && fast.to < 20_000, 'one a second')
})

test('the words promise no less than the estimate, and read well in both languages', () => {
  const words = (from: number, to: number) =>
    [waitInWords({ from, to }, 'zh-CN'), waitInWords({ from, to }, 'en')].join(' | ')
  assert.equal(words(5.5 * minute, 9.1 * minute), '5–10 分钟 | 5–10 minutes')
  assert.equal(words(2000, 30_000), '不到 1 分钟 | less than 1 minute')
  assert.equal(words(10_000, 3 * minute), '不到 3 分钟 | less than 3 minutes')
  assert.equal(words(2 * minute, 2 * minute), '约 2 分钟 | about 2 minutes')
  assert.equal(words(90 * minute, 200 * minute), '1–4 小时 | 1–4 hours')
  assert.equal(waitInWords(null, 'zh-CN'), '暂时无法估计')
  assert.equal(waitInWords(null, 'en'), 'not known yet')
})
