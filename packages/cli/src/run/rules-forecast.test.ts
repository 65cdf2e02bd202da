import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StaffingForecast } from '@duoke/sdk'
import { forecast, inWords } from './rules-forecast.ts'

const quiet = { at: '03:00', arrivals: 0, arrivalsRange: { from: 0, to: 0 }, load: 0, agents: 0, onShift: 0 }
const busy = { at: '09:00', arrivals: 20.4, arrivalsRange: { from: 16.2, to: 24.9 }, load: 4.9, agents: 4, onShift: 6 }
const nobody = { answeredShare: 1, abandonedShare: 0, meanWaitMs: 0, occupancy: 0 }
const known: StaffingForecast = {
  from: '2026-10-05T00:00:00.000Z',
  to: '2026-11-02T00:00:00.000Z',
  ...{ timeZone: 'Asia/Shanghai', intervalMinutes: 30, concurrency: 2, shrinkage: 0.3, arrivals: 5_000 },
  target: { withinMs: 30_000, answeredShare: 0.8, abandonedShare: 0.05 },
  service: { sessions: 4_800, meanMs: 480_000 },
  patience: { left: 120, meanMs: 245_000 },
  history: { answeredShare: 0.714, abandonedShare: 0.024 },
  lacks: [],
  days: [
    {
      ...{ kind: 'mon', days: 4, tooFewDays: false, arrivals: 240.5, variation: 0.12 },
      intervals: [
        { ...quiet, agentsRange: { from: 0, to: 0 }, expected: nobody },
        {
          ...{ ...busy, agentsRange: { from: 4, to: 5 } },
          expected: { answeredShare: 0.906, abandonedShare: 0.031, meanWaitMs: 8_400, occupancy: 0.61 },
        },
      ],
    },
  ],
  coming: [
    { date: '2026-11-02', kind: 'mon' },
    { date: '2026-11-03', kind: 'tue' },
    { date: '2026-11-09', kind: 'mon' },
  ],
}

test('each kind of day has a table with the dates for which it is, and intervals without anybody are left out', () => {
  const words = inWords(known)
  assert.match(words, /: 5000 sessions, clock of Asia\/Shanghai\.$/m)
  assert.match(
    words,
    /^Target: 80\.0 % served within 30\.0 s, at most 5\.0 % leave; in the period 71\.4 % were in time, 2\.4 % were never served\.$/m,
  )
  assert.match(
    words,
    /^A session takes 480\.0 s \(4800 ended\); customers wait for 245\.0 s before they leave \(120 left\)\.$/m,
  )
  assert.match(words, /^An agent serves 2 at the same time; shrinkage 30\.0 %\.$/m)
  assert.match(
    words,
    /^mon: 240\.5 sessions a day in 4 days, which differ by 12\.0 % beyond chance\. Next: 2026-11-02, 2026-11-09\.$/m,
  )
  assert.match(words, /^09:00 +20\.4 +16\.2–24\.9 +4 +4–5 +6 +90\.6 % +3\.1 % +8\.4 s +61\.0 %$/m)
  assert.doesNotMatch(words, /03:00/)
})

test('what nobody can say is a dash, and it is told why', () => {
  const unplanned = { load: null, agents: null, agentsRange: null, onShift: null, expected: null, arrivalsRange: null }
  const words = inWords({
    ...known,
    target: { ...known.target, answeredShare: null },
    service: { sessions: 3, meanMs: null },
    lacks: ['service', 'patience'],
    days: [
      {
        ...{ kind: 'holiday', days: 1, tooFewDays: true, arrivals: 2, variation: null },
        intervals: [{ at: '09:00', arrivals: 2, ...unplanned }],
      },
    ],
  })
  assert.match(words, /^Target: at most 5\.0 % leave;/m)
  assert.match(words, /^A session takes – \(3 ended\)/m)
  assert.match(words, /^Too few sessions ended/m)
  assert.match(words, /^Too few customers left/m)
  assert.match(words, /^holiday: 2\.0 sessions a day in 1 days; too few to name agents\.$/m)
  assert.match(words, /^09:00 +2\.0( +–){8}$/m)
})

test('flags that make no sense are refused before anybody is asked', async () => {
  const good = { from: '2026-10-05T00:00:00Z', interval: '30', holidays: 'cn', within: '30', shrinkage: '0' }
  await assert.rejects(forecast({ ...good, from: undefined }), /--from with an instant/)
  await assert.rejects(forecast({ ...good, interval: '20' }), /--interval must be one of 15, 30, 60; it is "20"/)
  await assert.rejects(forecast({ ...good, holidays: 'us' }), /--holidays must be one of cn, none/)
  await assert.rejects(forecast({ ...good, within: 'soon' }), /--within must be a number of at least 0/)
  await assert.rejects(forecast({ ...good, answered: 'all' }), /--answered must be a number of at least 0/)
  await assert.rejects(forecast({ ...good, concurrency: '-1' }), /--concurrency must be a number of at least 0/)
})
