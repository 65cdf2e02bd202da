import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgentFigures, alarmOf, inOrder, sortedBy } from './sorting.ts'

const agent = (agentId: string, unanswered: number): AgentFigures => ({
  ...{ agentId, status: 'online', statusSince: null, statusReason: null, capacity: 5 },
  ...{ load: 0, open: 0, parked: 0, unanswered, hands: 0 },
})

test('Figures begin with the highest, names with the first, and a second click turns the order round', () => {
  const agents = [agent('bob', 2), agent('ann', 2), agent('cai', 5)]
  const order = (sorting: Parameters<typeof inOrder>[1]) => inOrder(agents, sorting).map(({ agentId }) => agentId)
  const byName = { by: 'agentId', isDescending: false } as const
  assert.deepEqual(order(byName), ['ann', 'bob', 'cai'])
  const byUnanswered = sortedBy(byName, 'unanswered')
  assert.deepEqual(order(byUnanswered), ['cai', 'ann', 'bob'])
  assert.deepEqual(order(sortedBy(byUnanswered, 'unanswered')), ['ann', 'bob', 'cai'])
  assert.deepEqual(sortedBy(byUnanswered, 'agentId'), byName)
})

test('A wait alarms in amber after a minute and in red after a hundred seconds', () => {
  assert.deepEqual([59_999, 60_000, 99_999, 100_000].map(alarmOf), ['none', 'amber', 'amber', 'red'])
})
