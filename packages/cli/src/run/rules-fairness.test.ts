import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fairness, inWords } from './rules-fairness.ts'

const agent = { agentId: 'ann', given: 3, entitled: 2, deviation: 0.5, direct: 1, onlineMs: 7_200_000, perHour: 1.5 }

test('the figures of all stand above those of each agent, and what nobody can say is a dash', () => {
  const words = inWords({
    ...{ from: '', to: '', events: 12, given: 3, gini: 0.25 },
    waitMs: { median: 1500, longest: 6000, longestToMedian: 4 },
    overtakings: { total: 2, most: 1 },
    agents: [
      { ...agent, declined: 4, unanswered: 5 },
      {
        agentId: 'bob',
        given: 0,
        entitled: 0,
        deviation: null,
        direct: 0,
        onlineMs: 0,
        perHour: null,
        declined: 0,
        unanswered: 1,
      },
    ],
  })
  assert.match(words, /^12 events; the rules gave 3 sessions, Gini of sessions per hour online 0\.250\.$/m)
  assert.match(words, /^Waits: median 1\.5 s, longest 6\.0 s \(4\.0 times the median\)\.$/m)
  assert.match(words, /^Overtakings: 2, of one customer at most 1\.$/m)
  assert.match(words, /^ann +3 +2\.00 +\+50\.0 % +1 +1\.50 +4 +5$/m)
  assert.match(words, /^bob +0 +0\.00 +– +0 +– +0 +1$/m)
})

test('without a beginning it says what is missing', async () => {
  await assert.rejects(fairness({}), /--from with an instant/)
})
