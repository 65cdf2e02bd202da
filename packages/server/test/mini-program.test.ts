// An account of a mini program: JSON pushes, entering the chat, what may be sent, and where typing is shown (protocol reference, section 9).
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { eventually, type Stage, setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const options = { timeout: 60_000 }
const sendPath = '/cgi-bin/message/custom/send'

async function setMiniProgram(): Promise<Stage> {
  const stage = await setStage(database.connection, { account: { kind: 'mini-program' } })
  const account = stage.simulator.world.account('shop') ?? assert.fail()
  stage.simulator.world.putAccount({ ...account.settings, kind: 'mini-program', format: 'json' })
  return stage
}

async function act(stage: Stage, action: Parameters<Stage['simulator']['act']>[2]): Promise<void> {
  const acted = stage.simulator.act('shop', 'wang', action)
  assert.ok(acted.kind === 'acted', acted.kind === 'refused' ? acted.reason : '')
  for (const push of await acted.done) assert.equal(push.state, 'delivered')
}

test('a customer who enters may be written to twice in a minute, and one who writes five times', options, async () => {
  await using stage = await setMiniProgram()
  await act(stage, { type: 'enter', sessionFrom: 'order-7' })
  const [entered] = await stage.of('message.received')
  assert.deepEqual(
    [entered?.facts.opens, entered?.personal?.content],
    ['enter', { type: 'action', action: 'session-entered', key: 'order-7' }],
  )
  for (let count = 0; count < 2; count++) assert.equal(await stage.outcomeOf(await stage.answer('您好')), 'accepted')
  await assert.rejects(stage.answer('第三条'), /quota_used/)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await act(stage, { type: 'text', text: '订单 7' })
  for (let count = 0; count < 5; count++) assert.equal(await stage.outcomeOf(await stage.answer('好的')), 'accepted')
  await assert.rejects(stage.answer('第六条'), /quota_used/)
  assert.equal(stage.calls(sendPath), 7, 'WeChat was never asked in vain')
})

test(
  'a page arrives as such; a link may be sent, what only official accounts can send is refused before WeChat',
  options,
  async () => {
    await using stage = await setMiniProgram()
    await act(stage, { type: 'mini-program-page', title: '商品', pagePath: 'pages/item?id=7' })
    const [received] = await stage.of('message.received')
    const content = received?.personal?.content
    assert.ok(content?.type === 'mini-program')
    assert.deepEqual([content.title, content.pagePath], ['商品', 'pages/item?id=7'])
    const link = { type: 'link', title: '发票', description: '', url: 'https://example.com/i', pictureUrl: '' } as const
    assert.equal(await stage.outcomeOf(await stage.answer(link)), 'accepted')
    await assert.rejects(stage.answer({ type: 'card', cardId: 'c' }), /content_refused/)
    assert.deepEqual(stage.phone(), ['link'])
  },
)

test('typing is shown through the mini program’s own path', options, async () => {
  await using stage = await setMiniProgram()
  await act(stage, { type: 'text', text: '在吗' })
  const [started] = await stage.of('conversation.started')
  stage.server.channel.showTyping(stage.organizationId, started?.facts.conversationId ?? '')
  await eventually(() => (stage.calls('/cgi-bin/message/custom/business/typing') === 1 ? true : null))
  assert.equal(stage.calls('/cgi-bin/message/custom/typing'), 0)
  const follower = stage.simulator.world.follower('shop', 'wang')
  assert.ok((follower?.typingUntilMs ?? 0) > 0)
})

test('a mini program has no keyword reply: its customer is given to an agent instead', options, async () => {
  await using stage = await setMiniProgram()
  await stage.configure({ keywordReplies: [{ match: 'contains', keywords: ['价格'], reply: '￥9' }] })
  await act(stage, { type: 'text', text: '价格？' })
  assert.deepEqual(stage.phone(), [])
  assert.equal((await stage.of('session.opened')).length, 1)
})
