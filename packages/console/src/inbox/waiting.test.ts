import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, madeConversation, madeWaiting, t0 } from '../../test/support/made.ts'
import { waitOf } from './waiting.ts'

test('The timer of a waiting customer is amber after 60 s and red after 100 s', () => {
  const tones = [0, 59_999, 60_000, 99_999, 100_000].map((ms) => waitOf(madeWaiting('a', 0), t0 + ms)?.tone)
  assert.deepEqual(tones, ['calm', 'calm', 'amber', 'amber', 'red'])
})

test('A customer who wrote last waits for an answer, one who was answered does not', () => {
  const message = (direction: 'in' | 'out', kind = 'text') => ({ at: at(0), direction, preview: 'x', kind })
  const wait = (change: Parameters<typeof madeConversation>[1]) => waitOf(madeConversation('a', change), t0 + 70_000)
  assert.deepEqual(wait({ lastMessage: message('in') }), { ms: 70_000, tone: 'amber' })
  assert.equal(wait({ lastMessage: message('out') }), undefined)
  assert.equal(wait({ lastMessage: message('in', 'action') }), undefined)
  assert.equal(wait({ lastMessage: message('in'), status: 'closed' }), undefined)
})
