import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, madeConversation, madeWaiting } from '../../test/support/made.ts'
import { mergeConversations } from '../live/conversation-list.ts'
import { noticesOf } from './noticing.ts'

const kinds = (before: ReturnType<typeof madeConversation>[], after: ReturnType<typeof madeConversation>[]) =>
  noticesOf(mergeConversations(new Map(), before), after, 'lili').map(({ kind }) => kind)

const spoken = (position: number, direction: 'in' | 'out' = 'in') =>
  madeConversation('a', { position, lastMessage: { at: at(position), direction, preview: 'x', kind: 'text' } })

test('A customer who begins to wait is noticed, one who goes on waiting is not', () => {
  assert.deepEqual(kinds([], [madeWaiting('a', 0)]), ['waiting'])
  assert.deepEqual(kinds([madeWaiting('a', 0)], [madeWaiting('a', 0, 2)]), [])
})

test('A conversation that is given to me is noticed, also from the queue', () => {
  assert.deepEqual(kinds([], [spoken(2)]), ['assigned'])
  assert.deepEqual(kinds([madeWaiting('a', 0)], [spoken(2)]), ['assigned'])
})

test('An offer to me is noticed once, one to a colleague is not', () => {
  const offered = (agentId: string, position: number) => ({
    ...madeWaiting('a', 0, position),
    offer: { agentId, expiresAt: at(30_000) },
  })
  assert.deepEqual(kinds([madeWaiting('a', 0)], [offered('lili', 2)]), ['offered'])
  assert.deepEqual(kinds([offered('lili', 2)], [offered('lili', 3)]), [])
  assert.deepEqual(kinds([madeWaiting('a', 0)], [offered('wang', 2)]), [])
})

test('A message in mine is noticed, my own answer and a mere change are not', () => {
  assert.deepEqual(kinds([spoken(1)], [spoken(2)]), ['message'])
  assert.deepEqual(kinds([spoken(1)], [spoken(2, 'out')]), [])
  assert.deepEqual(kinds([spoken(1)], [{ ...spoken(1), position: 2 }]), [])
})

test('What concerns a colleague, and what is old, makes no noise', () => {
  assert.deepEqual(kinds([], [madeConversation('a', { assignee: 'wang' })]), [])
  assert.deepEqual(kinds([spoken(5)], [spoken(4)]), [])
})
