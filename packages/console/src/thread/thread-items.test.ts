import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, closed, madeMessage } from '../../test/support/made.ts'
import { applyToThread, threadOf } from '../live/thread.ts'
import { itemsOf } from './thread-items.ts'

const kinds = (items: ReturnType<typeof itemsOf>) => items.map(({ kind }) => kind)

test('The time is told at the beginning and after five minutes of silence', () => {
  const thread = threadOf(
    [madeMessage(3, { at: at(400_000) }), madeMessage(2, { at: at(60_000) }), madeMessage(1, { at: at(0) })],
    null,
    'c',
  )
  assert.deepEqual(kinds(itemsOf(thread, [])), ['time', 'message', 'message', 'time', 'message'])
})

test('Messages of one speaker in a row are one group', () => {
  const agent = { kind: 'agent', agentId: 'lili' } as const
  const thread = threadOf(
    [madeMessage(3, { direction: 'out', sender: agent }), madeMessage(2), madeMessage(1)],
    null,
    'c',
  )
  const grouped = itemsOf(thread, []).flatMap((item) => (item.kind === 'message' ? [item.grouped] : []))
  assert.deepEqual(grouped, [false, true, false])
})

test('A new session is marked where the log did not tell it', () => {
  const thread = threadOf([madeMessage(2, { sessionId: 'ss_2' }), madeMessage(1)], null, 'c')
  assert.deepEqual(kinds(itemsOf(thread, [])), ['time', 'message', 'session', 'message'])
})

test('Lines stand where they happened, answers on their way at the end', () => {
  const thread = applyToThread(threadOf([madeMessage(10), madeMessage(1)], null, 'c'), closed(5))
  const outgoing = {
    clientId: 'a',
    conversationId: 'cv_1',
    content: { type: 'text', text: 'x' },
    atMs: Date.parse(at(11_000)),
    state: { kind: 'sending' },
  } as const
  assert.deepEqual(kinds(itemsOf(thread, [outgoing])), ['time', 'message', 'line', 'message', 'outgoing'])
})

test('Every row has a key of its own', () => {
  const thread = applyToThread(threadOf([madeMessage(10), madeMessage(1)], null, 'c'), closed(5))
  const keys = itemsOf(thread, []).map(({ key }) => key)
  assert.equal(new Set(keys).size, keys.length)
})
