import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import type { RulesDocument } from '@duoke/contract'
import { canonicalJson } from '../canonical-json.ts'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment } from '../testing/world.ts'

const minute = 60_000
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const teams = ['sales', 'refunds', 'night'].map((teamId) => ({ teamId, name: teamId }))
const catchAll = { id: 'else', when: 'true', then: {} }

function deskWith(rules: RulesDocument['rules'], more: Partial<RulesDocument> = {}, agents = defaultAgents): Desk {
  const desk = createDesk(
    {
      teams,
      accounts: [account('oa')],
      agents,
      apps: [
        app('bot', {
          scopes: ['messages:read', 'messages:send'],
          attachments: [attachment('oa', { role: 'observer' })],
        }),
      ],
    },
    { digest: sha256 },
  )
  publish(desk, { version: 1, rules, ...more })
  return desk
}

const defaultAgents = [
  agent('ann', { teams: ['sales'] }),
  agent('bob', { teams: ['refunds'], skills: { refund: 2 } }),
  agent('cai', { teams: ['refunds'], skills: { refund: 5, 粤语: 3 } }),
]

function publish(desk: Desk, document: RulesDocument, effectiveAtMs: number | null = null) {
  return desk.must({ type: 'rules.publish', actor: byAgent('ann'), document, reason: 'test', effectiveAtMs })
}

function online(desk: Desk, ...agentIds: string[]): void {
  for (const agentId of agentIds) desk.status(agentId, 'online')
}

const fire = (desk: Desk, key: string) => {
  const timer = desk.timers.get(key)
  assert.ok(timer !== undefined, `no timer ${key}`)
  desk.nowMs = Math.max(desk.nowMs, timer.dueMs)
  desk.timers.delete(key)
  return desk.must(timer.command)
}

describe('published rules', () => {
  test('the first whose condition is true decides, and the decision cites its version and id', () => {
    const desk = deskWith([
      { id: 'refund', when: "message.text.contains('退款')", then: { team: 'refunds' } },
      { id: 'broken', when: '1 / (time.minute - time.minute) > 0', then: { team: 'night' } },
      catchAll,
    ])
    online(desk, 'ann', 'bob')
    const [refund, other] = [desk.says('o1', '我要退款'), desk.says('o2')]
    assert.deepEqual([refund, other].map(desk.holder), ['agent:bob', 'agent:ann'])
    const [first, second] = desk.records
    assert.deepEqual([first?.rulesVersion, first?.ruleId, first?.plan?.teamId], [1, 'refund', 'refunds'])
    assert.deepEqual(second?.rulesTried, [
      { outcome: 'false', ruleId: 'refund' },
      { outcome: 'division by zero', ruleId: 'broken' },
      { outcome: 'true', ruleId: 'else' },
    ])
    assert.equal(JSON.stringify(first?.facts).includes('退款'), false, "the customer's words stay out of the record")
    for (const record of desk.records) assert.equal(JSON.stringify(record), canonicalJson(record))
  })

  test('a required skill excludes, is relaxed by waiting, and a preferred one only orders', () => {
    const skills = [{ skill: 'refund', level: 3, relaxAfterMs: minute }]
    const desk = deskWith([{ id: 'refund', when: 'true', then: { team: 'refunds', skills } }])
    online(desk, 'bob')
    const waiting = desk.says('o1')
    assert.equal(desk.holder(waiting), 'queue:refunds')
    assert.deepEqual(
      desk.records[0]?.excluded,
      [
        {
          ...{ agentIds: ['bob'], reason: 'missing_skill', capacities: [5], loads: [0] },
          ...{ skills: ['refund'], levels: [2], statuses: ['online'] },
        },
        { agentIds: ['ann'], reason: 'not_in_team', capacities: [5], loads: [0], statuses: ['offline'] },
        { agentIds: ['cai'], reason: 'offline', capacities: [5], loads: [0] },
      ].sort((left, right) => (left.reason < right.reason ? -1 : 1)),
    )
    const { events } = fire(desk, `waiting:${waiting}`)
    assert.deepEqual(desk.types(events), ['session.assigned'])
    assert.equal(desk.holder(waiting), 'agent:bob')
    assert.equal(desk.records[1]?.waitedMs, minute)
    assert.deepEqual(desk.records[1]?.ordering?.[0], { figure: 'preferred', first: 'highest' })
    assert.equal(desk.timers.has(`waiting:${waiting}`), false)
  })

  const strategies: [NonNullable<RulesDocument['rules'][0]['then']['strategy']>, string][] = [
    ['least-loaded', 'bob'],
    ['longest-idle', 'cai'],
    ['round-robin', 'cai'],
    ['most-spare', 'dan'],
    ['skill-weighted', 'eve'],
  ]
  for (const [strategy, expected] of strategies) {
    test(`${strategy} names ${expected}`, () => {
      const skills = [{ skill: 'refund', required: false }]
      const then = { strategy, ...(strategy === 'skill-weighted' && { skills }) }
      const desk = deskWith([catchAll], {}, [
        agent('bob', { capacity: 3 }),
        agent('cai', { capacity: 3 }),
        agent('dan', { capacity: 9 }),
        agent('eve', { capacity: 3, skills: { refund: 4 } }),
      ])
      online(desk, 'cai')
      desk.says('o1')
      desk.nowMs += minute
      online(desk, 'dan', 'eve')
      desk.says('o2')
      desk.says('o3')
      desk.nowMs += minute
      online(desk, 'bob')
      if (strategy === 'round-robin') desk.says('o4')
      publish(desk, { version: 1, rules: [{ ...catchAll, then }] })
      assert.equal(desk.holder(desk.says('o5')), `agent:${expected}`)
    })
  }

  test('sticks to the last agent, waits for them while they are there, and no longer', () => {
    const desk = deskWith([{ id: 'stay', when: 'true', then: { sticky: { to: 'last-agent', forMs: minute } } }], {}, [
      agent('ann', { capacity: 1 }),
      agent('bob', { capacity: 5 }),
    ])
    online(desk, 'ann')
    const mine = desk.says('o1')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: mine })
    online(desk, 'bob')
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: desk.says('o2') })
    assert.equal(desk.conversation(mine).lastAgentId, 'ann')
    desk.says('o1')
    assert.equal(desk.holder(mine), 'queue', 'ann is full, and bob is passed over for a minute')
    assert.deepEqual(desk.records.at(-1)?.excluded, [
      { agentIds: ['ann'], reason: 'full', capacities: [1], loads: [1] },
      { agentIds: ['bob'], reason: 'kept_for_another', capacities: [5], loads: [0] },
    ])
    fire(desk, `waiting:${mine}`)
    assert.equal(desk.holder(mine), 'agent:bob')
  })

  test('who is kept for somebody goes to others the moment that one leaves', () => {
    const desk = deskWith([{ id: 'stay', when: 'true', then: { sticky: { to: 'last-agent', forMs: minute } } }], {}, [
      agent('ann', { capacity: 1 }),
      agent('bob', { capacity: 5 }),
    ])
    online(desk, 'ann')
    const mine = desk.says('o1')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: mine })
    desk.says('o2')
    online(desk, 'bob')
    desk.says('o1')
    assert.equal(desk.holder(mine), 'queue')
    desk.status('ann', 'away')
    assert.equal(desk.holder(mine), 'agent:bob')
  })

  test('a higher priority is served first, until waiting has made up for it', () => {
    const desk = deskWith(
      [{ id: 'vip', when: "message.text == 'vip'", then: { priority: 2 } }, catchAll],
      { ageingMs: minute },
      [agent('ann', { capacity: 1 })],
    )
    online(desk, 'ann')
    let held = desk.says('o0')
    const early = desk.says('o1')
    desk.nowMs += 1.5 * minute
    const vip = desk.says('o2', 'vip')
    desk.nowMs += minute
    const late = desk.says('o3', 'vip')
    const order: string[] = []
    for (let count = 0; count < 3; count++) {
      desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: held })
      held = [early, vip, late].find((id) => desk.holder(id) === 'agent:ann') ?? ''
      order.push(held)
    }
    // Three minutes after the first: 0 + 2, 2 + 1, 2 + 0; the vip was overtaking by less than the bound of two minutes.
    assert.deepEqual(order, [vip, early, late])
  })

  test('overflows to another team after a while, and not before', () => {
    const overflow = [{ afterMs: 2 * minute, team: 'sales' }]
    const desk = deskWith([{ id: 'night', when: 'true', then: { team: 'night', overflow } }])
    online(desk, 'ann')
    const waiting = desk.says('o1')
    assert.equal(desk.holder(waiting), 'queue:night')
    fire(desk, `waiting:${waiting}`)
    assert.equal(desk.holder(waiting), 'agent:ann')
    assert.deepEqual(desk.records.at(-1)?.teamIds, ['night', 'sales'])
  })

  test('refuses with a reason and a passive reply, and the session ends at once', () => {
    const refuse = { reason: 'closed', reply: '我们已下班' }
    const desk = deskWith([{ id: 'closed', when: 'true', then: { refuse } }])
    online(desk, 'ann')
    const { events, result } = desk.does('o1', 'message', { type: 'text', text: '在吗' })
    assert.deepEqual(desk.types(events).slice(-5), [
      'message.received',
      'session.queued',
      'session.closed',
      'message.submitted',
      'delivery.settled',
    ])
    assert.deepEqual(result.passiveReply?.content, { type: 'text', text: '我们已下班' })
    const closed = events.find(({ type }) => type === 'session.closed')
    assert.deepEqual(closed?.type === 'session.closed' && [closed.facts.cause, closed.facts.reason], [
      'refused',
      'closed',
    ])
    assert.deepEqual([desk.records[0]?.winner, desk.records[0]?.refused], [{ kind: 'nobody' }, 'closed'])
  })

  test('a queue that is full refuses who comes, and one in which the wait is over whoever waits', () => {
    const queue = { maxLength: 1, maxWaitMs: 5 * minute, refusal: '请稍后再来' }
    const desk = deskWith([{ id: 'all', when: 'true', then: { queue } }])
    const first = desk.says('o1')
    const second = desk.does('o2', 'message', { type: 'text', text: '在吗' })
    assert.equal(desk.holder(second.result.conversationId ?? ''), 'nobody')
    assert.equal(desk.records.at(-1)?.refused, 'queue_full')
    assert.deepEqual(second.result.passiveReply?.content, { type: 'text', text: '请稍后再来' })
    const { events } = fire(desk, `waiting:${first}`)
    assert.deepEqual(desk.types(events), ['message.submitted', 'session.closed'])
    assert.equal(desk.holder(first), 'nobody')
    assert.equal(desk.timers.has(`waiting:${first}`), false)
  })

  test('gives to an app that can take it, and otherwise as the rest of the rule says', () => {
    const desk = deskWith([{ id: 'bot', when: 'true', then: { app: 'bot', team: 'sales', reply: '您好' } }])
    online(desk, 'ann')
    const { result } = desk.does('o1', 'message', { type: 'text', text: '在吗' })
    assert.equal(desk.holder(result.conversationId ?? ''), 'app:bot')
    assert.deepEqual(result.passiveReply?.content, { type: 'text', text: '您好' })
    const finding = { kind: 'suspended', reason: 'down', failures: 3 } as const
    desk.must({ type: 'app.report', actor: operator, appId: 'bot', accountId: 'oa', finding })
    assert.equal(desk.holder(desk.says('o2')), 'agent:ann')
  })

  test('F79: who has to wait is told the place once, however often they write', () => {
    const then = { waitingReply: '您排在第 {position} 位', reply: '您好' }
    const desk = deskWith([
      { id: 'vip', when: "message.text == 'vip'", then: { ...then, priority: 3 } },
      { ...catchAll, then },
    ])
    const texts = (openid: string, text: string) => {
      const { passiveReply } = desk.does(openid, 'message', { type: 'text', text }).result
      return passiveReply?.content.type === 'text' ? passiveReply.content.text : null
    }
    assert.equal(texts('o1', '在吗'), '您排在第 1 位')
    for (let count = 0; count < 10; count++) assert.equal(texts('o1', '在吗？'), null)
    assert.equal(texts('o2', '你好'), '您排在第 2 位')
    assert.equal(texts('o3', 'vip'), '您排在第 1 位')
    online(desk, 'ann')
    assert.equal(texts('o4', '你好'), '您好')
  })

  test('a team outside its hours is given nobody, and the queue drains when it opens', () => {
    const hours = { office: { weekly: { tue: ['09:00-18:00'] } } }
    const desk = deskWith([{ id: 'all', when: '!hours.office', then: { team: 'sales' } }, catchAll], {
      hours,
      teams: { sales: { hours: 'office' } },
    })
    online(desk, 'ann')
    const waiting = desk.says('o1')
    assert.equal(desk.holder(waiting), 'queue:sales')
    assert.ok(
      desk.records[0]?.excluded.some(({ reason, agentIds }) => reason === 'outside_hours' && agentIds[0] === 'ann'),
    )
    fire(desk, 'hours')
    assert.equal(new Date(desk.nowMs).toISOString(), '2026-03-03T01:00:00.000Z')
    assert.equal(desk.holder(waiting), 'agent:ann')
    assert.ok(desk.timers.has('hours'))
  })

  test('a transfer to a team goes by that team, and keeps the priority', () => {
    const desk = deskWith([{ id: 'vip', when: 'true', then: { team: 'sales', priority: 3 } }], {
      teams: { refunds: { strategy: 'round-robin' } },
    })
    online(desk, 'ann')
    const moved = desk.says('o1')
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId: moved, to: { teamId: 'refunds' } })
    assert.equal(desk.holder(moved), 'queue:refunds')
    const { plan } = desk.conversation(moved)
    assert.deepEqual([plan?.ruleId, plan?.strategy, plan?.priority], ['transfer', 'round-robin', 3])
    online(desk, 'bob')
    assert.equal(desk.holder(moved), 'agent:bob')
  })

  test('who waited for a team that was removed goes on waiting for all, also when another team takes its name', () => {
    const desk = deskWith([{ id: 'night', when: 'true', then: { team: 'night' } }])
    const id = desk.says('o1')
    const withoutNight = teams.filter(({ teamId }) => teamId !== 'night')
    publish(desk, { version: 1, rules: [catchAll] })
    desk.apply({ teams: withoutNight, agents: defaultAgents, accounts: [account('oa')] }, { prune: true })
    assert.equal(desk.holder(id), 'queue')
    desk.apply({ teams })
    assert.equal(desk.conversation(id).plan?.teamId, null)
    online(desk, 'ann')
    assert.equal(desk.holder(id), 'agent:ann')
  })
})

describe('versions of the rules', () => {
  const named = (id: string): RulesDocument => ({ version: 1, rules: [{ ...catchAll, id }] })
  const ruleOf = (desk: Desk, openid: string) => {
    desk.says(openid)
    return desk.records.at(-1)?.ruleId
  }

  test('one to come takes effect in its time; a later one with an earlier time puts it aside', () => {
    const desk = deskWith([catchAll])
    publish(desk, named('later'), desk.nowMs + minute)
    assert.equal(ruleOf(desk, 'o1'), 'else')
    fire(desk, 'rules:2')
    assert.equal(ruleOf(desk, 'o2'), 'later')
    publish(desk, named('never'), desk.nowMs + 2 * minute)
    publish(desk, named('now'))
    assert.equal(ruleOf(desk, 'o3'), 'now')
    fire(desk, 'rules:3')
    assert.equal(ruleOf(desk, 'o4'), 'now')
    assert.deepEqual(desk.state.rules?.scheduled, [])
  })

  test('with an error are refused, and so are those based on another version', () => {
    const desk = deskWith([catchAll])
    const document: RulesDocument = { version: 1, rules: [{ ...catchAll, then: { team: 'nobody' } }] }
    const command = { type: 'rules.publish', actor: operator, reason: '', effectiveAtMs: null } as const
    const refused = desk.run({ ...command, document })
    assert.ok(
      !refused.accepted && refused.code === 'invalid_configuration' && /no team nobody/.test(refused.detail ?? ''),
    )
    const raced = desk.run({ ...command, document: named('x'), basedOn: 0 })
    assert.ok(!raced.accepted && raced.code === 'changed_meanwhile')
    assert.equal(desk.state.rules?.newest, 1)
  })

  test('come with a configuration, once', () => {
    const desk = createDesk()
    const rules = named('all')
    const change = (result: ReturnType<Desk['apply']>) =>
      result.result.changes?.find(({ kind }) => kind === 'rules')?.change
    assert.equal(change(desk.apply({ rules }, { dryRun: true })), 'created')
    assert.equal(change(desk.apply({ rules })), 'created')
    const again = desk.apply({ rules })
    assert.deepEqual([change(again), again.events], ['unchanged', []])
    assert.equal(change(desk.apply({ rules: named('other') })), 'changed')
    assert.equal(desk.state.rules?.current?.rulesVersion, 2)
  })
})
