import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Conversation, RulesDocument } from '@duoke/contract'
import type { ShownEvent } from '../conversation/thread.ts'
import { applyToConversation, holdingOf, shownLeft } from '../conversation/view.ts'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import { account, agent, app, attachment } from '../testing/world.ts'

const minute = 60_000
const hour = 60 * minute
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
type Then = RulesDocument['rules'][number]['then']
const box = { reply: '我们不在，请留言' }

function deskWith(
  then: Then,
  more: Partial<RulesDocument> = {},
  kind: 'official-account' | 'mini-program' = 'official-account',
): Desk {
  const bot = app('bot', {
    scopes: ['messages:read', 'messages:send', 'sessions:manage'],
    attachments: [attachment('oa', { role: 'observer' })],
  })
  const desk = createDesk(
    {
      teams: ['sales', 'refunds'].map((teamId) => ({ teamId, name: teamId })),
      accounts: [account('oa', { kind })],
      agents: [
        agent('ann', { teams: ['sales'], capacity: 1 }),
        agent('bob', { teams: ['refunds'], skills: { refund: 3 } }),
        agent('sue', { role: 'supervisor' }),
      ],
      apps: [bot],
    },
    { digest: sha256 },
  )
  const document: RulesDocument = { version: 1, rules: [{ id: 'all', when: 'true', then }], ...more }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
  return desk
}

const left = (desk: Desk, id: string) => desk.conversation(id).left
const types = (desk: Desk, since = 0) => desk.log.slice(since).map(({ type }) => type)
/** What Duoke itself said, and how. */
const told = (desk: Desk) =>
  desk.log.flatMap(({ type, actor, facts }) =>
    type === 'message.submitted' && actor.kind === 'rule' ? [`${actor.rule} ${facts.via}`] : [],
  )

function fire(desk: Desk, key: string) {
  const timer = desk.timers.get(key)
  assert.ok(timer !== undefined, `no timer ${key}`)
  desk.nowMs = Math.max(desk.nowMs, timer.dueMs)
  desk.timers.delete(key)
  return desk.must(timer.command)
}

test('F79: who writes ten times at night is told once, waits in no line, and nothing of it is lost', () => {
  const desk = deskWith({ team: 'sales', messageBox: box, waitingReply: '第 {position} 位', reply: '您好' })
  const id = desk.says('o1', '在吗')
  for (let count = 0; count < 9; count++) desk.says('o1', `还有 ${count}`)
  assert.deepEqual(told(desk), ['message-box passive-reply'], 'exactly one automatic reply')
  assert.equal(desk.holder(id), 'nobody')
  assert.deepEqual([...desk.state.lines.values()], [], 'nobody waits')
  assert.equal(left(desk, id)?.cause, 'nobody-serves')
  assert.equal(desk.conversation(id).unreadPositions.length, 9, 'further words are gathered')
  assert.equal(types(desk).filter((type) => type === 'session.opened').length, 1)
  const [record] = desk.records
  assert.deepEqual([record?.left, record?.winner], ['nobody-serves', { kind: 'nobody' }])
  assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null)
})

test('who is full serves: then it waits, and a record that says otherwise is found out', () => {
  const desk = deskWith({ team: 'sales', messageBox: box })
  desk.status('ann', 'online')
  desk.says('o1')
  assert.equal(desk.holder(desk.says('o2')), 'queue:sales')
  const record = { ...desk.records.at(-1), left: 'nobody-serves', winner: { kind: 'nobody' } }
  assert.match(mismatchOf(JSON.parse(JSON.stringify(record))) ?? '', /yet somebody serves/)
})

test('outside the hours a message is left whoever is online; when they begin it is given, live customers first', () => {
  const hours = { office: { weekly: { tue: ['09:00-18:00'] } } }
  const desk = deskWith({ team: 'sales', messageBox: box }, { hours, teams: { sales: { hours: 'office' } } })
  desk.status('ann', 'online')
  const [first, second] = [desk.says('o1'), desk.says('o2')]
  assert.deepEqual([left(desk, first)?.cause, left(desk, second)?.cause], ['nobody-serves', 'nobody-serves'])
  fire(desk, 'hours')
  assert.equal(desk.holder(first), 'agent:ann', 'the oldest goes on, by the rule')
  assert.equal(desk.holder(second), 'nobody', 'ann is full: it stays')
  const live = desk.says('o3')
  assert.equal(desk.holder(live), 'queue:sales')
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: first })
  assert.equal(desk.holder(live), 'agent:ann', 'who waits comes before what was left')
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: live })
  assert.equal(desk.holder(second), 'agent:ann')
  const opened = desk.log.findLast(({ type }) => type === 'session.opened')
  assert.ok(opened?.type === 'session.opened' && opened.facts.reopens !== null, 'it names the session that was left')
  for (const record of desk.records) assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null)
})

test('with `stay` nobody is given it; who takes it needs the team, and WeChat to let them answer', () => {
  const desk = deskWith({ team: 'sales', messageBox: { ...box, atOpening: 'stay' } })
  const id = desk.says('o1')
  desk.status('ann', 'online')
  desk.status('bob', 'online')
  assert.equal(desk.holder(id), 'nobody')
  const take = (agentId: string) => desk.run({ type: 'message-box.take', actor: byAgent(agentId), conversationId: id })
  const byBob = take('bob')
  assert.equal(byBob.accepted ? '' : byBob.code, 'not_permitted')
  desk.must({ type: 'message-box.take', actor: byAgent('ann'), conversationId: id })
  assert.equal(desk.holder(id), 'agent:ann')
  assert.equal(left(desk, id), undefined)
  const again = take('sue')
  assert.deepEqual(again.accepted ? null : [again.code, again.holder?.kind], ['held_by_another', 'agent'])
  assert.ok(take('ann').accepted, 'who has it may ask again')
})

test('after 48 hours it is said that it expired, nobody takes it, and the next word makes it answerable', () => {
  const desk = deskWith({ messageBox: box })
  const id = desk.says('o1')
  fire(desk, `message-left:${id}`)
  assert.equal(left(desk, id)?.isExpired, true)
  assert.deepEqual([...desk.state.leftLines.values()], [])
  desk.status('ann', 'online')
  assert.equal(desk.holder(id), 'nobody', 'nobody could answer it')
  const late = desk.run({ type: 'message-box.take', actor: byAgent('ann'), conversationId: id })
  assert.equal(late.accepted ? '' : late.code, 'window_closed')
  desk.says('o1', '还在吗')
  assert.equal(desk.holder(id), 'agent:ann')
  assert.deepEqual(told(desk), ['message-box passive-reply'])
})

test('it is resolved with a reason, taken back, and a word after it was resolved begins anew', () => {
  const desk = deskWith({ messageBox: box })
  const id = desk.says('o1')
  const by = { actor: byAgent('sue'), conversationId: id }
  desk.must({ type: 'message-box.resolve', ...by, reason: 'spam', note: '广告' })
  assert.deepEqual([...desk.state.leftLines.values()], [])
  const twice = desk.run({ type: 'message-box.resolve', ...by })
  assert.equal(twice.accepted ? '' : twice.code, 'already_closed')
  desk.must({ type: 'message-box.reopen', ...by })
  assert.equal(left(desk, id)?.resolvedAtMs, undefined)
  desk.must({ type: 'message-box.resolve', ...by })
  desk.says('o1', '我又来了')
  assert.equal(types(desk).filter((type) => type === 'message-box.left').length, 2)
  assert.equal(told(desk).length, 2, 'one for each message that is left')
  desk.status('ann', 'online')
  assert.equal(desk.holder(id), 'agent:ann')
  const late = desk.run({ type: 'message-box.reopen', ...by })
  assert.equal(late.accepted ? '' : late.code, 'already_open')
})

test("overflow: who waited so long goes to an app that is there, or leaves a message, told once at WeChat's cost", () => {
  const overflow = [
    { afterMs: minute, app: 'bot' },
    { afterMs: 2 * minute, messageBox: true as const },
  ]
  const desk = deskWith({ team: 'sales', messageBox: { ...box, whenNobodyServes: false }, overflow })
  const id = desk.says('o1')
  assert.equal(desk.holder(id), 'queue:sales')
  fire(desk, `waiting:${id}`)
  assert.equal(desk.holder(id), 'app:bot')
  desk.must({ type: 'app.remove', actor: operator, appId: 'bot' })
  const other = desk.says('o2')
  fire(desk, `waiting:${other}`)
  assert.equal(desk.holder(other), 'queue:sales', 'there is no app any more')
  fire(desk, `waiting:${other}`)
  assert.equal(left(desk, other)?.cause, 'waited')
  for (let count = 0; count < 3; count++) desk.says('o2', '喂')
  const conversation = desk.conversation(other)
  assert.equal(conversation.windows.length, 1)
  assert.deepEqual(told(desk), ['message-box customer-message'])
  for (const record of desk.records) assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null)
})

test('a mini-program takes no passive reply, and is told by a message', () => {
  const desk = deskWith({ messageBox: box }, {}, 'mini-program')
  desk.says('o1')
  desk.says('o1')
  assert.deepEqual(told(desk), ['message-box customer-message'])
})

test('an app that gives its customer to people at night leaves a message', () => {
  const desk = deskWith({ app: 'bot', messageBox: box })
  const id = desk.says('o1')
  assert.equal(desk.holder(id), 'app:bot')
  desk.must({ type: 'session.release', actor: { kind: 'app', appId: 'bot' }, conversationId: id })
  assert.equal(left(desk, id)?.cause, 'nobody-serves')
  desk.says('o1', '有人吗')
  assert.deepEqual(told(desk), ['message-box passive-reply'])
  desk.status('sue', 'online')
  assert.equal(desk.holder(id), 'agent:sue')
})

test('the blocked and those who left are given to nobody; unblocked, they are', () => {
  const desk = deskWith({ messageBox: box })
  const [blocked, gone] = [desk.says('o1'), desk.says('o2')]
  desk.must({ type: 'customer.block', actor: operator, conversationId: blocked })
  desk.nowMs += 2000
  desk.does('o2', 'unfollow')
  desk.status('sue', 'online')
  assert.deepEqual([desk.holder(blocked), desk.holder(gone)], ['nobody', 'nobody'])
  const take = desk.run({ type: 'message-box.take', actor: byAgent('sue'), conversationId: gone })
  assert.equal(take.accepted ? '' : take.code, 'customer_unreachable')
  desk.must({ type: 'customer.unblock', actor: operator, conversationId: blocked })
  assert.equal(desk.holder(blocked), 'agent:sue')
})

test('a skill that waiting relaxes, and a team that overflow adds, keep nobody from what was left', () => {
  const skills = [{ skill: 'refund', relaxAfterMs: hour }]
  const desk = deskWith({ team: 'sales', skills, overflow: [{ afterMs: hour, team: 'refunds' }], messageBox: box })
  const id = desk.says('o1')
  desk.status('ann', 'online')
  assert.equal(desk.holder(id), 'agent:ann', 'ann lacks the skill, and nobody waits in the box')
  const other = desk.says('o2')
  assert.equal(desk.holder(other), 'queue:sales', 'ann serves, if only later')
})

test('F74: who follows the events shows the message left as the newest snapshot does, after each of them', () => {
  const desk = deskWith({ messageBox: { ...box, atOpening: 'stay' } })
  const id = desk.says('o1')
  const customer = { id: 'c', name: 'c', following: true, tags: [], ownerId: null }
  const more = { customer, account: { id: 'oa', name: 'oa' }, lastMessage: null }
  let shown: Conversation = { ...holdingOf(desk.conversation(id), desk.nowMs), ...more }
  assert.equal(shown.messageLeft?.cause, 'nobody-serves')
  const follow = (since: number) => {
    for (const event of desk.log.slice(since)) {
      const at = new Date(event.atMs).toISOString()
      shown = applyToConversation(shown, { ...event, at } as ShownEvent) // as the server shows it
    }
    assert.deepEqual(
      { messageLeft: shown.messageLeft },
      { messageLeft: undefined, ...shownLeft(desk.conversation(id)) },
    )
  }
  const by = { actor: byAgent('sue'), conversationId: id }
  const acts = [
    () => desk.must({ type: 'message-box.resolve', ...by }),
    () => desk.must({ type: 'message-box.reopen', ...by }),
    () => fire(desk, `message-left:${id}`),
    () => desk.says('o1', '还在吗'),
    () => desk.status('sue', 'online'),
    () => desk.must({ type: 'message-box.take', ...by }),
  ]
  for (const act of acts) {
    const since = desk.log.length
    act()
    follow(since)
  }
  assert.equal(shown.messageLeft, undefined)
})
