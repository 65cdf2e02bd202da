import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublicEvent } from '@duoke/contract'
import { matching, trailOf } from './trail.ts'

const event = (position: number, type: string, facts: object, at = '2026-03-02T04:00:00.000Z') =>
  ({ position, type, at, actor: { kind: 'agent', agentId: 'lili' }, facts }) as unknown as PublicEvent

const log = [
  event(1, 'agent.configured', { agentId: 'wang', capacity: 5, teams: ['presale'], disabled: false }),
  event(2, 'message.received', { messageId: 'ms_1' }),
  event(3, 'team.configured', { teamId: 'wang', name: '同名的组' }),
  event(4, 'agent.configured', { agentId: 'wang', capacity: 8, teams: ['presale'], disabled: true }),
]

test('Each entry tells what it changed against the one before it of the same thing, newest first', () => {
  const [changed, team, added] = trailOf(log)
  assert.deepEqual(changed?.differences, [
    { field: 'capacity', before: '5', after: '8' },
    { field: 'disabled', before: 'false', after: 'true' },
  ])
  assert.deepEqual(team?.differences, [{ field: 'name', before: undefined, after: '同名的组' }])
  assert.equal(added?.differences.length, 3)
  assert.equal(trailOf(log).length, 3)
})

test('Entries are found by area, by day and by any text of them', () => {
  const nameOf = () => '莉莉'
  const found = (filter: object) =>
    matching(trailOf(log), { text: '', area: '', from: '', to: '', ...filter }, nameOf).map(({ position }) => position)
  assert.deepEqual(found({}), [4, 3, 1])
  assert.deepEqual(found({ area: 'agent' }), [4, 1])
  assert.deepEqual(found({ text: '同名' }), [3])
  assert.deepEqual(found({ text: '莉莉' }), [4, 3, 1])
  assert.deepEqual(found({ from: '2026-03-04' }), [])
  assert.deepEqual(found({ from: '2026-02-28', to: '2026-03-03' }), [4, 3, 1])
  assert.deepEqual(found({ to: '2026-02-28' }), [])
})
