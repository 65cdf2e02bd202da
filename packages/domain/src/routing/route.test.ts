import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { canonicalJson } from '../canonical-json.ts'
import { byAgent, byApp, createDesk, operator } from '../testing/desk.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import { account, agent } from '../testing/world.ts'

const minute = 60_000
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('who gets a customer', () => {
  test('the least loaded agent, whatever the capacities', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 9 }), agent('bob', { capacity: 2 })] })
    desk.status('ann', 'online')
    assert.equal(desk.holder(desk.says('o1')), 'agent:ann')
    desk.status('bob', 'online')
    assert.equal(desk.holder(desk.says('o2')), 'agent:bob')
  })

  test('of equally loaded agents the one who has been idle longest', () => {
    const desk = createDesk()
    desk.status('bob', 'online')
    desk.nowMs += minute
    desk.status('ann', 'online')
    assert.equal(desk.holder(desk.says('o1')), 'agent:bob')
  })

  test('of agents idle since the same moment the first by id', () => {
    const desk = createDesk({ agents: [agent('zoe'), agent('ann')] })
    desk.status('zoe', 'online')
    desk.status('ann', 'online')
    assert.equal(desk.holder(desk.says('o1')), 'agent:ann')
  })

  test('idleness begins anew when a session is given or ends', () => {
    const desk = createDesk()
    desk.status('ann', 'online')
    desk.status('bob', 'online')
    const first = desk.says('o1')
    desk.nowMs += minute
    const second = desk.says('o2')
    assert.deepEqual([desk.holder(first), desk.holder(second)], ['agent:ann', 'agent:bob'])
    desk.nowMs += minute
    desk.must({ type: 'session.close', actor: byAgent('bob'), conversationId: second })
    desk.nowMs += minute
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: first })
    assert.equal(desk.holder(desk.says('o3')), 'agent:bob')
  })

  test("only agents of the account's teams; every agent when it names none", () => {
    const desk = createDesk({
      teams: [{ teamId: 'vip', name: 'VIP' }],
      accounts: [account('oa', { teams: ['vip'] })],
      agents: [agent('ann'), agent('bob', { teams: ['vip'] })],
    })
    desk.status('ann', 'online')
    const waiting = desk.says('o1')
    assert.equal(desk.holder(waiting), 'queue')
    desk.status('bob', 'online')
    assert.equal(desk.holder(waiting), 'agent:bob')
    desk.apply({ accounts: [account('oa', { teams: [] })] })
    assert.equal(desk.holder(desk.says('o2')), 'agent:ann')
  })
})

describe('the queue', () => {
  test('serves the longest wait first, across lines, the moment capacity frees', () => {
    const desk = createDesk({
      teams: [{ teamId: 'vip', name: 'VIP' }],
      agents: [agent('ann', { capacity: 1, teams: ['vip'] }), agent('bob')],
    })
    desk.status('ann', 'online')
    const held = desk.says('o1')
    desk.nowMs += minute
    const early = desk.says('o2')
    const moved = desk.says('o3')
    desk.must({ type: 'session.transfer', actor: operator, conversationId: early, to: { teamId: 'vip' } })
    desk.nowMs += minute
    const late = desk.says('o4')
    assert.deepEqual([held, early, moved, late].map(desk.holder), ['agent:ann', 'queue:vip', 'queue', 'queue'])
    const served: string[] = []
    for (let current: string | undefined = held; current !== undefined; ) {
      const { events } = desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: current })
      const next = events.find(({ type }) => type === 'session.assigned')
      current = next?.type === 'session.assigned' ? next.facts.conversationId : undefined
      if (current !== undefined) served.push(current)
    }
    // `early` changed lines without losing its place by time; within the same millisecond the log's order counts.
    assert.deepEqual(served, [moved, early, late])
  })

  test('drains when capacity is raised, a team is joined, an agent is enabled or the account opens to all', () => {
    const teams = [{ teamId: 'vip', name: 'VIP' }]
    const accounts = [account('oa', { teams: ['vip'] })]
    const cases = [
      { before: { capacity: 0, teams: ['vip'] }, change: { capacity: 1 } },
      { before: { teams: [] }, change: { teams: ['vip'] } },
    ]
    for (const { before, change } of cases) {
      const desk = createDesk({ teams, accounts, agents: [agent('ann', before)] })
      desk.status('ann', 'online')
      const waiting = desk.says('o1')
      assert.equal(desk.holder(waiting), 'queue')
      desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: change })
      assert.equal(desk.holder(waiting), 'agent:ann')
    }
    const desk = createDesk({ teams, accounts, agents: [agent('ann')] })
    desk.status('ann', 'online')
    const waiting = desk.says('o1')
    desk.apply({ accounts: [account('oa')] })
    assert.equal(desk.holder(waiting), 'agent:ann')
  })

  test('takes as many as the capacity allows at once', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 3 })] })
    const waiting = ['o1', 'o2', 'o3', 'o4'].map((openid) => desk.says(openid))
    const { events } = desk.status('ann', 'online')
    assert.equal(events.filter(({ type }) => type === 'session.assigned').length, 3)
    assert.deepEqual(waiting.map(desk.holder), ['agent:ann', 'agent:ann', 'agent:ann', 'queue'])
  })
})

describe('the decision record', () => {
  test('lists candidates in order of preference and everyone else by reason, and its digest is in the event', () => {
    const desk = createDesk(
      {
        teams: [{ teamId: 'vip', name: 'VIP' }],
        accounts: [account('oa', { teams: ['vip'] })],
        agents: ['ann', 'bob', 'cai', 'dan', 'eve', 'fei', 'gus']
          .map((agentId) => agent(agentId, { teams: agentId === 'gus' ? [] : ['vip'] }))
          .map((one) => (one.agentId === 'cai' ? { ...one, capacity: 0 } : one)),
      },
      { digest: sha256 },
    )
    for (const agentId of ['bob', 'ann', 'cai', 'dan', 'gus']) desk.status(agentId, 'online')
    desk.status('dan', 'away')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'fei', fields: { disabled: true } })
    const conversationId = desk.says('o1')
    const [record] = desk.records
    const at = '2026-03-02T12:00:00.000Z'
    assert.deepEqual(JSON.parse(JSON.stringify(record)), {
      id: 'decision-6',
      at,
      conversationId,
      sessionId: 'session-3',
      cause: 'new session',
      rulesVersion: 0,
      ruleId: 'default',
      ruleVersion: 10,
      rule:
        'Of the online, enabled agents with spare capacity in the teams that serve the conversation: the least ' +
        'loaded, then the longest idle, then the first by id. If there is none, it waits; who has waited longest is served first.',
      teamIds: ['vip'],
      winner: { kind: 'agent', agentId: 'ann', stintId: 'stint-5', since: at },
      candidates: [
        { agentId: 'ann', load: 0, capacity: 5, idleSince: at },
        { agentId: 'bob', load: 0, capacity: 5, idleSince: at },
      ],
      excluded: [
        { reason: 'away', agentIds: ['dan'], capacities: [5], loads: [0] },
        { reason: 'disabled', agentIds: ['fei'], capacities: [5], loads: [0] },
        { reason: 'full', agentIds: ['cai'], capacities: [0], loads: [0] },
        { reason: 'not_in_team', agentIds: ['gus'], capacities: [5], loads: [0], statuses: ['online'] },
        { reason: 'offline', agentIds: ['eve'], capacities: [5], loads: [0] },
      ],
      tieBreak: 'Equal load of 0 and idle since the same moment: ann comes first by id',
    })
    const assigned = desk.log.at(-1)
    assert.deepEqual(assigned?.type === 'session.assigned' && assigned.facts.decision, {
      decisionId: 'decision-6',
      ruleVersion: 10,
      candidates: 2,
      excluded: { away: 1, disabled: 1, full: 1, not_in_team: 1, offline: 1 },
      digest: sha256(canonicalJson(record)),
    })
  })

  test('is kept of what somebody decides as well: who it was, to whom it went, and no scan of agents', () => {
    const desk = createDesk({ agents: [agent('ann', { role: 'supervisor' }), agent('bob')] }, { digest: sha256 })
    const conversationId = desk.says('o1')
    for (const agentId of ['ann', 'bob'])
      desk.must({ type: 'agent.change', actor: operator, agentId, fields: { capacity: 0 } })
    for (const agentId of ['ann', 'bob']) desk.status(agentId, 'online')
    for (const agentId of ['ann', 'bob'])
      desk.must({ type: 'agent.change', actor: operator, agentId, fields: { capacity: 5 } })
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { agentId: 'bob' } })
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { agentId: 'ann' } })
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId })
    desk.must({ type: 'session.reopen', actor: byAgent('bob'), conversationId })
    desk.must({ type: 'session.close', actor: byAgent('bob'), conversationId })
    desk.must({ type: 'session.open', actor: byApp('crm'), conversationId, agentId: 'ann' })
    const direct = desk.records.filter(({ by }) => by !== undefined)
    assert.deepEqual(
      direct.map(({ by, cause, winner }) => [by, cause, winner.kind === 'agent' ? winner.agentId : winner.kind]),
      [
        [byAgent('ann'), 'transfer', 'bob'],
        [byAgent('ann'), 'take-over', 'ann'],
        [byAgent('bob'), 'reopen', 'bob'],
        [byApp('crm'), 'transfer', 'ann'],
      ],
    )
    for (const record of direct) {
      assert.deepEqual([record.candidates, record.excluded, record.ruleId], [[], [], 'direct'])
      assert.equal(JSON.stringify(record), canonicalJson(record))
      assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null)
    }
    const assigned = desk.log.filter(({ type }) => type === 'session.assigned')
    assert.ok(assigned.every((event) => event.type === 'session.assigned' && event.facts.decision !== null))
    assert.equal(desk.conversation(conversationId).decisionId, direct.at(-1)?.id)
  })

  test('of a customer who has to wait says that nobody could take them', () => {
    const desk = createDesk()
    const conversationId = desk.says('o1')
    const [record] = desk.records
    assert.deepEqual(record?.winner, { kind: 'queue', teamId: null, since: '2026-03-02T12:00:00.000Z' })
    assert.deepEqual(record?.candidates, [])
    assert.deepEqual(record?.excluded, [
      { reason: 'offline', agentIds: ['ann', 'bob'], capacities: [5, 5], loads: [0, 0] },
    ])
    assert.equal(record?.tieBreak, null)
    assert.equal(desk.conversation(conversationId).decisionId, record?.id)
  })

  test('names the longer idleness when that decided, and no tie-break when the load did', () => {
    const desk = createDesk()
    desk.status('bob', 'online')
    desk.nowMs += minute
    desk.status('ann', 'online')
    desk.says('o1')
    desk.says('o2')
    const [first, second] = desk.records
    assert.match(first?.tieBreak ?? '', /^Equal load of 0: bob has been idle since 2026-03-02T12:00:00.000Z/)
    assert.equal(second?.tieBreak, null)
  })

  test('is written in its canonical form, so that its digest can be checked from the stored row', () => {
    const desk = createDesk({}, { digest: sha256 })
    desk.says('o1')
    desk.status('ann', 'online')
    assert.equal(desk.records.length, 2)
    for (const record of desk.records) assert.equal(JSON.stringify(record), canonicalJson(record))
  })

  test('digests are taken of the canonical form: keys sorted, no white space, absent members left out', () => {
    const text = canonicalJson({ b: [1, { d: undefined, c: '"' }], a: null })
    assert.equal(text, '{"a":null,"b":[1,{"c":"\\""}]}')
  })
})
