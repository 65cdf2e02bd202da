import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { canonicalJson } from '../canonical-json.ts'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment } from '../testing/world.ts'
import { manualRule } from './record.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const teams = [{ teamId: 'vip', name: 'VIP' }]

/** Two accounts that the same agents serve: the rule gives those of `shop`, and nobody's of `oa`. */
function deskOf(capacity = 5): Desk {
  const desk = createDesk(
    {
      teams,
      accounts: [account('oa', { routing: 'manual' }), account('shop')],
      agents: [agent('ann', { capacity, teams: ['vip'] }), agent('bob', { capacity: 0 })],
      apps: [app('crm', { scopes: ['sessions:manage'], attachments: [attachment('oa', { role: 'observer' })] })],
    },
    { digest: sha256 },
  )
  desk.status('ann', 'online')
  return desk
}

function saysToShop(desk: Desk, openid: string): string {
  const act = { type: 'customer.act', accountId: 'shop', openid, act: 'message', kind: 'text' } as const
  const { result } = desk.must({ ...act, content: { type: 'text', text: '你好' }, sentAtMs: desk.nowMs })
  return result.conversationId ?? ''
}

describe('where routing is manual', () => {
  test('a new session waits beside a free agent, and the record says that nobody was looked at', () => {
    const desk = deskOf()
    const conversationId = desk.says('o1')
    assert.equal(desk.holder(conversationId), 'queue')
    const [record] = desk.records
    assert.deepEqual(record?.candidates, [])
    assert.deepEqual(record?.excluded, [{ agentIds: ['ann', 'bob'], reason: 'manual_routing' }])
    assert.equal(record?.rule, manualRule)
    const queued = desk.log.at(-1)
    assert.ok(queued?.type === 'session.queued')
    assert.deepEqual(queued.facts.decision?.excluded, { manual_routing: 2 })
    assert.equal(queued.facts.decision?.digest, sha256(canonicalJson(record)))
  })

  test('capacity that becomes free, and an agent who comes, give nobody', () => {
    const desk = deskOf(0)
    const waiting = desk.says('o1')
    desk.must({ type: 'agent.change', actor: operator, agentId: 'ann', fields: { capacity: 3 } })
    desk.status('ann', 'away')
    desk.status('ann', 'online')
    const held = desk.says('o2')
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: held })
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: held })
    assert.equal(desk.holder(waiting), 'queue')
  })

  test('people and apps give: accept, transfer to an agent, and an allocation by an app', () => {
    const desk = deskOf()
    const [picked, given, created] = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid)) as [string, string, string]
    desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId: picked })
    desk.must({ type: 'session.transfer', actor: operator, conversationId: given, to: { agentId: 'ann' } })
    desk.must({ type: 'session.open', actor: byApp('crm'), conversationId: created, agentId: 'ann' })
    assert.deepEqual([picked, given, created].map(desk.holder), ['agent:ann', 'agent:ann', 'agent:ann'])
  })

  test('who is released, handed to a team or left by their agent waits, whoever is free', () => {
    const desk = deskOf()
    const ids = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid)) as [string, string, string]
    for (const conversationId of ids) desk.must({ type: 'session.accept', actor: byAgent('ann'), conversationId })
    desk.must({ type: 'agent.change', actor: operator, agentId: 'bob', fields: { capacity: 9, teams: ['vip'] } })
    desk.status('bob', 'online')
    const [released, handed, left] = ids
    desk.must({ type: 'session.release', actor: byAgent('ann'), conversationId: released })
    desk.must({ type: 'session.transfer', actor: byAgent('ann'), conversationId: handed, to: { teamId: 'vip' } })
    desk.status('ann', 'offline')
    assert.deepEqual(ids.map(desk.holder), ['queue', 'queue:vip', 'queue'])
    const cause = desk.log.flatMap((event) => (event.type === 'session.queued' ? [event.facts] : [])).at(-1)
    assert.deepEqual([cause?.conversationId, cause?.cause], [left, 'offline'])
  })

  test('those who wait for the same team on another account are served past them', () => {
    const desk = deskOf(1)
    const busy = saysToShop(desk, 's0')
    const [manual, automatic] = [desk.says('o1'), saysToShop(desk, 's1')]
    for (const conversationId of [manual, automatic]) {
      desk.must({ type: 'session.transfer', actor: operator, conversationId, to: { teamId: 'vip' } })
    }
    assert.deepEqual([busy, manual, automatic].map(desk.holder), ['agent:ann', 'queue:vip', 'queue:vip'])
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: busy })
    assert.deepEqual([manual, automatic].map(desk.holder), ['queue:vip', 'agent:ann'])
  })

  test('going back to automatic serves the line at once, longest wait first', () => {
    const desk = deskOf(2)
    const waiting = ['o1', 'o2', 'o3'].map((openid) => desk.says(openid))
    const { events } = desk.apply({ accounts: [account('oa'), account('shop')] })
    assert.deepEqual(desk.types(events), ['account.configured', 'session.assigned', 'session.assigned'])
    assert.deepEqual(waiting.map(desk.holder), ['agent:ann', 'agent:ann', 'queue'])
    desk.apply({ accounts: [account('oa', { routing: 'manual' }), account('shop')] })
    assert.deepEqual(waiting.map(desk.holder), ['agent:ann', 'agent:ann', 'queue'], 'who is served stays served')
  })

  test('an account from before the setting is automatic, and naming the default changes nothing', () => {
    const { routing: _, ...before } = account('oa')
    const desk = createDesk({ accounts: [before] })
    const { events, result } = desk.apply({ accounts: [account('oa', { routing: 'automatic' })] })
    assert.deepEqual(events, [])
    assert.deepEqual(result.changes?.find(({ kind }) => kind === 'account')?.change, 'unchanged')
  })
})
