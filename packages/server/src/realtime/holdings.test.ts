import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Holder, LoggedEvent } from '@duoke/contract'
import { createHoldings, heldEarlier } from './holdings.ts'

const at = '2026-01-01T00:00:00.000Z'
const agent = (agentId: string): Holder => ({ kind: 'agent', agentId, stintId: 'st_1', since: at })
const queue: Holder = { kind: 'queue', teamId: null, since: at }
const common = { version: 1, atMs: 0, actor: { kind: 'system' } } as const

function assigned(position: number, conversationId: string, from: Holder, agentId: string): LoggedEvent {
  const facts = { conversationId, sessionId: 'ss_1', stintId: 'st_2', from, to: { kind: 'agent', agentId } as const }
  return { ...common, position, type: 'session.assigned', facts: { ...facts, cause: 'transfer', decision: null } }
}
function closed(position: number, conversationId: string, from: Holder): LoggedEvent {
  return {
    ...common,
    position,
    type: 'session.closed',
    facts: { conversationId, sessionId: 'ss_1', from, cause: 'agent' },
  }
}

test('who holds what follows the log, and so do the counts', () => {
  const holdings = createHoldings([
    ['a', agent('lili')],
    ['b', queue],
  ])
  assert.deepEqual(holdings.counts('lili'), { waiting: 1, mine: 1 })
  holdings.apply(assigned(1, 'b', queue, 'lili'))
  assert.deepEqual([holdings.counts('lili'), holdings.agentOf('b')], [{ waiting: 0, mine: 2 }, 'lili'])
  holdings.apply(assigned(2, 'a', agent('lili'), 'wu'))
  holdings.apply(closed(3, 'b', agent('lili')))
  assert.deepEqual([holdings.heldBy('lili'), holdings.heldBy('wu'), holdings.agentOf('b')], [[], ['a'], null])
  assert.deepEqual(holdings.counts(null), { waiting: 0, mine: 0 })
})

test('what was held earlier follows from what is held now and the first move of each conversation since', () => {
  const moves = [
    assigned(1, 'went', agent('lili'), 'wu'),
    assigned(2, 'came', agent('wu'), 'lili'),
    closed(3, 'ended', agent('lili')),
    assigned(4, 'passed', queue, 'lili'),
    closed(5, 'passed', agent('lili')),
    assigned(6, 'went', agent('wu'), 'lili'),
  ]
  assert.deepEqual(heldEarlier('lili', ['kept', 'came', 'went'], moves), new Set(['kept', 'went', 'ended']))
})
