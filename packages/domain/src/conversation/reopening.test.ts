import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type SessionSettings } from '@duoke/contract'
import { byAgent, createDesk, type Desk } from '../testing/desk.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import { account, agent, app, attachment, settings } from '../testing/world.ts'

const minute = 60_000

/** Ann has room for one, served the customer, and has just ended the session; bob is there too. */
function ended(sessions: Partial<SessionSettings>, isManual = false): { desk: Desk; id: string } {
  const desk = createDesk({
    organization: { ...settings, sessions: { ...defaultSessionSettings, ...sessions } },
    accounts: [account('oa', { routing: isManual ? 'manual' : 'automatic' })],
    agents: [agent('ann', { capacity: 1 }), agent('bob')],
  })
  desk.status('ann', 'online')
  const id = desk.says('o1')
  if (isManual) desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: id })
  desk.status('bob', 'online')
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: id })
  return { desk, id }
}
const opened = (desk: Desk) => {
  const event = desk.log.findLast(({ type }) => type === 'session.opened')
  return event?.type === 'session.opened' ? event.facts : undefined
}

describe('reopening', () => {
  test('a message soon after the close goes on with the same agent, with a record that a stranger can derive again', () => {
    const { desk, id } = ended({ reopenWithinMs: 10 * minute })
    const before = desk.conversation(id).lastClose?.sessionId
    desk.nowMs += 10 * minute
    desk.says('o1', '还有一个问题')
    assert.deepEqual([desk.holder(id), opened(desk)?.reopens], ['agent:ann', before])
    const assigned = desk.log.at(-1)
    assert.ok(assigned?.type === 'session.assigned' && assigned.facts.cause === 'reopen')
    const record = desk.records.at(-1)
    assert.equal(record?.id, assigned.facts.decision?.decisionId)
    assert.ok(record !== undefined)
    assert.equal(mismatchOf(record), null)
    assert.deepEqual(
      [record.cause, record.excluded.map(({ reason, agentIds }) => [reason, agentIds])],
      ['reopened', [['kept_for_another', ['bob']]]],
    )
  })

  test('a message after that, or without the setting, is a new matter', () => {
    const { desk } = ended({ reopenWithinMs: 10 * minute })
    desk.nowMs += 10 * minute + 1
    desk.says('o1')
    assert.equal(opened(desk)?.reopens, null)
    const without = ended({})
    without.desk.says('o1')
    assert.equal(opened(without.desk)?.reopens, null)
    assert.equal(without.desk.conversation(without.id).holder.kind, 'agent')
  })

  test('an agent who is full, away or gone is passed over; the session still names the one it reopens', () => {
    const full = ended({ reopenWithinMs: 10 * minute })
    full.desk.status('bob', 'away')
    full.desk.says('o2')
    full.desk.status('bob', 'online')
    full.desk.says('o1')
    assert.deepEqual([full.desk.holder(full.id), opened(full.desk)?.reopens !== null], ['agent:bob', true])
    const away = ended({ reopenWithinMs: 10 * minute })
    away.desk.status('ann', 'away')
    away.desk.says('o1')
    assert.equal(away.desk.holder(away.id), 'agent:bob')
    const gone = ended({ reopenWithinMs: 10 * minute })
    gone.desk.apply({ organization: gone.desk.state.settings ?? settings, agents: [agent('bob')] }, { prune: true })
    gone.desk.says('o1')
    assert.equal(gone.desk.holder(gone.id), 'agent:bob')
  })

  test('the wrap-up of the session makes room for it, and is over with it', () => {
    const { desk, id } = ended({ reopenWithinMs: 10 * minute, wrapUpMs: minute })
    assert.equal(desk.state.agents.get('ann')?.wrapUps.length, 1)
    desk.says('o1')
    assert.deepEqual([desk.holder(id), desk.state.agents.get('ann')?.wrapUps.length], ['agent:ann', 0])
    const disposed = desk.log.find(({ type }) => type === 'session.disposed')
    assert.ok(disposed?.type === 'session.disposed' && disposed.facts.cause === 'reopened')
  })

  test('where routing is manual the customer waits; a customer who left, or was removed with the account, begins anew', () => {
    const manual = ended({ reopenWithinMs: 10 * minute }, true)
    manual.desk.says('o1')
    assert.equal(manual.desk.holder(manual.id), 'queue')
    const { desk } = ended({ reopenWithinMs: 10 * minute })
    desk.says('o2')
    desk.does('o2', 'unfollow')
    desk.nowMs += 2_000
    desk.says('o2')
    assert.equal(opened(desk)?.reopens, null)
  })

  test('no app is asked about what goes on with a person', () => {
    const { desk, id } = ended({ reopenWithinMs: 10 * minute })
    desk.apply({
      organization: desk.state.settings ?? settings,
      apps: [app('bot', { scopes: ['messages:read', 'messages:send'], attachments: [attachment('oa')] })],
    })
    const { result } = desk.does('o1', 'message', { type: 'text', text: '还有' })
    assert.deepEqual([result.asks, desk.holder(id)], [undefined, 'agent:ann'])
    const asked = desk.does('o9', 'message', { type: 'text', text: '你好' })
    assert.deepEqual(asked.result.asks, ['bot'])
  })

  test('an agent takes a close back even when every message that WeChat allows is used', () => {
    const { desk, id } = ended({ reopenWithinMs: 10 * minute })
    const reopen = { type: 'session.reopen', actor: byAgent('ann'), conversationId: id } as const
    desk.must(reopen)
    for (let sent = 0; sent < 5; sent++) desk.answers('ann', id)
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: id })
    const byBob = desk.run({ ...reopen, actor: byAgent('bob') })
    assert.equal(byBob.accepted ? 'accepted' : byBob.code, 'quota_used')
    desk.must(reopen)
    assert.equal(desk.holder(id), 'agent:ann')
  })
})
