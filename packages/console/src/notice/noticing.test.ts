import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, madeConversation, madeWaiting } from '../../test/support/made.ts'
import { mergeConversations } from '../live/conversation-list.ts'
import { noticesOf, takenIn } from './noticing.ts'

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

test('What was broadcast to me is noticed once, and that a colleague was faster', () => {
  const broadcast = (agentIds: string[], position: number) => ({
    ...madeWaiting('a', 0, position),
    broadcast: { agentIds, expiresAt: at(30_000) },
  })
  assert.deepEqual(kinds([madeWaiting('a', 0)], [broadcast(['lili', 'wang'], 2)]), ['offered'])
  assert.deepEqual(kinds([broadcast(['wang'], 2)], [broadcast(['wang', 'lili'], 3)]), ['offered'], 'joined')
  assert.deepEqual(kinds([broadcast(['lili', 'wang'], 2)], [broadcast(['lili'], 3)]), [])
  const known = mergeConversations(new Map(), [broadcast(['lili', 'wang'], 2)])
  const ended = (agentId?: string, agentIds = ['lili', 'wang']) => {
    const facts = { conversationId: 'a', sessionId: 's', agentIds, outcome: 'accepted' as const }
    const actor = { kind: 'agent' as const, agentId: 'wang' }
    const event = { position: 3, cursor: '', type: 'session.broadcast-ended', version: 1, at: at(0), actor } as const
    return { ...event, conversationId: 'a', facts: { ...facts, ...(agentId !== undefined && { agentId }) } }
  }
  const told = (event: ReturnType<typeof ended>) => takenIn(event, known, 'lili').map(({ kind }) => kind)
  assert.deepEqual(told(ended('wang')), ['taken'])
  for (const event of [ended('lili'), ended(), ended('wang', ['wang'])]) assert.deepEqual(told(event), [])
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
