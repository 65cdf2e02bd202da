import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultSessionSettings, type RulesDocument } from '@duoke/contract'
import { byAgent, createDesk, operator } from '../testing/desk.ts'
import { agent, settings } from '../testing/world.ts'
import { isPaused, openTimers } from './open-timers.ts'

const minute = 60_000

test('each timer that the state tells of is the one that the world around the domain keeps', () => {
  const sessions = { ...defaultSessionSettings, offerForMs: minute, wrapUpMs: 5 * minute }
  const desk = createDesk({
    organization: { ...settings, sessions },
    agents: [agent('ann', { role: 'supervisor' }), agent('bob')],
  })
  desk.status('ann', 'online')
  const [closed, parked, offered] = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid))
  assert.ok(closed !== undefined && parked !== undefined && offered !== undefined)
  for (const conversationId of [closed, parked])
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId })
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: closed })
  const untilMs = desk.nowMs + 9 * minute
  desk.must({ type: 'session.park', actor: byAgent('ann'), conversationId: parked, untilMs })
  const capacity = { type: 'agent.set-capacity', actor: operator, agentId: 'bob', capacity: 1, ttlMs: minute } as const
  desk.must(capacity)
  const document: RulesDocument = { version: 1, rules: [{ id: 'all', when: 'true', then: {} }] }
  const effectiveAtMs = desk.nowMs + 3 * minute
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'later', effectiveAtMs })
  const expiresAtMs = desk.nowMs + 2 * minute
  desk.must({ type: 'rules.override', actor: operator, when: 'true', then: {}, reason: 'now', expiresAtMs })

  const open = openTimers(desk.state).flatMap((change) => ('set' in change ? [change] : []))
  assert.deepEqual(open.map(({ set }) => set.slice(0, set.indexOf(':'))).sort(), [
    'capacity',
    'offer',
    'override',
    'rules',
    'snooze',
    'wrap-up',
  ])
  for (const change of open) assert.deepEqual(change, desk.timers.get(change.set))
})

test('who was passed on by everybody is paused until the next round', () => {
  const sessions = { ...defaultSessionSettings, offerForMs: minute, missedOfferSetsAway: false }
  const desk = createDesk({ organization: { ...settings, sessions }, agents: [agent('ann')] })
  desk.status('ann', 'online')
  const conversationId = desk.says('o1')
  assert.equal(isPaused(desk.conversation(conversationId)), false)
  desk.must({ type: 'session.decline', actor: byAgent('ann'), conversationId })
  assert.equal(isPaused(desk.conversation(conversationId)), true)
  desk.nowMs += minute
  desk.must({ type: 'timer.fire', timer: { kind: 'offer', conversationId } })
  assert.equal(isPaused(desk.conversation(conversationId)), false)
})
