import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type RulesDocument } from '@duoke/contract'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment, settings, startMs } from '../testing/world.ts'
import { DemandMeter } from './demand.ts'

const second = 1_000

function demandOf(
  { log, nowMs }: Desk,
  { teamId, withinMs = 30 * second }: { teamId?: string; withinMs?: number } = {},
) {
  const meter = new DemandMeter({ teamId, withinMs })
  for (const event of log) meter.take(event)
  return meter.finish(nowMs)
}

const closes = (desk: Desk, agentId: string, conversationId: string) =>
  desk.must({ type: 'session.close', actor: byAgent(agentId), conversationId })

describe('what customers ask of agents', () => {
  test('is counted from the moments at which they come, wait, are served and leave', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 1 })] })
    desk.status('ann', 'online')
    const first = desk.says('o1')
    desk.nowMs += 10 * second
    const second_ = desk.says('o2')
    desk.nowMs += 5 * second
    desk.says('o3')
    desk.nowMs += 15 * second
    desk.does('o3', 'unfollow')
    desk.nowMs += 10 * second
    closes(desk, 'ann', first)
    desk.nowMs += 20 * second
    closes(desk, 'ann', second_)
    // The first is served for 40 s; the second waits for 30 s and is served for 20 s; the third leaves after 15 s.
    assert.deepEqual(demandOf(desk, { withinMs: 20 * second }), {
      arrivals: [startMs, startMs + 10 * second, startMs + 15 * second],
      service: { sessions: 2, totalMs: 60 * second },
      patience: { left: 1, totalMs: 45 * second },
      history: { decided: 3, inTime: 1, unserved: 1 },
    })
  })

  test('what is not over counts for as long as it lasted, and who waits too long already is late', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 1 })] })
    desk.status('ann', 'online')
    desk.says('o1')
    desk.says('o2')
    desk.nowMs += 40 * second
    desk.says('o3')
    desk.nowMs += 10 * second
    const { service, patience, history } = demandOf(desk)
    assert.deepEqual(service, { sessions: 0, totalMs: 50 * second })
    assert.deepEqual(patience, { left: 0, totalMs: 60 * second })
    assert.deepEqual(history, { decided: 2, inTime: 1, unserved: 0 }, 'of the third nobody can say yet')
  })

  test('time that a session is parked is no service, and wrap-up that keeps the place is', () => {
    const sessions = { ...defaultSessionSettings, wrapUpMs: 60 * second, reopenWithinMs: 0 }
    const desk = createDesk({ organization: { ...settings, sessions }, agents: [agent('ann')] })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    desk.nowMs += 10 * second
    desk.must({ type: 'session.park', actor: byAgent('ann'), conversationId })
    desk.nowMs += 500 * second
    desk.says('o1', '在吗')
    desk.nowMs += 20 * second
    closes(desk, 'ann', conversationId)
    desk.nowMs += 7 * second
    const { lastClose } = desk.conversation(conversationId)
    const disposition = { code: 'solved' }
    const sessionId = lastClose?.sessionId ?? ''
    desk.must({ type: 'session.dispose', actor: byAgent('ann'), conversationId, sessionId, disposition })
    assert.deepEqual(demandOf(desk).service, { sessions: 1, totalMs: 37 * second })
  })

  test('a session of several agents is one, with the time of all of them; while a bot has it nobody works on it', () => {
    const desk = createDesk({
      agents: [agent('ann'), agent('bob')],
      apps: [
        app('bot', {
          attachments: [attachment('oa', { role: 'observer' })],
          scopes: ['messages:read', 'sessions:manage'],
        }),
      ],
    })
    desk.status('ann', 'online')
    const conversationId = desk.says('o1')
    desk.nowMs += 10 * second
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { appId: 'bot' } })
    desk.nowMs += 100 * second
    desk.status('bob', 'online')
    desk.must({ type: 'session.transfer', actor: byApp('bot'), conversationId, to: { agentId: 'bob' } })
    desk.nowMs += 5 * second
    closes(desk, 'bob', conversationId)
    const { arrivals, service, history } = demandOf(desk)
    assert.deepEqual([arrivals.length, service], [1, { sessions: 1, totalMs: 15 * second }])
    assert.deepEqual(history, { decided: 1, inTime: 1, unserved: 0 })
  })

  test('what came before the period is left out altogether', () => {
    const desk = createDesk({ agents: [agent('ann', { capacity: 1 })] })
    desk.status('ann', 'online')
    const held = desk.says('o1')
    const waiting = desk.says('o2')
    const begins = desk.log.length
    desk.nowMs += 60 * second
    closes(desk, 'ann', held)
    desk.nowMs += 60 * second
    closes(desk, 'ann', waiting)
    const meter = new DemandMeter({ withinMs: 0 })
    for (const event of desk.log.slice(begins)) meter.take(event)
    assert.deepEqual(meter.finish(desk.nowMs), {
      arrivals: [],
      service: { sessions: 0, totalMs: 0 },
      patience: { left: 0, totalMs: 0 },
      history: { decided: 0, inTime: 0, unserved: 0 },
    })
  })
})

const publish = (desk: Desk, then: RulesDocument['rules'][number]['then']) =>
  desk.must({
    type: 'rules.publish',
    actor: operator,
    document: { version: 1, rules: [{ id: 'all', when: 'true', then }] },
    reason: 'test',
    effectiveAtMs: null,
  })

describe('a team', () => {
  const twoTeams = () => {
    const teams = ['presale', 'vip'].map((teamId) => ({ teamId, name: teamId }))
    const agents = [agent('ann', { teams: ['presale'] }), agent('bob', { teams: ['vip'] })]
    const desk = createDesk({ teams, agents, accounts: [account('oa')] })
    publish(desk, { team: 'presale' })
    desk.status('ann', 'online')
    desk.status('bob', 'online')
    return desk
  }

  test('gets what its rule gives it and what is transferred to it, each for the time that it has it', () => {
    const desk = twoTeams()
    const conversationId = desk.says('o1')
    desk.nowMs += 30 * second
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId, to: { teamId: 'vip' } })
    const movedMs = desk.nowMs
    desk.nowMs += 50 * second
    closes(desk, 'bob', conversationId)
    const presale = demandOf(desk, { teamId: 'presale' })
    assert.deepEqual([presale.arrivals, presale.service], [[startMs], { sessions: 1, totalMs: 30 * second }])
    const vip = demandOf(desk, { teamId: 'vip' })
    assert.deepEqual([vip.arrivals, vip.service], [[movedMs], { sessions: 1, totalMs: 50 * second }])
    const all = demandOf(desk)
    assert.deepEqual([all.arrivals, all.service], [[startMs], { sessions: 1, totalMs: 80 * second }])
  })
})

describe('who is refused', () => {
  test('for want of agents is one who came and was never served', () => {
    const desk = createDesk({ agents: [agent('ann')] })
    publish(desk, { queue: { maxLength: 0, refusal: '请稍后再来' } })
    desk.says('o1')
    const { arrivals, history, patience } = demandOf(desk)
    assert.deepEqual([arrivals.length, history, patience.left], [1, { decided: 1, inTime: 0, unserved: 1 }, 0])
  })

  test('by a rule that no agent could help with did not come to agents', () => {
    const desk = createDesk({ agents: [agent('ann')] })
    publish(desk, { refuse: { reason: 'closed', reply: '已下班' } })
    desk.says('o1')
    const { arrivals, history } = demandOf(desk)
    assert.deepEqual([arrivals, history], [[], { decided: 0, inTime: 0, unserved: 0 }])
  })
})
