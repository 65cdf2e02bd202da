import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RulesDocument } from '@duoke/contract'
import { type Attempt, beginAttempt } from '../attempt.ts'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { agent } from '../testing/world.ts'
import { nextToServe } from './next.ts'

const minute = 60_000
const relaxed: RulesDocument['rules'] = [
  { id: 'all', when: 'true', then: { skills: [{ skill: 'refund', relaxAfterMs: 5 * minute }] } },
]
const agents = [agent('ann'), agent('cai', { capacity: 1, skills: { refund: 5 } })]

function deskWith(rules: RulesDocument['rules']): Desk {
  const desk = createDesk({ agents })
  const document = { version: 1 as const, rules }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'x', effectiveAtMs: null })
  desk.status('cai', 'online')
  return desk
}

/** Cai has parked the first, who comes back when cai serves another: ahead by age, and with a wait that has only begun. */
function returned(desk: Desk, waiting: readonly string[]) {
  const held = desk.says('o1')
  desk.must({ type: 'session.park', actor: byAgent('cai'), conversationId: held })
  desk.says('o2')
  desk.nowMs += minute
  const others = waiting.map((openid) => desk.says(openid))
  desk.nowMs += 6 * minute
  desk.says('o1', '拍好了')
  assert.deepEqual([held, ...others].map(desk.holder), ['queue', ...others.map(() => 'queue')])
  return { held, others }
}

test('who cannot serve the one who came back and stands first serves who has waited longer behind', () => {
  const desk = deskWith(relaxed)
  const { held, others } = returned(desk, ['o3', 'o4'])
  desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 1 } })
  desk.status('ann', 'online')
  assert.deepEqual([held, ...others].map(desk.holder), ['queue', 'agent:ann', 'queue'])
})

test('who can serve all of them serves who came back first', () => {
  const desk = deskWith(relaxed)
  const { held, others } = returned(desk, ['o3'])
  const [busy = ''] = desk.state.agents.get('cai')?.held ?? []
  desk.must({ type: 'session.close', actor: byAgent('cai'), conversationId: busy })
  assert.deepEqual([held, ...others].map(desk.holder), ['agent:cai', 'queue'])
})

test('of several who came back the first who can be served is, though another stands before', () => {
  const desk = deskWith(relaxed)
  desk.must({ type: 'agent.change', actor: operator, agentId: 'cai', fields: { capacity: 2 } })
  const parked = ['o1', 'o2'].map((openid) => {
    const id = desk.says(openid)
    desk.must({ type: 'session.park', actor: byAgent('cai'), conversationId: id })
    desk.nowMs += minute
    return id
  })
  for (const openid of ['o3', 'o4']) desk.says(openid)
  desk.says('o2', '拍好了')
  desk.nowMs += 5 * minute
  desk.says('o1', '拍好了')
  assert.deepEqual(parked.map(desk.holder), ['queue', 'queue'])
  desk.status('ann', 'online')
  assert.deepEqual(parked.map(desk.holder), ['queue', 'agent:ann'], 'the first has waited too shortly for ann')
})

/** How often conversations are looked up until it is known who is next. */
function looksFor(waiting: number): number {
  const desk = deskWith(relaxed)
  desk.says('o0')
  for (let number = 1; number <= waiting; number++) desk.says(`w${number}`)
  desk.must({ type: 'agent.set-status', actor: byAgent('ann'), agentId: 'ann', status: 'online', cause: 'chosen' })
  const attempt = beginAttempt(desk.state, { atMs: desk.nowMs, ids: { draw: () => 'x' }, digest: () => '' })
  let looks = 0
  const { conversations } = attempt.state
  const counting = Object.create(conversations, {
    get: {
      value: (id: string) => {
        looks++
        return conversations.get(id)
      },
    },
  })
  const counted: Attempt = { ...attempt, state: { ...attempt.state, conversations: counting } }
  assert.equal(nextToServe(counted, ['ann']), undefined, 'ann has not the skill')
  return looks
}

test('where nobody can be served it is known from the first of a line, however many stand behind', () => {
  const few = looksFor(3)
  assert.ok(few > 0)
  assert.equal(looksFor(500), few)
})
