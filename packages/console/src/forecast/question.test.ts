import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstWritten, questionIn } from './question.ts'

test('percent becomes a share, seconds milliseconds, and what is left empty is not asked', () => {
  assert.deepEqual(questionIn(firstWritten), { interval: '30', withinMs: 30_000, answered: 0.8, shrinkage: 0 })
  const written = { interval: '15', seconds: '12.5', answered: '95', concurrency: '3.5', shrinkage: '30' } as const
  assert.deepEqual(questionIn(written), {
    ...{ interval: '15', withinMs: 12_500, answered: 0.95, concurrency: 3.5, shrinkage: 0.3 },
  })
})

test('each field that the server would refuse is named', () => {
  const written = { interval: '60', seconds: '', answered: '100', concurrency: '0', shrinkage: '-1' } as const
  assert.deepEqual(questionIn(written), new Set(['seconds', 'answered', 'concurrency', 'shrinkage']))
  assert.deepEqual(questionIn({ ...firstWritten, seconds: '1e9' }), new Set(['seconds']))
  assert.deepEqual(questionIn({ ...firstWritten, answered: '<b>' }), new Set(['answered']))
})
