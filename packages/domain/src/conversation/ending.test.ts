import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultSessionSettings, type SessionSettings } from '@duoke/contract'
import { byAgent, createDesk, type Desk } from '../testing/desk.ts'
import { account, agent, app, attachment, settings } from '../testing/world.ts'

const hour = 3_600_000
const words = { closeWords: ['结束', 'bye'], closeReply: '再见，欢迎再来' }

function serving(sessions: Partial<SessionSettings>): { desk: Desk; id: string } {
  const organization = { ...settings, idleCloseAfterMs: null, sessions: { ...defaultSessionSettings, ...sessions } }
  const desk = createDesk({
    organization,
    accounts: [
      account('oa', { keywordReplies: [{ match: 'contains', keywords: ['结束'], reply: '几点结束？18 点' }] }),
    ],
    agents: [agent('ann'), agent('bob')],
  })
  desk.status('ann', 'online')
  return { desk, id: desk.says('o1') }
}
const causeOf = (desk: Desk, id: string) => desk.conversation(id).lastClose?.cause

describe('what a customer ends', () => {
  test('ends by a word that stands alone, is answered with the good-bye, and the agent is free', () => {
    const { desk, id } = serving(words)
    desk.says('o1', '什么时候结束')
    assert.equal(desk.holder(id), 'agent:ann', 'a sentence with the word in it ends nothing')
    const { result } = desk.does('o1', 'message', { type: 'text', text: ' 结束 ' })
    assert.deepEqual(result.passiveReply?.content, { type: 'text', text: words.closeReply })
    assert.deepEqual([desk.holder(id), causeOf(desk, id)], ['nobody', 'customer'])
    assert.deepEqual(desk.state.agents.get('ann')?.held, [])
    const closed = desk.log.find(({ type }) => type === 'session.closed')
    assert.equal(closed?.actor.kind, 'customer')
  })

  test('ends by the key of a menu item, from the queue as well as from an app; where nothing is open nothing begins', () => {
    const { desk } = serving(words)
    desk.status('ann', 'away')
    const waiting = desk.says('o2')
    desk.does('o2', 'menu', { type: 'action', action: 'menu', key: 'bye' })
    assert.deepEqual([desk.holder(waiting), causeOf(desk, waiting)], ['nobody', 'customer'])
    const { events } = desk.does('o2', 'message', { type: 'text', text: 'BYE' })
    assert.equal(
      events.some(({ type }) => type === 'session.opened'),
      false,
    )
    desk.apply({
      organization: desk.state.settings ?? settings,
      apps: [app('bot', { scopes: ['messages:read', 'messages:send'], attachments: [attachment('oa')] })],
    })
    const { result } = desk.does('o2', 'message', { type: 'text', text: '结束' })
    assert.equal(result.asks, undefined, 'no app is asked what to say to a good-bye')
  })

  test('goes on as a message like any other where there are no such words', () => {
    const { desk, id } = serving({})
    desk.says('o1', '结束')
    assert.equal(desk.holder(id), 'agent:ann')
  })
})

describe('the end of the time in which WeChat lets one answer', () => {
  const ring = (desk: Desk, id: string) => {
    const timer = desk.timers.get(`window:${id}`)
    assert.ok(timer !== undefined)
    desk.nowMs = timer.dueMs
    desk.timers.delete(timer.set)
    return desk.must(timer.command)
  }

  test('ends the session where the setting says so, and no sooner than the last window', () => {
    const { desk, id } = serving({ closeWithWindow: true })
    desk.nowMs += 10 * hour
    desk.says('o1', '在吗')
    assert.equal(desk.types(ring(desk, id).events).length, 0, 'the customer wrote meanwhile')
    assert.deepEqual(desk.types(ring(desk, id).events), ['session.closed'])
    assert.deepEqual([causeOf(desk, id), desk.timers.has(`window:${id}`)], ['window', false])
  })

  test('leaves the session open without it, and looks after what was open when it is switched on', () => {
    const { desk, id } = serving({})
    assert.equal(desk.timers.has(`window:${id}`), false)
    const organization = desk.state.settings ?? settings
    desk.apply({ organization: { ...organization, sessions: { ...organization.sessions, closeWithWindow: true } } })
    assert.deepEqual(desk.types(ring(desk, id).events), ['session.closed'])
  })

  test('a session that ends otherwise takes its timer with it', () => {
    const { desk, id } = serving({ closeWithWindow: true })
    desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: id })
    assert.equal(desk.timers.has(`window:${id}`), false)
  })
})
