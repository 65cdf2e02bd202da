import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublicEvent } from '@duoke/contract'
import { closed, madeEvent, madeMessage, received, settled, submitted } from '../../test/support/made.ts'
import { applyToThread, type Thread, threadOf, withMessage, withOlder } from './thread.ts'

const recalled = (position: number, messageId: string): PublicEvent =>
  madeEvent(position, {
    type: 'message.recalled',
    actor: { kind: 'customer', customerId: 'cu_1' },
    facts: { conversationId: 'cv_1', messageId },
  })

const history = [
  received(1),
  received(2),
  submitted(3, 'mine-1'),
  settled(4, 'ms_3', 'accepted'),
  received(5),
  recalled(6, 'ms_2'),
  submitted(7, 'mine-2'),
  settled(8, 'ms_7', 'refused', 45015),
  closed(9),
]
const empty: Thread = threadOf([], null, undefined)
const fold = (thread: Thread, events: readonly PublicEvent[]) => events.reduce(applyToThread, thread)

/** What the server would answer at this moment: messages, not lines. */
function snapshotAt(count: number): Thread {
  const { messages } = fold(empty, history.slice(0, count))
  return threadOf(messages.toReversed(), null, `c${count}`)
}

test('A snapshot and the events behind it give what all events give, wherever it was taken (F74)', () => {
  const whole = fold(empty, history)
  for (let cut = 0; cut <= history.length; cut += 1) {
    const thread = fold(snapshotAt(cut), history.slice(cut))
    assert.deepEqual(thread.messages, whole.messages, `cut at ${cut}`)
    assert.equal(thread.cursor, 'c9')
  }
})

test('Events that the snapshot has already seen change nothing, so both may overlap by any amount (F74)', () => {
  const whole = fold(empty, history)
  for (let cut = 0; cut <= history.length; cut += 1) {
    for (let from = 0; from <= cut; from += 1) {
      assert.deepEqual(fold(snapshotAt(cut), history.slice(from)).messages, whole.messages, `cut ${cut}, from ${from}`)
    }
  }
})

test('Every event applied twice gives the same thread', () => {
  const twice = history.flatMap((event) => [event, event])
  assert.deepEqual(fold(empty, twice), fold(empty, history))
})

test('A message keeps its place in the log, not the order of arrival', () => {
  const thread = fold(empty, [received(1), received(5), received(3)])
  assert.deepEqual(
    thread.messages.map(({ position }) => position),
    [1, 3, 5],
  )
})

test('The answer of a send may come before its event, and is not shown twice', () => {
  const answer = madeMessage(3, { direction: 'out', clientId: 'mine-1', delivery: { state: 'sending' } })
  const thread = fold(withMessage(fold(empty, history.slice(0, 2)), answer), history.slice(2, 4))
  assert.equal(thread.messages.length, 3)
  assert.deepEqual(thread.messages[2]?.delivery, { state: 'accepted' })
})

test("What became of an answer is told with WeChat's code", () => {
  const { messages } = fold(empty, history)
  assert.deepEqual(messages.find(({ id }) => id === 'ms_7')?.delivery, { state: 'refused', code: 45015 })
})

test('Older messages go before, each once', () => {
  const recent = threadOf([madeMessage(4), madeMessage(3)], 'more', 'c4')
  const thread = withOlder(recent, [madeMessage(3), madeMessage(2), madeMessage(1)], null)
  assert.deepEqual(
    thread.messages.map(({ position }) => position),
    [1, 2, 3, 4],
  )
  assert.equal(thread.older, null)
})

test('Lines of the session stand beside the messages', () => {
  assert.deepEqual(
    fold(empty, history).lines.map(({ type }) => type),
    ['session.closed'],
  )
})

test('A session that became a message left is told once, by what it became', () => {
  const end = closed(2)
  if (end.type !== 'session.closed') throw new Error('it is one')
  const left = madeEvent(3, {
    type: 'message-box.expired',
    actor: { kind: 'rule', rule: 'message-box' },
    facts: { conversationId: 'cv_1', customerId: 'cu_1', sessionId: 'ss_1' },
  })
  const became: PublicEvent = { ...end, facts: { ...end.facts, cause: 'message-left' } }
  const { lines } = fold(empty, [became, left, closed(4)])
  assert.deepEqual(
    lines.map(({ position }) => position),
    [3, 4],
  )
})
