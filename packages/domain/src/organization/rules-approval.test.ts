import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RulesDocument } from '@duoke/contract'
import { evolve } from '../evolve.ts'
import { byAgent, byApp, createDesk, operator } from '../testing/desk.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import { agent, settings, snapshotOf } from '../testing/world.ts'
import { emptyOrganization } from './state.ts'

const to = (team: string): RulesDocument => ({ version: 1, rules: [{ id: 'all', when: 'true', then: { team } }] })
const hour = 3_600_000

/** Two administrators, an agent, and two teams to which rules can send. */
function stage(rulesNeedApproval: boolean) {
  const desk = createDesk({
    organization: { ...settings, rulesNeedApproval },
    teams: ['day', 'night'].map((teamId) => ({ teamId, name: teamId })),
    agents: [agent('ann', { role: 'admin' }), agent('bob', { role: 'admin' }), agent('cai')],
  })
  const publish = (document: RulesDocument, by = 'ann', effectiveAtMs: number | null = null) =>
    desk.must({ type: 'rules.publish', actor: byAgent(by), document, reason: 'x', effectiveAtMs }).result.rulesVersion
  const approve = (by: string, rulesVersion: number) => {
    const decision = desk.run({ type: 'rules.approve', actor: byAgent(by), rulesVersion })
    return decision.accepted ? 'approved' : decision.code
  }
  const override = (then: RulesDocument['rules'][number]['then'], actor = byAgent('ann'), lastsMs = hour) => {
    const when = "message.text != 'quiet'"
    const expiresAtMs = desk.nowMs + lastsMs
    const decision = desk.run({ type: 'rules.override', actor, when, then, reason: 'fire', expiresAtMs })
    return decision.accepted ? decision.result.overrideId : decision.code
  }
  const assertReplays = () => {
    const again = emptyOrganization()
    for (const event of desk.log) evolve(again, JSON.parse(JSON.stringify(event)))
    assert.deepEqual(snapshotOf(again), snapshotOf(desk.state))
  }
  return { desk, publish, approve, override, assertReplays }
}

test('a version waits for an administrator other than its author, and holds from then on', () => {
  const { desk, publish, approve, assertReplays } = stage(true)
  assert.equal(publish(to('day')), 1)
  assert.equal(desk.holder(desk.says('o1')), 'queue', 'nothing holds yet')
  assert.equal(approve('ann', 1), 'not_permitted', 'it is her own')
  assert.equal(approve('cai', 1), 'not_permitted', 'he is no administrator')
  assert.equal(approve('bob', 2), 'not_found')
  const byProgram = desk.run({ type: 'rules.approve', actor: byApp('crm'), rulesVersion: 1 })
  assert.ok(!byProgram.accepted && byProgram.code === 'not_permitted')
  assert.equal(approve('bob', 1), 'approved')
  assert.equal(desk.holder(desk.says('o2')), 'queue:day')
  assert.equal(approve('bob', 1), 'not_found', 'it waits no more')
  assertReplays()
})

test('an approved version to come holds from its moment; a later one takes the place of one that still waits', () => {
  const { desk, publish, approve, assertReplays } = stage(true)
  publish(to('day'), 'ann', desk.nowMs + hour)
  publish(to('night'), 'bob', desk.nowMs + hour)
  assert.equal(approve('bob', 1), 'not_found')
  assert.equal(approve('ann', 2), 'approved')
  assert.equal(desk.state.rules?.current, null)
  desk.nowMs += hour
  const timer = desk.timers.get('rules:2')
  assert.ok(timer !== undefined)
  desk.must(timer.command)
  assert.equal(desk.holder(desk.says('o1')), 'queue:night')
  assertReplays()
})

test('a rejected version never holds', () => {
  const { desk, publish, approve, assertReplays } = stage(true)
  publish(to('day'))
  desk.must({ type: 'rules.reject', actor: byAgent('bob'), rulesVersion: 1, reason: 'no' })
  assert.equal(approve('bob', 1), 'not_found')
  assert.equal(desk.holder(desk.says('o1')), 'queue')
  assertReplays()
})

test('without the policy a version holds at once', () => {
  const { desk, publish } = stage(false)
  publish(to('day'))
  assert.equal(desk.holder(desk.says('o1')), 'queue:day')
})

test('break glass: an override decides before the rules, is cited by each decision, and ends by itself', () => {
  const { desk, publish, approve, override, assertReplays } = stage(true)
  publish(to('day'))
  approve('bob', 1)
  assert.equal(override({ team: 'night' }), 1)
  assert.equal(desk.holder(desk.says('o1')), 'queue:night')
  assert.equal(desk.holder(desk.says('o2', 'quiet')), 'queue:day', 'its condition was not true')
  const [first, second] = desk.records.slice(-2)
  assert.deepEqual([first?.ruleId, first?.plan?.overrideId, first?.rulesVersion], ['override', 1, 1])
  assert.deepEqual([second?.ruleId, second?.plan?.overrideId], ['all', undefined])
  assert.deepEqual(second?.rulesTried, [
    { outcome: 'false', ruleId: 'override' },
    { outcome: 'true', ruleId: 'all' },
  ])
  assert.equal(mismatchOf(JSON.parse(JSON.stringify(first))), null)
  desk.nowMs += hour
  assert.equal(desk.holder(desk.says('o3')), 'queue:day', 'it is over though its timer has not rung')
  const timer = desk.timers.get('override:1')
  assert.ok(timer !== undefined)
  assert.deepEqual(desk.types(desk.must(timer.command).events), ['rules.override-ended'])
  assert.equal(desk.state.rules?.override, undefined)
  assertReplays()
})

test('an override also where no rules are published, replaced by the next, and ended by hand', () => {
  const { desk, override, assertReplays } = stage(false)
  override({ team: 'night' })
  assert.equal(override({ refuse: { reason: 'fire' } }), 2)
  const ended = desk.log.findLast(({ type }) => type === 'rules.override-ended')
  assert.deepEqual(ended?.facts, { overrideId: 1, cause: 'replaced' })
  assert.equal(desk.holder(desk.says('o1')), 'nobody')
  desk.must({ type: 'rules.end-override', actor: byAgent('bob') })
  assert.equal(desk.timers.has('override:2'), false)
  assert.equal(desk.holder(desk.says('o1')), 'queue')
  const again = desk.run({ type: 'rules.end-override', actor: operator })
  assert.ok(!again.accepted && again.code === 'not_found')
  assertReplays()
})

test('an override that names nobody, lasts too long, or comes from somebody else is refused', () => {
  const { override } = stage(false)
  assert.equal(override({ team: 'none' }), 'invalid_configuration')
  assert.equal(override({ team: 'day' }, byAgent('cai')), 'not_permitted')
  assert.equal(override({ team: 'day' }, byApp('crm')), 'not_permitted')
  assert.equal(override({ team: 'day' }, byAgent('ann'), 0), 'invalid_request')
  assert.equal(override({ team: 'day' }, byAgent('ann'), 25 * hour), 'invalid_request')
})
