import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockOf, fullTime, localeFor, rowTime, sizeOf, spanOf, threadTime, untilTime } from './formatting.ts'

const zone = 'Asia/Shanghai'
const now = Date.UTC(2026, 0, 8, 2, 30)
const ago = (days: number, hours = 0) => now - days * 86_400_000 - hours * 3_600_000

test('A row tells the time today, then yesterday, the weekday, the date', () => {
  assert.equal(rowTime(ago(0, 1), now, 'zh-CN', zone), '09:30')
  assert.equal(rowTime(ago(1), now, 'zh-CN', zone), '昨天')
  assert.equal(rowTime(ago(1), now, 'en', zone), 'yesterday')
  assert.equal(rowTime(ago(3), now, 'zh-CN', zone), '周一')
  assert.equal(rowTime(ago(7), now, 'zh-CN', zone), '1/1')
  assert.equal(rowTime(ago(30), now, 'zh-CN', zone), '25/12/9')
})

test('Yesterday begins at midnight of the place, not of UTC', () => {
  assert.equal(rowTime(Date.UTC(2026, 0, 7, 15, 59), now, 'zh-CN', zone), '昨天')
  assert.equal(rowTime(Date.UTC(2026, 0, 7, 16, 0), now, 'zh-CN', zone), '00:00')
})

test('Between messages the day is told when it is not today', () => {
  assert.equal(threadTime(ago(0, 1), now, 'zh-CN', zone), '09:30')
  assert.equal(threadTime(ago(1), now, 'zh-CN', zone), '昨天 10:30')
  assert.match(fullTime(now, 'zh-CN', zone), /2026.*10:30:00/)
})

test('What is to come within two days is told by its day', () => {
  assert.equal(untilTime(ago(0, -2), now, 'zh-CN', zone), '12:30')
  assert.equal(untilTime(ago(-1), now, 'zh-CN', zone), '明天 10:30')
  assert.equal(untilTime(ago(-1), now, 'en', zone), 'tomorrow 10:30')
  assert.equal(untilTime(ago(-2), now, 'zh-CN', zone), '周六 10:30')
})

test('A waiting timer counts minutes and seconds, and hours when it must', () => {
  assert.deepEqual([7_000, 67_000, 754_000, 3_723_000, -5].map(clockOf), ['0:07', '1:07', '12:34', '1:02:03', '0:00'])
})

test('A span is told in its largest useful unit, in either language', () => {
  assert.equal(spanOf(47 * 3_600_000 + 5, 'zh-CN'), '47小时')
  assert.equal(spanOf(47 * 3_600_000 + 5, 'en'), '47 hours')
  assert.equal(spanOf(59_000, 'zh-CN'), '59秒钟')
  assert.equal(spanOf(3 * 86_400_000, 'en'), '3 days')
  assert.equal(sizeOf(2_048_000, 'en'), '2 MB')
})

test('The language is the chosen one, else the first of the browser that we speak, else Chinese', () => {
  assert.equal(localeFor('en', ['zh-CN']), 'en')
  assert.equal(localeFor(null, ['fr', 'en-GB']), 'en')
  assert.equal(localeFor(null, ['zh-TW', 'en']), 'zh-CN')
  assert.equal(localeFor('xx', ['fr']), 'zh-CN')
})
