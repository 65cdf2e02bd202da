import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { agent, settings } from '../testing/world.ts'

const minute = 60_000

function serving(fields: Partial<typeof settings> = {}) {
  const desk = createDesk({ agents: [agent('ann'), agent('bob')], organization: { ...settings, ...fields } })
  desk.status('ann', 'online')
  return { desk, conversationId: desk.says('o1') }
}

/** Fires what is due by then, in order, as the server's timer worker does. */
function passTime(desk: Desk, ms: number): string[] {
  const endMs = desk.nowMs + ms
  const happened: string[] = []
  for (;;) {
    const [next] = [...desk.timers.values()].sort((left, right) => left.dueMs - right.dueMs)
    if (next === undefined || next.dueMs > endMs) break
    desk.timers.delete(next.set)
    desk.nowMs = next.dueMs
    happened.push(...desk.types(desk.must(next.command).events))
  }
  desk.nowMs = endMs
  return happened
}

describe('a session without messages', () => {
  test('is closed after a warning to the customer', () => {
    const { desk, conversationId } = serving()
    assert.deepEqual(passTime(desk, 25 * minute - 1), [])
    assert.deepEqual(passTime(desk, 1), ['message.submitted', 'session.idle-warned'])
    const warned = desk.log.at(-1)
    const closesAt = new Date(desk.nowMs + 5 * minute).toISOString()
    assert.equal(warned?.type === 'session.idle-warned' && warned.facts.closesAt, closesAt)
    assert.deepEqual(passTime(desk, 5 * minute), ['session.closed'])
    assert.equal(desk.holder(conversationId), 'nobody')
    assert.equal(desk.timers.size, 0)
  })

  test('goes on when either side writes, before or after the warning', () => {
    const { desk, conversationId } = serving()
    passTime(desk, 20 * minute)
    desk.answers('ann', conversationId)
    assert.deepEqual(passTime(desk, 25 * minute - 1), [])
    assert.deepEqual(passTime(desk, minute), ['message.submitted', 'session.idle-warned'])
    desk.says('o1')
    assert.deepEqual(passTime(desk, 25 * minute - 1), [])
    assert.deepEqual(passTime(desk, 6 * minute), ['message.submitted', 'session.idle-warned', 'session.closed'])
  })

  test('is warned in time again when either side has written after a warning, however short the time to it is', () => {
    for (const answer of [true, false]) {
      const { desk, conversationId } = serving({ idleWarningAfterMs: 2 * minute, idleCloseAfterMs: 30 * minute })
      assert.deepEqual(passTime(desk, 3 * minute), ['message.submitted', 'session.idle-warned'])
      if (answer) desk.answers('ann', conversationId)
      else desk.says('o1')
      assert.deepEqual(passTime(desk, 2 * minute), ['message.submitted', 'session.idle-warned'])
    }
  })

  test('ends without a warning when WeChat would not take one', () => {
    const { desk, conversationId } = serving()
    for (let count = 0; count < 5; count++) desk.answers('ann', conversationId)
    assert.deepEqual(passTime(desk, 30 * minute), ['session.closed'])
  })

  test('stays open when the organization wants that, and without a warning when it wants none', () => {
    const open = serving({ idleCloseAfterMs: null })
    assert.deepEqual(passTime(open.desk, 60 * minute), [])
    const unwarned = serving({ idleWarningAfterMs: null })
    assert.deepEqual(passTime(unwarned.desk, 30 * minute), ['session.closed'])
  })

  test('follows settings that changed meanwhile', () => {
    const { desk, conversationId } = serving({ idleCloseAfterMs: null })
    desk.apply({ organization: { ...settings, idleWarningAfterMs: null, idleCloseAfterMs: 10 * minute } })
    assert.deepEqual(passTime(desk, 10 * minute), ['session.closed'])
    assert.equal(desk.holder(conversationId), 'nobody')
  })

  test('is not counted while it waits, and begins anew with each holder', () => {
    const { desk, conversationId } = serving()
    passTime(desk, 20 * minute)
    desk.status('ann', 'offline')
    assert.equal(desk.holder(conversationId), 'queue')
    assert.deepEqual(passTime(desk, 60 * minute), [])
    desk.status('bob', 'online')
    assert.deepEqual(passTime(desk, 25 * minute - 1), [])
    desk.must({ type: 'agent.set-status', actor: operator, agentId: 'ann', status: 'online', cause: 'chosen' })
    desk.must({ type: 'session.transfer', actor: byAgent('bob'), conversationId, to: { agentId: 'ann' } })
    assert.deepEqual(passTime(desk, 25 * minute - 1), [])
    assert.deepEqual(passTime(desk, 1), ['message.submitted', 'session.idle-warned'])
  })
})

describe('a status with an end', () => {
  test('ends in its time, and the sessions go to others', () => {
    const { desk, conversationId } = serving()
    desk.status('ann', 'online', 10 * minute)
    desk.status('bob', 'online')
    assert.deepEqual(passTime(desk, 10 * minute), ['agent.status-changed', 'session.queued', 'session.assigned'])
    const changed = desk.log.at(-3)
    assert.equal(changed?.type === 'agent.status-changed' && changed.facts.cause, 'expired')
    assert.equal(desk.holder(conversationId), 'agent:bob')
  })

  test('does not end when it was renewed or replaced', () => {
    const { desk } = serving()
    desk.status('ann', 'online', 10 * minute)
    passTime(desk, 5 * minute)
    desk.status('ann', 'online', 10 * minute)
    assert.deepEqual(passTime(desk, 9 * minute), [])
    desk.status('ann', 'online')
    assert.deepEqual(passTime(desk, 10 * minute), [])
  })
})

test('a timer that no longer applies changes nothing; one that fires too early is set again', () => {
  const { desk, conversationId } = serving()
  const early = desk.must({ type: 'timer.fire', timer: { kind: 'idle', conversationId } })
  assert.deepEqual(early.events, [])
  assert.deepEqual(
    early.timers.map((change) => 'set' in change && change.dueMs - desk.nowMs),
    [25 * minute],
  )
  desk.status('ann', 'online', minute)
  const tooSoon = desk.must({ type: 'timer.fire', timer: { kind: 'presence', agentId: 'ann' } })
  assert.deepEqual(
    tooSoon.timers.map((change) => 'set' in change && change.dueMs - desk.nowMs),
    [minute],
  )
  desk.status('ann', 'online')
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
  const timers = [
    { kind: 'idle', conversationId },
    { kind: 'idle', conversationId: 'nothing' },
    { kind: 'presence', agentId: 'ann' },
    { kind: 'presence', agentId: 'nobody' },
  ] as const
  for (const timer of timers) {
    const { events, timers: changes } = desk.must({ type: 'timer.fire', timer })
    assert.deepEqual([events, changes], [[], []])
  }
})
