import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '@duoke/contract'
import { at, madeConversation, madeWaiting } from '../../test/support/made.ts'
import { countsOf, mergeConversations, neighbourOf, nextToAccept, offersTo, rowsOf } from './conversation-list.ts'

const list = (...conversations: ReturnType<typeof madeConversation>[]) => mergeConversations(new Map(), conversations)

test('An older state never replaces a newer one', () => {
  const known = list(madeConversation('a', { position: 7, unread: 2 }))
  const merged = mergeConversations(known, [madeConversation('a', { position: 5, unread: 9 })])
  assert.equal(merged, known)
  assert.equal(mergeConversations(known, [madeConversation('a', { position: 8, unread: 3 })]).get('a')?.unread, 3)
})

test('Who has waited longest is served first', () => {
  const known = list(madeWaiting('late', 5_000), madeWaiting('early', 1_000), madeConversation('open'))
  assert.deepEqual(
    rowsOf(known, 'waiting', 'lili').map(({ id }) => id),
    ['early', 'late'],
  )
  assert.equal(nextToAccept(known, 'lili')?.id, 'early')
})

test('Who is offered to me is taken first, who is offered to somebody else not at all', () => {
  const offered = (id: string, sinceMs: number, agentId: string) => ({
    ...madeWaiting(id, sinceMs),
    offer: { agentId, expiresAt: at(90_000) },
  })
  const known = list(offered('theirs', 1_000, 'wang'), madeWaiting('free', 2_000), offered('own', 3_000, 'lili'))
  assert.deepEqual(
    offersTo(known, 'lili').map(({ id }) => id),
    ['own'],
  )
  assert.equal(nextToAccept(known, 'lili')?.id, 'own')
  assert.equal(nextToAccept(known, 'zhao')?.id, 'free')
})

test('Mine are those I hold, newest activity first', () => {
  const message = (ms: number) => ({ at: at(ms), direction: 'in', preview: '', kind: 'text' }) as const
  const known = list(
    madeConversation('old', { lastMessage: message(1) }),
    madeConversation('new', { lastMessage: message(2) }),
    madeConversation('other', { assignee: 'wang' }),
    madeConversation('ended', { status: 'closed' }),
    madeWaiting('waiting', 0),
  )
  assert.deepEqual(
    rowsOf(known, 'mine', 'lili').map(({ id }) => id),
    ['new', 'old'],
  )
  assert.equal(rowsOf(known, 'all', 'lili').length, 5)
  assert.equal(rowsOf(known, 'mine', undefined).length, 0)
})

test('What was left stands by its age, what expired behind it, and what was resolved nowhere', () => {
  const left = (id: string, sinceMs: number, change: Partial<Conversation['messageLeft']> = {}) => {
    const told = { sessionId: 'ss_1', teamId: null, cause: 'waited', atOpening: 'stay' } as const
    const messageLeft = { ...told, since: at(sinceMs), ...change }
    return madeConversation(id, { status: 'closed', assignee: null, messageLeft })
  }
  const known = list(
    left('resolved', 0, { resolvedAt: at(9_000) }),
    left('expired', 1_000, { expired: true }),
    left('late', 5_000),
    left('early', 2_000),
    madeConversation('open'),
  )
  assert.deepEqual(
    rowsOf(known, 'left', 'lili').map(({ id }) => id),
    ['early', 'late', 'expired'],
  )
  assert.equal(countsOf(known, 'lili').left, 3)
  assert.equal(countsOf(known, 'lili').open, 1, 'nobody holds what was left')
})

test('The counts are those of the tabs, and unread counts only mine', () => {
  const known = list(
    madeConversation('a', { unread: 2 }),
    madeConversation('b', { unread: 3, assignee: 'wang' }),
    madeConversation('c', { status: 'closed', unread: 9 }),
    madeWaiting('d', 0),
  )
  assert.deepEqual(countsOf(known, 'lili'), { waiting: 1, mine: 1, open: 3, left: 0, unread: 2 })
})

test('The keyboard walks the rows and stops at their ends', () => {
  const rows = [madeConversation('a'), madeConversation('b')]
  assert.equal(neighbourOf(rows, undefined, 1)?.id, 'a')
  assert.equal(neighbourOf(rows, 'a', 1)?.id, 'b')
  assert.equal(neighbourOf(rows, 'b', 1)?.id, 'b')
  assert.equal(neighbourOf(rows, 'a', -1)?.id, 'a')
  assert.equal(neighbourOf([], 'a', 1), undefined)
})
