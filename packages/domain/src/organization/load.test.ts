import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LoadSettings, RulesDocument } from '@duoke/contract'
import { defaultSessionSettings } from '@duoke/contract'
import type { Command, ResolvedConfiguration } from '../commands.ts'
import { FairnessMeter } from '../fairness/fairness.ts'
import { seededRandom } from '../random.ts'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import { randomCommand, randomConfiguration, randomPauseMs } from '../testing/walk.ts'
import { account, agent, createWorld, settings, type World } from '../testing/world.ts'
import { loadOf } from './load.ts'
import { emptyOrganization } from './state.ts'

const vip: LoadSettings = { customerKinds: { vip: { weight: 2, most: 2 } } }

function deskWith(load: LoadSettings, document: Partial<ResolvedConfiguration> = {}): Desk {
  return createDesk({ organization: { ...settings, load }, agents: [agent('ann', { capacity: 4 })], ...document })
}

/** A customer who has spoken before and is known by these tags; nobody holds the conversation. */
function known(desk: Desk, openid: string, ...tags: string[]): void {
  const conversationId = desk.does(openid, 'follow').result.conversationId ?? ''
  desk.must({ type: 'customer.tag', actor: operator, conversationId, add: tags, remove: [] })
}
const close = (conversationId: string): Command => ({ type: 'session.close', actor: operator, conversationId })
const loadIn = (desk: Desk, agentId = 'ann') => {
  const one = desk.state.agents.get(agentId)
  return one === undefined ? Number.NaN : loadOf(one)
}
const codeOf = (desk: Desk, command: Command) => {
  const decision = desk.run(command)
  return decision.accepted ? 'accepted' : `${decision.code} ${decision.detail ?? ''}`.trim()
}
const lastRecord = (desk: Desk) => {
  const record = desk.records.at(-1)
  assert.ok(record !== undefined)
  assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null)
  return record
}
const reasonsIn = (desk: Desk) =>
  Object.fromEntries(lastRecord(desk).excluded.map(({ reason, agentIds }) => [reason, agentIds.join()]))

describe('what a session takes', () => {
  test('is the heaviest of its account, the kind of it, and the tags of its customer; 1 where nothing is said', () => {
    const load: LoadSettings = {
      accountKinds: { 'mini-program': 3 },
      customerKinds: { vip: { weight: 5 }, new: {}, constructor: { weight: 2 } },
    }
    const weigh = (fields: Parameters<typeof account>[1], ...tags: string[]) => {
      const desk = deskWith(load, { accounts: [account('oa', fields)], agents: [agent('ann', { capacity: 9 })] })
      known(desk, 'o1', ...tags)
      desk.status('ann', 'online')
      desk.says('o1')
      return loadIn(desk)
    }
    assert.equal(weigh({}), 1)
    assert.equal(weigh({}, 'toString', 'new'), 1)
    assert.equal(weigh({ kind: 'mini-program' }), 3)
    assert.equal(weigh({ kind: 'mini-program', weight: 2 }), 2, "an account's own weight counts instead of its kind's")
    assert.equal(weigh({ kind: 'mini-program', weight: null }), 3)
    assert.equal(weigh({ weight: 4 }, 'constructor'), 4)
    assert.equal(weigh({ weight: 4 }, 'vip', 'new'), 5)
  })

  test('is fixed when the hold begins: tags and settings of later change the next one', () => {
    const desk = deskWith(vip)
    desk.status('ann', 'online')
    const id = desk.says('o1')
    desk.must({ type: 'customer.tag', actor: operator, conversationId: id, add: ['vip'], remove: [] })
    assert.equal(loadIn(desk), 1)
    desk.must({ type: 'session.park', actor: byAgent('ann'), conversationId: id })
    assert.equal(loadIn(desk), 0)
    desk.must({ type: 'session.resume', actor: byAgent('ann'), conversationId: id })
    assert.equal(loadIn(desk), 1, 'it is the same hold')
    desk.must({ type: 'session.release', actor: byAgent('ann'), conversationId: id })
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: id })
    assert.equal(loadIn(desk), 2, 'who is held anew is weighed anew')
    desk.apply({ organization: { ...settings, load: {} } })
    assert.equal(loadIn(desk), 2)
    desk.must(close(id))
    assert.equal(loadIn(desk), 0)
    desk.says('o1')
    assert.equal(loadIn(desk), 1)
  })

  test('stays taken during a wrap-up, and who goes on with the matter needs no more than it gives back', () => {
    const sessions = { ...defaultSessionSettings, wrapUpMs: 60_000, reopenWithinMs: 60_000 }
    const load = { customerKinds: { vip: { weight: 4, most: 1 } } }
    const desk = createDesk({ organization: { ...settings, load, sessions }, agents: [agent('ann', { capacity: 4 })] })
    known(desk, 'o1', 'vip')
    desk.status('ann', 'online')
    const id = desk.says('o1')
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: id })
    assert.equal(loadIn(desk), 4)
    assert.equal(desk.holder(desk.says('o2')), 'queue')
    desk.says('o1')
    assert.deepEqual([desk.holder(id), loadIn(desk)], ['agent:ann', 4])
  })

  test('is kept free while it is offered, and taken by who accepts', () => {
    const sessions = { ...defaultSessionSettings, offerForMs: 30_000 }
    const desk = createDesk({
      organization: { ...settings, load: vip, sessions },
      agents: [agent('ann', { capacity: 3 })],
    })
    known(desk, 'o1', 'vip')
    desk.status('ann', 'online')
    const id = desk.says('o1')
    assert.deepEqual([desk.conversation(id).offer?.agentId, loadIn(desk)], ['ann', 2])
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: id })
    assert.equal(loadIn(desk), 2)
  })
})

describe('room', () => {
  test('is what the weights leave; the record says what was asked for and what there was', () => {
    const desk = deskWith(vip, { agents: [agent('ann', { capacity: 3 }), agent('bob', { capacity: 1 })] })
    for (const openid of ['o1', 'o2']) known(desk, openid, 'vip')
    for (const agentId of ['ann', 'bob']) desk.status(agentId, 'online')
    assert.equal(desk.holder(desk.says('o1')), 'agent:ann', 'bob has no room for two')
    assert.deepEqual(reasonsIn(desk), { full: 'bob' })
    assert.deepEqual([lastRecord(desk).weight, lastRecord(desk).kinds], [2, [{ kind: 'vip', most: 2 }]])
    assert.equal(desk.holder(desk.says('o2')), 'queue')
    const [full] = lastRecord(desk).excluded
    assert.deepEqual(
      [full?.loads, full?.capacities],
      [
        [2, 0],
        [3, 1],
      ],
    )
  })

  test('for a kind of customers is limited besides: the reason says which kind, and how many there are', () => {
    const desk = deskWith(vip, { agents: [agent('ann', { capacity: 9 })] })
    for (const openid of ['o1', 'o2', 'o3']) known(desk, openid, 'vip')
    desk.status('ann', 'online')
    const [first = '', , third = ''] = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid))
    assert.equal(desk.holder(third), 'queue')
    const [group] = lastRecord(desk).excluded
    assert.deepEqual([group?.reason, group?.kinds, group?.counts], ['kind_full', ['vip'], [2]])
    assert.equal(desk.holder(desk.says('o4')), 'agent:ann', 'others are served all the same')
    const tooMany = 'So many customers tagged vip are the most for one agent'
    const accepted = { type: 'session.accept', actor: byAgent('ann'), conversationId: third } as const
    assert.equal(codeOf(desk, accepted), `capacity_reached ${tooMany}`)
    const to = { agentId: 'ann' }
    const transfer = { type: 'session.transfer', actor: operator, conversationId: third, to } as const
    assert.equal(codeOf(desk, transfer), 'agent_unavailable ann is kind_full')
    desk.must(close(first))
    assert.equal(desk.holder(third), 'agent:ann', 'the queue drains the moment there is room')
  })

  test('is refused to who picks, reopens or resumes more than there is, and forced by a supervisor with a reason', () => {
    const desk = deskWith(vip, {
      agents: [agent('ann', { capacity: 2 }), agent('sue', { role: 'supervisor', capacity: 0 })],
    })
    known(desk, 'o1', 'vip')
    desk.status('ann', 'online')
    const light = desk.says('o2')
    const heavy = desk.says('o1')
    const by = { actor: byAgent('ann'), conversationId: heavy }
    assert.equal(codeOf(desk, { type: 'session.accept', ...by }), 'capacity_reached')
    const seize = { type: 'session.seize', actor: byAgent('sue'), conversationId: heavy, toAgentId: 'ann' } as const
    assert.equal(codeOf(desk, seize), 'capacity_reached')
    desk.must({ ...seize, overCapacity: true, reason: 'urgent' })
    assert.equal(loadIn(desk), 3)
    desk.must({ type: 'session.park', ...by })
    assert.equal(codeOf(desk, { type: 'session.resume', ...by }), 'capacity_reached')
    desk.must(close(heavy))
    assert.equal(codeOf(desk, { type: 'session.reopen', ...by }), 'capacity_reached')
    desk.must(close(light))
    assert.equal(codeOf(desk, { type: 'session.reopen', ...by }), 'accepted')
  })

  test('that shrinks takes back what was offered, of that kind alone', () => {
    const sessions = { ...defaultSessionSettings, offerForMs: 30_000 }
    const organization = { ...settings, load: vip, sessions }
    const desk = createDesk({ organization, agents: [agent('ann', { capacity: 9 })] })
    for (const openid of ['o1', 'o2']) known(desk, openid, 'vip')
    desk.status('ann', 'online')
    const [first = '', second = '', plain = ''] = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid))
    const load = { customerKinds: { vip: { most: 1 } } }
    desk.apply({ organization: { ...organization, load }, agents: [agent('ann', { capacity: 9 })] })
    const asked = [first, second, plain].map((id) => desk.conversation(id).offer?.agentId)
    assert.deepEqual(asked, ['ann', undefined, 'ann'])
  })
})

describe('room is kept', () => {
  function waitingHeavy() {
    const desk = deskWith(vip, { agents: [agent('ann', { capacity: 2 }), agent('bob', { capacity: 1 })] })
    known(desk, 'o3', 'vip')
    desk.status('ann', 'online')
    const [first = '', second = '', heavy = ''] = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid))
    desk.nowMs += 1000
    return { desk, first, second, heavy }
  }

  test('for who takes more of it and stands before, so that those who take less do not pass for ever', () => {
    const { desk, first, second, heavy } = waitingHeavy()
    const light = desk.says('o4')
    desk.must(close(first))
    assert.deepEqual([heavy, light].map(desk.holder), ['queue', 'queue'])
    const later = desk.says('o5')
    assert.deepEqual(reasonsIn(desk), { offline: 'bob', room_kept: 'ann' })
    desk.must(close(second))
    assert.deepEqual([heavy, light, later].map(desk.holder), ['agent:ann', 'queue', 'queue'])
  })

  test('by who could serve them alone: whose whole capacity is less serves the others', () => {
    const { desk, heavy } = waitingHeavy()
    const light = desk.says('o4')
    desk.status('bob', 'online')
    assert.deepEqual([heavy, light].map(desk.holder), ['queue', 'agent:bob'])
  })

  test('until they are gone: then those behind are served with it at once', () => {
    const { desk, first, heavy } = waitingHeavy()
    const light = desk.says('o4')
    desk.must(close(first))
    desk.must(close(heavy))
    assert.equal(desk.holder(light), 'agent:ann')
  })

  test('not from who stands before them, by the wait or by a higher priority', () => {
    const desk = deskWith(vip, { agents: [agent('ann', { capacity: 2 })] })
    const rules: RulesDocument['rules'] = [
      { id: 'urgent', when: "message.text == '急'", then: { priority: 9 } },
      { id: 'all', when: 'true', then: {} },
    ]
    const document = { version: 1 as const, rules }
    desk.must({ type: 'rules.publish', actor: operator, document, reason: 'x', effectiveAtMs: null })
    known(desk, 'o4', 'vip')
    desk.status('ann', 'online')
    const [first = '', , before = ''] = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid))
    desk.nowMs += 1000
    const heavy = desk.says('o4')
    const urgent = desk.says('o5', '急')
    desk.must(close(first))
    assert.deepEqual([before, heavy, urgent].map(desk.holder), ['queue', 'queue', 'agent:ann'])
    desk.must(close(urgent))
    assert.deepEqual([before, heavy].map(desk.holder), ['agent:ann', 'queue'])
  })
})

test('a rule sees how many sessions such as this one a team could still be given', () => {
  const agents = [agent('ann', { capacity: 5, teams: ['a'] }), agent('bob', { capacity: 1, teams: ['a'] })]
  const load = { customerKinds: { vip: { weight: 2, most: 1 } } }
  const desk = deskWith(load, { teams: [{ teamId: 'a', name: 'a' }], agents })
  const rules = [{ id: 'all', when: "team.free['a'] > 0", then: {} }]
  const document = { version: 1 as const, rules }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'x', effectiveAtMs: null })
  for (const agentId of ['ann', 'bob']) desk.status(agentId, 'online')
  const freeFor = (openid: string) => {
    desk.must(close(desk.says(openid)))
    const record = desk.records.findLast(({ facts }) => facts !== undefined)
    return Object(record?.facts?.['team'])['free']['a']
  }
  known(desk, 'o1', 'vip')
  assert.equal(freeFor('o1'), 1)
  assert.equal(freeFor('o2'), 6)
})

test('nobody is entitled to what they had no room for', () => {
  const desk = deskWith(vip, { agents: [agent('ann', { capacity: 2 }), agent('bob', { capacity: 1 })] })
  known(desk, 'o1', 'vip')
  for (const agentId of ['ann', 'bob']) desk.status(agentId, 'online')
  desk.says('o1')
  const meter = new FairnessMeter(emptyOrganization(), 0)
  for (const event of desk.log) meter.take(event)
  const { agents } = meter.finish(0, desk.nowMs)
  assert.deepEqual(
    agents.map(({ agentId, entitled, given }) => [agentId, entitled, given]),
    [['ann', 1, 1]],
  )
})

/** The same with everything twice as heavy, and room for twice as much. */
function doubled(command: Command): Command {
  switch (command.type) {
    case 'configuration.apply': {
      const { document } = command
      const { organization, accounts, agents } = document
      return {
        ...command,
        document: {
          ...document,
          organization: { ...organization, load: { accountKinds: { 'official-account': 2 } } },
          ...(accounts && { accounts }),
          ...(agents && { agents: agents.map((one) => ({ ...one, capacity: one.capacity * 2 })) }),
        },
      }
    }
    case 'agent.change': {
      const { capacity } = command.fields
      return capacity === undefined ? command : { ...command, fields: { ...command.fields, capacity: capacity * 2 } }
    }
    case 'agent.set-capacity':
      return command.capacity === null ? command : { ...command, capacity: command.capacity * 2 }
    default:
      return command
  }
}

function plain(command: Command): Command {
  if (command.type !== 'configuration.apply') return command
  const { load: _, ...organization } = command.document.organization
  const accounts = command.document.accounts?.map(({ weight: _weight, ...one }) => one)
  return { ...command, document: { ...command.document, organization, ...(accounts && { accounts }) } }
}

const whoHoldsWhat = ({ state }: World) =>
  [...state.conversations.values()].map(({ id, holder, offer }) => [id, holder, offer?.agentId])

test('with every weight and every capacity doubled everything goes as before: c ÷ w are served at once', () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = seededRandom(seed)
    const [light, heavy] = [createWorld(), createWorld()]
    const document = randomConfiguration(random, 1)
    const apply: Command = { type: 'configuration.apply', actor: operator, document, prune: false, dryRun: false }
    const both = (command: Command) => {
      light.run(plain(command))
      heavy.run(doubled(plain(command)))
    }
    both(apply)
    for (let step = 0; step < 150; step++) {
      light.nowMs += randomPauseMs(random)
      heavy.nowMs = light.nowMs
      const command = randomCommand(random, light)
      if (command !== null) both(command)
      assert.deepEqual(whoHoldsWhat(heavy), whoHoldsWhat(light), `seed ${seed}, step ${step}`)
    }
  }
})
