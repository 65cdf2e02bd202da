import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Actor, type QuickReplyOwner, quickReplyLimits } from '@duoke/contract'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { agent, snapshotOf } from '../testing/world.ts'

const organization = { kind: 'organization' } as const
const presale = { kind: 'team', teamId: 'presale' } as const
const anns = { kind: 'agent', agentId: 'ann' } as const
const reply = (text = '您好', title = '问候') => ({ title, group: '', parts: [{ type: 'text' as const, text }] })

const desk = () => createDesk({ teams: [{ teamId: 'presale', name: '售前' }] })
const add = (where: Desk, owner: QuickReplyOwner, actor: Actor, mayShare: boolean, text?: string) =>
  where.run({ type: 'quick-replies.add', actor, owner, replies: [reply(text)], mayShare })

test('everybody keeps their own; what is shared takes the scope, and a team that exists', () => {
  const where = desk()
  const outcome = (owner: QuickReplyOwner, actor: Actor, mayShare: boolean) => {
    const decision = add(where, owner, actor, mayShare)
    return decision.accepted ? 'kept' : decision.code
  }
  assert.equal(outcome(anns, byAgent('ann'), false), 'kept')
  assert.equal(outcome(anns, byAgent('bob'), true), 'not_permitted')
  assert.equal(outcome(anns, operator, true), 'not_permitted')
  assert.equal(outcome(presale, byAgent('ann'), false), 'not_permitted')
  assert.equal(outcome(presale, byAgent('ann'), true), 'kept')
  assert.equal(outcome({ kind: 'team', teamId: 'nowhere' }, operator, true), 'invalid_request')
  assert.equal(outcome(organization, byAgent('ann'), false), 'not_permitted')
  assert.equal(outcome(organization, operator, true), 'kept')
  assert.equal(where.state.quickReplies.size, 3)
})

test("another agent's own quick reply does not exist for anybody else", () => {
  const where = desk()
  const decision = add(where, anns, byAgent('ann'), false)
  assert.ok(decision.accepted)
  const [quickReplyId = ''] = decision.result.quickReplyIds ?? []
  for (const actor of [byAgent('bob'), operator]) {
    const change = where.run({ type: 'quick-reply.change', actor, quickReplyId, reply: reply(), mayShare: true })
    const removal = where.run({ type: 'quick-reply.remove', actor, quickReplyId, mayShare: true })
    assert.deepEqual(
      [change, removal].map((one) => !one.accepted && one.code),
      ['not_found', 'not_found'],
    )
  }
  where.must({ type: 'quick-reply.remove', actor: byAgent('ann'), quickReplyId, mayShare: false })
  assert.equal(where.state.quickReplies.size, 0)
})

test('a variable that nobody fills in, a text that WeChat does not take, and an empty title are refused', () => {
  const where = desk()
  const refusal = (text: string, title?: string) => {
    const replies = [reply(), reply(text, title)]
    const decision = where.run({
      type: 'quick-replies.add',
      actor: operator,
      owner: organization,
      replies,
      mayShare: true,
    })
    return decision.accepted ? null : [decision.code, decision.detail]
  }
  assert.deepEqual(refusal('{{custmer}} 您好'), ['invalid_request', '“问候” names {{custmer}}, which nobody fills in'])
  assert.equal(refusal('好'.repeat(683))?.[0], 'content_refused')
  assert.equal(refusal('x', '   ')?.[0], 'invalid_request')
  assert.equal(where.state.quickReplies.size, 0, 'and nothing of the same import was kept')
  assert.equal(refusal('{{ customer }} 您好，我是{{agent}} { {x} }'), null)
})

test('they go with their agent or team, and whoever comes back begins with none', () => {
  const where = desk()
  for (const owner of [anns, presale, organization]) add(where, owner, byAgent('ann'), true)
  where.apply({ teams: [], agents: [agent('bob')] }, { prune: true })
  assert.deepEqual(
    Array.from(where.state.quickReplies.values(), ({ owner }) => owner.kind),
    ['organization'],
  )
  where.apply({ agents: [agent('ann'), agent('bob')] })
  assert.equal(where.state.quickReplies.size, 1)
})

test('there is a most of them', () => {
  const where = desk()
  const replies = Array.from({ length: quickReplyLimits.all - 1 }, () => reply())
  where.must({ type: 'quick-replies.add', actor: operator, owner: organization, replies, mayShare: true })
  const two = where.run({
    type: 'quick-replies.add',
    actor: operator,
    owner: organization,
    replies: [reply(), reply()],
    mayShare: true,
  })
  assert.equal(!two.accepted && two.code, 'limit_reached')
  assert.ok(add(where, organization, operator, true).accepted)
})

test('a message says which quick reply it began with, unless that is gone', () => {
  const where = desk()
  where.status('ann', 'online')
  const conversationId = where.says('o1')
  const decision = add(where, anns, byAgent('ann'), false)
  assert.ok(decision.accepted)
  const [quickReplyId = ''] = decision.result.quickReplyIds ?? []
  const send = (id: string) => {
    const content = { type: 'text', text: '您好' } as const
    const command = {
      type: 'message.submit',
      actor: byAgent('ann'),
      conversationId,
      content,
      quickReplyId: id,
    } as const
    const [event] = where.must(command).events
    return event?.type === 'message.submitted' ? event.facts.quickReplyId : 'no message'
  }
  const before = snapshotOf(where.state)
  assert.equal(send(quickReplyId), quickReplyId)
  assert.notDeepEqual(snapshotOf(where.state), before)
  assert.equal(send('qr_gone'), undefined)
})
