import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type FairnessReport, type LoggedEvent } from '@duoke/contract'
import { emptyOrganization } from '../organization/state.ts'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
import { account, agent, settings, startMs } from '../testing/world.ts'
import { FairnessMeter } from './fairness.ts'
import { giniOf } from './gini.ts'

const minute = 60_000

function reportOf(log: readonly LoggedEvent[], toMs: number): FairnessReport {
  const meter = new FairnessMeter(emptyOrganization(), startMs)
  for (const event of log) meter.take(event)
  return meter.finish(startMs, toMs)
}

const passTo = (desk: Desk, minutes: number) => {
  desk.nowMs = startMs + minutes * minute
}
const closes = (desk: Desk, conversationId: string) =>
  desk.must({ type: 'session.close', actor: operator, conversationId })
const rowOf = ({ agents }: FairnessReport, agentId: string) => {
  const row = agents.find((one) => one.agentId === agentId)
  assert.ok(row !== undefined, `${agentId} has a row`)
  return row
}

describe('entitled share', () => {
  test('each who could take it is entitled to one part of a session, by the moment it is given', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 2 }), agent('bob', { capacity: 2 })] })
    desk.status('ann', 'online')
    desk.says('o1') // ann alone could
    desk.status('bob', 'online')
    desk.says('o2') // both could: bob has less
    desk.says('o3') // both could: ann has been idle for longer, or comes first by id
    desk.says('o4') // bob alone has room
    passTo(desk, 60)
    const report = reportOf(desk.log, desk.nowMs)
    const [ann, bob] = [rowOf(report, 'ann'), rowOf(report, 'bob')]
    assert.deepEqual([report.given, ann.given, bob.given], [4, 2, 2])
    assert.deepEqual([ann.entitled, bob.entitled], [2, 2])
    assert.deepEqual([ann.deviation, bob.deviation, report.gini], [0, 0, 0])
    assert.deepEqual([ann.onlineMs, ann.perHour], [60 * minute, 2])
  })

  test('who is not in the team, away or full is entitled to nothing', () => {
    const desk = createDesk({
      teams: [{ teamId: 'sales', name: 'sales' }],
      accounts: [account('oa', { teams: ['sales'] })],
      agents: [agent('ann', { teams: ['sales'], capacity: 3 }), agent('bob'), agent('cat', { teams: ['sales'] })],
    })
    for (const agentId of ['ann', 'bob', 'cat']) desk.status(agentId, 'online')
    desk.status('cat', 'away')
    desk.says('o1')
    passTo(desk, 30)
    const report = reportOf(desk.log, desk.nowMs)
    assert.deepEqual(rowOf(report, 'ann').entitled, 1)
    assert.deepEqual([rowOf(report, 'bob').entitled, rowOf(report, 'bob').deviation], [0, null])
    assert.equal(
      report.agents.some(({ agentId }) => agentId === 'cat'),
      false,
    )
  })

  test('a transfer to a team is direct at once, and given by the rules after a wait', () => {
    const desk = createDesk({
      teams: [{ teamId: 'vip', name: 'VIP' }],
      agents: [agent('ann', { capacity: 9 }), agent('cat', { teams: ['vip'], capacity: 1 })],
    })
    desk.status('ann', 'online')
    const conversations = [desk.says('o1'), desk.says('o2')]
    desk.status('cat', 'online')
    for (const conversationId of conversations) {
      desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { teamId: 'vip' } })
    }
    closes(desk, conversations[0] ?? '')
    assert.equal(desk.holder(conversations[1] ?? ''), 'agent:cat')
    const report = reportOf(desk.log, desk.nowMs + minute)
    const [ann, cat] = [rowOf(report, 'ann'), rowOf(report, 'cat')]
    assert.deepEqual([ann.given, ann.entitled, ann.direct], [2, 2, 0])
    assert.deepEqual([cat.given, cat.entitled, cat.direct], [1, 1, 1])
  })

  test('whom a session is taken from is not entitled to it', () => {
    const desk = createDesk({ agents: [agent('ann'), agent('bob'), agent('cat')] })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    desk.status('bob', 'online')
    desk.status('cat', 'online')
    desk.must({ type: 'session.release', actor: byAgent('ann'), conversationId })
    const report = reportOf(desk.log, desk.nowMs + minute)
    assert.equal(desk.holder(conversationId), 'agent:bob')
    assert.deepEqual(
      [rowOf(report, 'ann').entitled, rowOf(report, 'bob').entitled, rowOf(report, 'cat').entitled],
      [1, 0.5, 0.5],
    )
  })

  test('what is declined still was an entitlement', () => {
    const offerForMs = 20_000
    const sessions = { ...defaultSessionSettings, acceptance: 'offer' as const, offerForMs }
    const desk = createDesk({ organization: { ...settings, sessions } })
    desk.status('ann', 'online')
    desk.status('bob', 'online')
    const conversationId = desk.says('o1')
    desk.must({ type: 'session.decline', actor: byAgent('ann'), conversationId })
    desk.must({ type: 'session.accept', actor: byAgent('bob'), conversationId })
    const report = reportOf(desk.log, desk.nowMs + minute)
    const [ann, bob] = [rowOf(report, 'ann'), rowOf(report, 'bob')]
    assert.deepEqual([ann.given, ann.entitled, ann.deviation, ann.declined], [0, 0.5, -1, 1])
    assert.deepEqual([bob.given, bob.entitled, bob.deviation, bob.declined], [1, 0.5, 1, 0])
    assert.equal(report.gini, 0.5)
  })

  test('of any history the parts add up to what was given', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { log, nowMs } = rulesWalk(seed, { digest: (text) => `${text.length}`, isTrueToLife: true })
      const { agents, given } = reportOf(log, nowMs)
      const entitled = agents.reduce((sum, one) => sum + one.entitled, 0)
      assert.ok(Math.abs(entitled - given) < 1e-6, `seed ${seed}: ${entitled} of ${given}`)
    }
  })
})

describe('the turn of those who wait', () => {
  test('waits have a median, and the longest counts also who still waits', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 1 })] })
    desk.status('ann', 'online')
    const first = desk.says('o1')
    const second = desk.says('o2')
    passTo(desk, 1)
    desk.says('o3')
    passTo(desk, 2)
    closes(desk, first) // the second has waited two minutes
    passTo(desk, 10)
    closes(desk, second) // the third nine
    desk.says('o4')
    passTo(desk, 30)
    const { waitMs, overtakings } = reportOf(desk.log, desk.nowMs)
    assert.deepEqual(waitMs, { median: 2 * minute, longest: 20 * minute, longestToMedian: 10 })
    assert.deepEqual(overtakings, { total: 0, most: 0 })
  })

  test('who is picked before others overtakes each who came earlier', () => {
    const desk = createDesk({ accounts: [account('oa', { routing: 'manual' })] })
    desk.status('ann', 'online')
    const conversations = ['o1', 'o2', 'o3', 'o4'].map((openid, at) => {
      passTo(desk, at)
      return desk.says(openid)
    })
    passTo(desk, 5)
    const picks = (at: number) =>
      desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: conversations[at] ?? '' })
    picks(3) // passes three
    picks(1) // passes one
    picks(0)
    const report = reportOf(desk.log, desk.nowMs)
    assert.deepEqual(report.overtakings, { total: 4, most: 2 })
    assert.deepEqual([report.given, rowOf(report, 'ann').direct, report.gini], [0, 3, null])
  })
})

test('a period begins in the middle: who is online then is online from its beginning', () => {
  const desk = createDesk()
  desk.status('ann', 'online')
  const { state } = desk
  const meter = new FairnessMeter(state, startMs + 10 * minute)
  const report = meter.finish(startMs + 10 * minute, startMs + 40 * minute)
  assert.deepEqual(
    report.agents.map(({ agentId, onlineMs }) => [agentId, onlineMs]),
    [['ann', 30 * minute]],
  )
})

test('Gini: all the same 0, one of four has everything 0.75, nothing to share null', () => {
  assert.equal(giniOf([2, 2, 2]), 0)
  assert.equal(giniOf([0, 8, 0, 0]), 0.75)
  assert.equal(giniOf([1, 3]), 0.25)
  assert.equal(giniOf([]), null)
  assert.equal(giniOf([0, 0]), null)
})
