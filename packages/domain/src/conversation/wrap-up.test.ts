import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type SessionSettings } from '@duoke/contract'
import { loadOf } from '../organization/load.ts'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { agent, app, settings } from '../testing/world.ts'

const minute = 60_000
const dispositions = [
  { code: 'solved', label: '已解决' },
  { code: 'refund', label: '退款', teams: ['aftersale'] },
]

/** Ann, of presale, has room for one and serves it; an app looks on. */
function serving(sessions: Partial<SessionSettings>, teams: { wrapUpMs?: number; dispositionNeeded?: boolean } = {}) {
  const desk = createDesk({
    organization: { ...settings, sessions: { ...defaultSessionSettings, dispositions, ...sessions } },
    teams: [
      { teamId: 'presale', name: '售前', ...teams },
      { teamId: 'aftersale', name: '售后' },
    ],
    agents: [
      agent('ann', { capacity: 1, teams: ['presale'] }),
      agent('bob', { capacity: 1 }),
      agent('eve', { role: 'supervisor' }),
    ],
    apps: [app('bot')],
  })
  desk.status('ann', 'online')
  return { desk, id: desk.says('o1') }
}
const close = (conversationId: string, code?: string, actor = byAgent('ann')) =>
  ({ type: 'session.close', actor, conversationId, ...(code !== undefined && { disposition: { code } }) }) as const
const dispose = (desk: Desk, conversationId: string, code: string | null, actor = byAgent('ann')) => {
  const sessionId = desk.conversation(conversationId).lastClose?.sessionId ?? ''
  return { type: 'session.dispose', actor, conversationId, sessionId, disposition: { code } } as const
}
const load = (desk: Desk, agentId = 'ann') => {
  const one = desk.state.agents.get(agentId)
  return one === undefined ? Number.NaN : loadOf(one)
}
const codeOf = (desk: Desk, command: Parameters<Desk['run']>[0]) => {
  const decision = desk.run(command)
  return decision.accepted ? 'accepted' : decision.code
}
const ring = (desk: Desk, kind: string) => {
  const timer = [...desk.timers.values()].find(({ set }) => set.startsWith(kind))
  assert.ok(timer !== undefined, `no timer ${kind}`)
  desk.timers.delete(timer.set)
  return desk.must(timer.command)
}

describe('closing', () => {
  test('without codes, a wrap-up or a need, a close is a close and nothing else', () => {
    const { desk, id } = serving({ dispositions: [] })
    assert.deepEqual(desk.types(desk.must(close(id)).events), ['session.closed'])
    assert.equal(desk.conversation(id).lastClose?.agentId, 'ann')
  })

  test('carries a reason of the organization and is refused without one where it is needed', () => {
    const reasons = [{ code: 'done', label: '办完', for: ['close' as const] }]
    const { desk, id } = serving({ reasons, reasonNeededFor: ['close'] })
    assert.equal(codeOf(desk, close(id)), 'reason_needed')
    assert.equal(codeOf(desk, { ...close(id), reason: 'lunch' }), 'reason_unknown')
    const { events } = desk.must({ ...close(id), reason: 'done' })
    assert.ok(events[0]?.type === 'session.closed' && events[0].facts.reason === 'done')
  })

  test('needs a disposition where the team says so, of the codes of the agent’s teams; programs need none', () => {
    const { desk, id } = serving({}, { dispositionNeeded: true })
    assert.equal(codeOf(desk, close(id)), 'disposition_needed')
    assert.equal(codeOf(desk, close(id, 'refund')), 'disposition_unknown', 'that is for another team')
    assert.deepEqual(desk.types(desk.must(close(id, 'solved')).events), ['session.closed', 'session.disposed'])
    assert.equal(desk.conversation(id).lastClose?.disposition, 'solved')
    const next = desk.says('o2')
    assert.equal(codeOf(desk, close(next, undefined, operator)), 'accepted')
  })
})

describe('wrap-up', () => {
  test('keeps the place until the disposition is given, and then who waits is served', () => {
    const { desk, id } = serving({ wrapUpMs: minute })
    const waiting = desk.says('o2')
    assert.deepEqual(desk.types(desk.must(close(id)).events), ['session.closed', 'session.wrap-up-began'])
    assert.deepEqual([load(desk), desk.holder(waiting)], [1, 'queue'])
    desk.nowMs += 20_000
    const { events } = desk.must({ ...dispose(desk, id, 'solved'), disposition: { code: 'solved', note: '补发' } })
    assert.deepEqual(desk.types(events), ['session.disposed', 'session.assigned'])
    assert.ok(events[0]?.type === 'session.disposed')
    assert.deepEqual([events[0].facts.wrapUpMs, events[0].facts.cause], [20_000, 'given'])
    assert.deepEqual(
      [desk.holder(waiting), desk.timers.has(`wrap-up:${events[0].facts.sessionId}`)],
      ['agent:ann', false],
    )
  })

  test('ends with its time, "none given" is recorded, and what was meant can still be said', () => {
    const { desk, id } = serving({ wrapUpMs: minute, dispositionNeeded: true })
    const waiting = desk.says('o2')
    desk.must(close(id))
    assert.equal(codeOf(desk, dispose(desk, id, null)), 'disposition_needed')
    desk.nowMs += minute
    const { events } = ring(desk, 'wrap-up:')
    assert.ok(events[0]?.type === 'session.disposed')
    assert.deepEqual([events[0].facts.disposition, events[0].facts.cause], [null, 'time'])
    assert.equal(desk.holder(waiting), 'agent:ann')
    desk.must(dispose(desk, id, 'solved'))
    assert.equal(desk.conversation(id).lastClose?.disposition, 'solved')
  })

  test('takes no place where the setting says so, and none at all where the team has set 0', () => {
    const { desk, id } = serving({ wrapUpMs: minute, wrapUpTakesCapacity: false })
    desk.must(close(id))
    assert.equal(load(desk), 0)
    const other = serving({ wrapUpMs: minute }, { wrapUpMs: 0 })
    assert.deepEqual(other.desk.types(other.desk.must(close(other.id)).events), ['session.closed'])
  })

  test('of what was parked takes no place that it did not have, and whoever went home has none', () => {
    const { desk, id } = serving({ wrapUpMs: minute })
    desk.must({ type: 'session.park', actor: byAgent('ann'), conversationId: id })
    desk.says('o2')
    desk.must(close(id))
    assert.equal(load(desk), 1, 'ann holds o2, and wraps up beside it')
    const third = desk.says('o3')
    assert.equal(desk.holder(third), 'queue')
    const home = serving({ wrapUpMs: minute })
    home.desk.must({ type: 'session.park', actor: byAgent('ann'), conversationId: home.id })
    home.desk.status('ann', 'offline')
    assert.deepEqual(home.desk.types(home.desk.must(close(home.id)).events), ['session.closed'])
  })

  test('begins for the agent who held the session, whoever ended it', () => {
    const { desk, id } = serving({ wrapUpMs: minute })
    assert.deepEqual(desk.types(desk.does('o1', 'unfollow').events).slice(-2), [
      'session.closed',
      'session.wrap-up-began',
    ])
    assert.equal(desk.conversation(id).lastClose?.cause, 'unfollowed')
    const another = serving({ wrapUpMs: minute })
    assert.equal(codeOf(another.desk, close(another.id, undefined, byApp('bot'))), 'accepted')
    assert.equal(load(another.desk), 1, 'closed by an app, it was still ann who held it')
  })

  test('is for who held it and for supervisors; it goes with an agent who is removed', () => {
    const { desk, id } = serving({ wrapUpMs: minute })
    desk.must(close(id))
    assert.equal(codeOf(desk, dispose(desk, id, 'solved', byAgent('bob'))), 'not_permitted')
    assert.equal(codeOf(desk, dispose(desk, id, 'unheard-of')), 'disposition_unknown')
    assert.equal(codeOf(desk, { ...dispose(desk, id, 'solved'), sessionId: 'nonsense' }), 'not_found')
    assert.equal(codeOf(desk, dispose(desk, id, 'solved', byAgent('eve'))), 'accepted')
    const gone = serving({ wrapUpMs: minute })
    gone.desk.must(close(gone.id))
    const organization = gone.desk.state.settings ?? settings
    gone.desk.apply({ organization, agents: [agent('bob')] }, { prune: true })
    assert.deepEqual(
      [...gone.desk.timers.keys()].filter((key) => key.startsWith('wrap-up:')),
      [],
      'nobody is left to ring for',
    )
  })

  test('gives its place back to the matter itself when the agent opens it again', () => {
    const { desk, id } = serving({ wrapUpMs: minute })
    desk.must(close(id))
    const { events } = desk.must({ type: 'session.reopen', actor: byAgent('ann'), conversationId: id })
    assert.deepEqual(desk.types(events), ['session.disposed', 'session.opened', 'session.assigned'])
    assert.deepEqual([load(desk), desk.holder(id)], [1, 'agent:ann'])
  })
})
