import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeMessage } from '../../test/support/made.ts'
import { type Outgoing, settledAs, stillOut, submitted, without } from './outbox.ts'

const one = (clientId: string, conversationId = 'cv_1'): Outgoing => ({
  clientId,
  conversationId,
  content: { type: 'text', text: clientId },
  atMs: 0,
  state: { kind: 'sending' },
})

test('An answer is shown from the key press until the log shows it, never both', () => {
  const outbox = submitted(submitted([], one('a')), one('b', 'cv_2'))
  assert.deepEqual(
    stillOut(outbox, 'cv_1', []).map(({ clientId }) => clientId),
    ['a'],
  )
  assert.deepEqual(stillOut(outbox, 'cv_1', [madeMessage(1, { clientId: 'a' })]), [])
})

test('Trying again takes the place of the first attempt', () => {
  const failed = settledAs(submitted([], one('a')), 'a', { kind: 'unanswered' })
  assert.deepEqual(failed[0]?.state, { kind: 'unanswered' })
  const again = submitted(failed, one('a'))
  assert.equal(again.length, 1)
  assert.deepEqual(again[0]?.state, { kind: 'sending' })
})

test('What was settled goes, what is not there changes nothing', () => {
  const outbox = submitted([], one('a'))
  assert.deepEqual(without(outbox, 'a'), [])
  assert.equal(without(outbox, 'x'), outbox)
})
