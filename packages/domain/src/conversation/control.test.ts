import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Actor } from '@duoke/contract'
import type { TransferTarget } from '../commands.ts'
import { byAgent, byApp, createDesk, type Desk, operator } from '../testing/desk.ts'
import { account, agent, app, attachment } from '../testing/world.ts'

const rights = ['messages:read', 'messages:send', 'sessions:manage']
const at = (accountId: string, appId: string) => [
  attachment(accountId, { wechatAppId: `wx${appId}`, role: 'observer' }),
]

function controlDesk(): Desk {
  const desk = createDesk({
    accounts: [account('oa'), account('shop')],
    agents: [agent('ann', { capacity: 1 }), agent('bob', { capacity: 1 })],
    apps: [
      app('bot', { scopes: rights, attachments: at('oa', 'bot') }),
      app('crm', { scopes: rights, attachments: at('oa', 'crm') }),
      app('blind', { attachments: at('oa', 'blind') }),
      app('elsewhere', { scopes: rights, attachments: at('shop', 'elsewhere') }),
    ],
  })
  return desk
}
const pass = (desk: Desk, actor: Actor, conversationId: string, to: TransferTarget) =>
  desk.run({
    type: 'session.transfer',
    actor,
    conversationId,
    to,
    handOver: { summary: '要退货', context: { order: 7 } },
  })
const codeOf = (decision: ReturnType<typeof pass>) => (decision.accepted ? 'accepted' : decision.code)

describe('control', () => {
  test('goes from an agent to an app with what is to be known, and frees the agent', () => {
    const desk = controlDesk()
    desk.status('ann', 'online')
    const [first, second] = [desk.says('o1'), desk.says('o2')]
    assert.deepEqual([desk.holder(first), desk.holder(second)], ['agent:ann', 'queue'])
    const passed = pass(desk, byAgent('ann'), first, { appId: 'bot' })
    assert.ok(passed.accepted)
    assert.deepEqual([desk.holder(first), desk.holder(second)], ['app:bot', 'agent:ann'])
    assert.deepEqual(passed.events[0]?.personal, { summary: '要退货', context: { order: 7 } })
    assert.ok(passed.events[0]?.type === 'session.assigned' && passed.events[0].facts.cause === 'transfer')
  })

  test('goes from app to app, to a named agent, to a team or to the queue, the session being the same', () => {
    const desk = controlDesk()
    desk.apply({ teams: [{ teamId: 'vip', name: 'VIP' }] })
    const id = desk.says('o1')
    const { sessionId } = desk.conversation(id)
    desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId: id })
    assert.equal(codeOf(pass(desk, byApp('bot'), id, { appId: 'crm' })), 'accepted')
    assert.equal(desk.holder(id), 'app:crm')
    assert.equal(codeOf(pass(desk, byApp('crm'), id, { teamId: 'vip' })), 'accepted')
    assert.equal(desk.holder(id), 'queue:vip')
    assert.equal(codeOf(pass(desk, operator, id, { queue: true })), 'accepted')
    assert.equal(desk.holder(id), 'queue')
    desk.status('bob', 'online')
    desk.status('ann', 'online')
    assert.equal(desk.holder(id), 'agent:bob')
    assert.equal(codeOf(pass(desk, byAgent('bob'), id, { agentId: 'ann' })), 'accepted')
    assert.deepEqual([desk.holder(id), desk.conversation(id).sessionId], ['agent:ann', sessionId])
  })

  test('is refused to an app that is unknown, not attached here, may not read, or is suspended', () => {
    const desk = controlDesk()
    desk.status('ann', 'online')
    const id = desk.says('o1')
    for (const appId of ['nobody', 'elsewhere', 'blind']) {
      assert.equal(codeOf(pass(desk, byAgent('ann'), id, { appId })), 'app_unavailable', appId)
    }
    const actor = { kind: 'system' } as const
    const finding = { kind: 'suspended', reason: 'time outs', failures: 5 } as const
    desk.must({ type: 'app.report', actor, appId: 'bot', accountId: 'oa', finding })
    assert.equal(codeOf(pass(desk, byAgent('ann'), id, { appId: 'bot' })), 'app_unavailable')
    assert.equal(desk.holder(id), 'agent:ann')
  })

  test('is the holder’s to give: another agent is refused, and to hand it to who has it changes nothing', () => {
    const desk = controlDesk()
    desk.status('ann', 'online')
    const id = desk.says('o1')
    assert.equal(codeOf(pass(desk, byAgent('bob'), id, { appId: 'bot' })), 'held_by_another')
    const release = { type: 'session.release', actor: byAgent('bob'), conversationId: id } as const
    assert.equal(codeOf(desk.run(release)), 'held_by_another')
    pass(desk, byAgent('ann'), id, { appId: 'bot' })
    const again = pass(desk, byApp('bot'), id, { appId: 'bot' })
    assert.deepEqual(again.accepted && again.events, [])
    desk.must({ type: 'session.close', actor: byApp('bot'), conversationId: id })
    assert.equal(codeOf(pass(desk, byApp('bot'), id, { appId: 'crm' })), 'already_closed')
    assert.equal(codeOf(desk.run({ ...release, conversationId: 'none' })), 'not_found')
  })

  test('that is released goes to whom routing names: first to another, and back only where there is no other', () => {
    const desk = controlDesk()
    desk.status('ann', 'online')
    const id = desk.says('o1')
    const release = (actor: Actor) =>
      desk.must({ type: 'session.release', actor, conversationId: id, handOver: { note: '请接' } })
    const { events } = release(byAgent('ann'))
    assert.deepEqual(desk.types(events), ['session.queued', 'session.assigned'])
    assert.ok(events[0]?.type === 'session.queued' && events[0].facts.cause === 'released')
    assert.deepEqual(events[0].personal, { note: '请接' })
    assert.equal(desk.holder(id), 'agent:ann')
    desk.status('bob', 'online')
    release(byAgent('ann'))
    assert.equal(desk.holder(id), 'agent:bob')
    assert.equal(desk.records.at(-1)?.cause, 'released')
    pass(desk, byAgent('bob'), id, { appId: 'bot' })
    desk.status('ann', 'away')
    release(byApp('bot'))
    assert.equal(desk.holder(id), 'agent:bob')
    pass(desk, byAgent('bob'), id, { appId: 'bot' })
    desk.status('bob', 'away')
    assert.deepEqual(desk.types(release(byApp('bot')).events), ['session.queued'])
    assert.deepEqual(release(operator).events, [], 'who waits goes on waiting')
  })

  test('F65: what an app holds goes to routing when the app is removed or loses nothing but its place', () => {
    const desk = controlDesk()
    const id = desk.says('o1')
    desk.must({ type: 'session.accept', actor: byApp('bot'), conversationId: id })
    const { events } = desk.must({ type: 'app.remove', actor: operator, appId: 'bot' })
    assert.deepEqual(desk.types(events), ['session.queued', 'app.consented', 'app.removed'])
    assert.equal(desk.holder(id), 'queue')
    desk.must({ type: 'session.accept', actor: byApp('crm'), conversationId: id })
    desk.must({ type: 'app.configure', actor: operator, app: app('crm', { scopes: rights }) })
    assert.equal(desk.holder(id), 'queue')
  })
})
