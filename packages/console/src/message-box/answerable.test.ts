import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, madeConversation, t0 } from '../../test/support/made.ts'
import { answerableOf } from './answerable.ts'

const messageLeft = {
  sessionId: 'ss_1',
  since: at(0),
  teamId: null,
  cause: 'nobody-serves' as const,
  atOpening: 'queue' as const,
}
const hour = 3_600_000
const quota = (remaining: number) => ({ remaining, expiresAt: at(48 * hour), windows: [] })
const left = madeConversation('a', { status: 'closed', holder: { kind: 'nobody' }, messageLeft, quota: quota(5) })

test('A message left is answerable to the end of the last window, and not a moment longer', () => {
  assert.deepEqual(answerableOf(left, t0 + hour), { kind: 'until', atMs: t0 + 48 * hour })
  assert.deepEqual(answerableOf(left, t0 + 48 * hour), { kind: 'closed', reason: 'window' })
})

test('What the server calls expired is so, whatever the clock here says', () => {
  const expired = { ...left, messageLeft: { ...messageLeft, expired: true } }
  assert.deepEqual(answerableOf(expired, t0), { kind: 'closed', reason: 'window' })
})

test('Without an answer left, or a customer who follows, nobody can answer it', () => {
  assert.deepEqual(answerableOf({ ...left, quota: quota(0) }, t0), { kind: 'closed', reason: 'count' })
  const gone = { ...left, customer: { ...left.customer, following: false } }
  assert.deepEqual(answerableOf(gone, t0), { kind: 'closed', reason: 'unfollowed' })
})
