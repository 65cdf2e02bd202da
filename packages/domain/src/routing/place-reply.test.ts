import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandResult } from '../commands.ts'
import { byAgent, createDesk, operator } from '../testing/desk.ts'
import { account, app, attachment } from '../testing/world.ts'

const placeReply = { words: ['排队', 'Place'], reply: '您前面还有人，排在第 {position} 位' }

function stage(kind: 'official-account' | 'mini-program' = 'official-account', apps = [app('none')]) {
  const desk = createDesk({ accounts: [account('oa', { kind })], apps })
  const rules = [{ id: 'all', when: 'true', then: { placeReply } }]
  const document = { version: 1 as const, rules }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'x', effectiveAtMs: null })
  const asks = (openid: string, text: string) => desk.does(openid, 'message', { type: 'text', text }).result
  return { desk, asks }
}
const told = ({ passiveReply }: CommandResult) =>
  passiveReply?.content.type === 'text' ? passiveReply.content.text : null

test('who waits and asks is told the place of that moment, as often as they ask, without any quota', () => {
  const { desk, asks } = stage()
  const [first, second] = [desk.says('o1'), desk.says('o2')]
  const { windows: before } = desk.conversation(second)
  assert.equal(told(asks('o2', ' 排队 ')), '您前面还有人，排在第 2 位')
  desk.must({ type: 'session.close', actor: operator, conversationId: first })
  assert.equal(told(asks('o2', 'PLACE')), '您前面还有人，排在第 1 位')
  const used = (windows: typeof before) => windows.map((one) => one.used)
  assert.deepEqual(used(desk.conversation(second).windows), used(before))
})

test('nobody is told who says something else, does not wait any more, or writes where no passive reply is', () => {
  const { desk, asks } = stage()
  assert.equal(told(asks('o1', '排队')), null, 'it begins the session')
  assert.equal(told(asks('o1', '我在排队')), null)
  desk.status('ann', 'online')
  assert.equal(told(asks('o1', '排队')), null)
  desk.must({ type: 'session.close', actor: byAgent('ann'), conversationId: desk.says('o1') })
  const mini = stage('mini-program')
  mini.desk.says('o1')
  assert.equal(told(mini.asks('o1', '排队')), null)
})

test('a bot that is asked first and says nothing leaves the answer to the rule', () => {
  const scopes = ['messages:read', 'messages:send']
  const { desk, asks } = stage('official-account', [app('bot', { scopes, attachments: [attachment('oa')] })])
  const choose = (text: string) => {
    const { conversationId = '', messageId = '' } = asks('o1', text)
    const answers = [{ appId: 'bot', outcome: 'failed' } as const]
    const content = { type: 'text', text } as const
    return desk.must({ type: 'reply.arbitrate', conversationId, messageId, content, answers }).result
  }
  assert.equal(told(choose('你好')), null)
  const answer = choose('排队')
  assert.equal(told(answer), '您前面还有人，排在第 1 位')
  assert.deepEqual(answer.arbitration?.winner, { kind: 'rule', rule: 'routing' })
})
