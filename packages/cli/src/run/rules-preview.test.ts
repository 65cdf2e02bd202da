import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PreviewedService } from '@duoke/sdk'
import { inWords } from './rules-preview.ts'

const service = (given: number, longest: number): PreviewedService => ({
  sessions: 3,
  served: 2,
  abandoned: 0,
  left: 0,
  refused: 0,
  waiting: 1,
  waitMs: { p50: 0, p90: 1500, p95: 1500, longest },
  serviceLevel: 2 / 3,
  starved: 0,
  agents: [{ agentId: 'ann', given, declined: 0, peak: 1, onlineMs: 1, busyMs: 1, meanLoad: 1 }],
})

test('history, simulation and candidate stand beside each other, each agent in a line', () => {
  const words = inWords({
    ...{ from: '', to: '', seed: 1, events: 12 },
    conformity: { decisions: 3, rederived: 2, erased: 1, deviations: [] },
    ...{ history: service(1, 9000), simulated: service(1, 9000), candidate: service(2, 4000) },
    told: { merged: 0, drawn: 1, refused: 0 },
  })
  assert.match(words, /^12 events; 2 of 3 decisions derived again under the rules of then, 1 erased\.$/m)
  assert.match(words, /^longest wait +9\.0 s +9\.0 s +4\.0 s$/m)
  assert.match(words, /^served in time +66\.7 % +66\.7 % +66\.7 %$/m)
  assert.match(words, /^given to ann +1 +1 +2$/m)
  assert.match(words, /1 lengths drawn/)
})
