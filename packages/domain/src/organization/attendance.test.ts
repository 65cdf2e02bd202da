import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openingTimes } from '../hours/hours.ts'
import { attendanceOf, type StatusAt, statusSpans } from './attendance.ts'

const hour = 3_600_000
/** Monday, midnight in Shanghai. */
const day = Date.parse('2026-03-02T00:00:00+08:00')
const at = (hours: number) => day + hours * hour
const changes: StatusAt[] = [
  { atMs: at(-20), status: 'offline' },
  { atMs: at(9.5), status: 'online' },
  { atMs: at(10), status: 'online' },
  { atMs: at(12), status: 'away', reason: 'lunch' },
  { atMs: at(13), status: 'online' },
  { atMs: at(15), status: 'away' },
  { atMs: at(15.5), status: 'offline' },
  { atMs: at(20), status: 'online' },
  { atMs: at(21), status: 'offline' },
]
const nine = { weekly: { mon: ['09:00-12:00', '13:00-18:00'] } }
const shifts = openingTimes(nine, 'Asia/Shanghai', () => undefined)

describe('attendance', () => {
  test('a day falls into stretches that follow each other without a gap', () => {
    const spans = statusSpans(changes, at(0), at(24))
    assert.deepEqual(
      spans.map(({ fromMs, toMs, status }) => [(fromMs - day) / hour, (toMs - day) / hour, status]),
      [
        [0, 9.5, 'offline'],
        [9.5, 12, 'online'],
        [12, 13, 'away'],
        [13, 15, 'online'],
        [15, 15.5, 'away'],
        [15.5, 20, 'offline'],
        [20, 21, 'online'],
        [21, 24, 'offline'],
      ],
    )
    assert.equal(spans[2]?.reason, 'lunch')
  })

  test('a look that begins or ends within a stretch has its part of it; before the first change one is offline', () => {
    assert.deepEqual(statusSpans(changes, at(10.5), at(11)), [{ fromMs: at(10.5), toMs: at(11), status: 'online' }])
    assert.deepEqual(statusSpans([], at(0), at(1)), [{ fromMs: at(0), toMs: at(1), status: 'offline' }])
    assert.deepEqual(statusSpans(changes, at(1), at(1)), [])
  })

  test('is held against the shifts: late, lunch outside of them, left early, and an hour more in the evening', () => {
    const { planned, awayByReason, ...actual } = attendanceOf(statusSpans(changes, at(0), at(24)), shifts)
    assert.deepEqual(actual, { onlineMs: 5.5 * hour, awayMs: 1.5 * hour, offlineMs: 17 * hour })
    assert.deepEqual(awayByReason, { lunch: hour })
    assert.deepEqual(planned, {
      ms: 8 * hour,
      onlineMs: 4.5 * hour,
      awayMs: 0.5 * hour,
      absentMs: 3 * hour,
      extraMs: 2 * hour,
    })
  })

  test('says nothing of a plan for who has no shifts', () => {
    assert.equal(attendanceOf(statusSpans(changes, at(0), at(24)), null).planned, null)
  })
})
