import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { PushCredentials, PushMode } from '@duoke/wechat'
import { createEgress } from '../egress.ts'
import { type Behaviour, type StubApp, type StubSettings, say, startStubApp } from '../testing/stub-app.ts'
import { appPushLimits } from './limits.ts'
import { type AppTarget, postToApp, verifyApp } from './post.ts'
import { type AppAnswer, hasTaken, isProper } from './reply.ts'
import { type ClearPush, clearPushOf } from './seal.ts'

const raw =
  '<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName><![CDATA[oCustomer]]></FromUserName>' +
  '<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[0012 &<>]]></Content>' +
  '<MsgId>6526133992738756795</MsgId><Tomorrow><A><![CDATA[new]]></A></Tomorrow></xml>'

function clear(document = raw): ClearPush {
  const push = clearPushOf(document)
  assert.ok(push !== null)
  return push
}

async function start(t: TestContext, changes: Partial<StubSettings> = {}) {
  const app = await startStubApp(changes)
  const egress = createEgress({ allow: [], allowPushes: ['127.0.0.1'] })
  t.after(async () => {
    egress.close()
    await app[Symbol.asyncDispose]()
  })
  const ports = { egress, nowMs: Date.now, randomBytes: (count: number) => randomBytes(count) }
  const push = (document?: string, target = targetOf(app)) =>
    postToApp(ports, target, { push: clear(document), role: 'responder' })
  return { app, ports, push }
}

function targetOf(app: StubApp, changes: Partial<PushCredentials> = {}): AppTarget {
  const { wechatAppId, token, encodingAesKey, mode, format } = app.settings
  const credentials = { appId: wechatAppId, mode, tokens: [token], encodingAesKeys: [encodingAesKey], ...changes }
  return { server: { url: app.url, format }, credentials }
}

const modes: readonly PushMode[] = ['plain', 'compatible', 'safe']
for (const mode of modes) {
  for (const format of ['xml', 'json'] as const) {
    test(`A6: a push reaches an app as WeChat would send it, ${mode} as ${format}, and its reply is read`, async (t) => {
      const { app, push } = await start(t, { mode, format })
      app.behave = () => say('在的')
      const tried = await push()
      assert.deepEqual(app.refusals, [])
      const [received] = app.pushes
      assert.ok(received?.push.kind === 'text')
      const { toUser, fromUser, createTime, msgId, content, fields } = received.push
      assert.deepEqual(
        { toUser, fromUser, createTime, msgId, content },
        {
          ...{ toUser: 'gh_97417a04a28d', fromUser: 'oCustomer', createTime: 1_700_000_000 },
          ...{ msgId: '6526133992738756795', content: '0012 &<>' },
        },
      )
      assert.deepEqual(fields['Tomorrow'], { A: 'new' })
      assert.equal(received.role, 'responder')
      assert.equal(received.query.get('openid'), 'oCustomer')
      assert.equal(received.query.get('own'), '1')
      assert.equal(received.query.get('encrypt_type'), mode === 'plain' ? null : 'aes')
      assert.deepEqual(tried.answer, { kind: 'reply', reply: { type: 'text', content: '在的' } })
      assert.equal(tried.status, 200)
    })
  }
}

test('a JSON push of a mini-program is written as XML for an app that reads XML', async (t) => {
  const { app, push } = await start(t)
  await push(
    '{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":5,"MsgType":"text","Content":"x","MsgId":12345678901234567890,"1bad":"y"}',
  )
  const [received] = app.pushes
  assert.ok(received?.push.kind === 'text')
  assert.equal(received.push.msgId, '12345678901234567890')
  assert.match(received.document, /^<xml>/)
})

test('transfer_customer_service is told apart from a reply, with the agent it names', async (t) => {
  const { app, push } = await start(t)
  app.behave = () => ({ kind: 'reply', reply: { type: 'transfer_customer_service', kfAccount: 'lili@acme' } })
  assert.deepEqual((await push()).answer, { kind: 'transfer', kfAccount: 'lili@acme' })
  app.behave = () => ({ kind: 'reply', reply: { type: 'transfer_customer_service' } })
  assert.deepEqual((await push()).answer, { kind: 'transfer', kfAccount: null })
})

const body = (text: string | Uint8Array, status?: number): Behaviour => ({
  kind: 'body',
  body: text,
  ...(status !== undefined && { status }),
})
const hostile: readonly (readonly [string, Behaviour, AppAnswer])[] = [
  ['garbage', body('<<<garbage'), { kind: 'malformed', reason: 'malformed' }],
  ['a page', body('<html><body>oops</body></html>'), { kind: 'malformed', reason: 'malformed' }],
  ['bytes that are no text', body(Buffer.from([0xff, 0xfe, 0, 0xd8])), { kind: 'malformed', reason: 'not-utf8' }],
  ['an answer in clear in safe mode', body('<xml><MsgType>text</MsgType></xml>'), { kind: 'malformed', reason: 'clear-in-safe-mode' }],
  ['2 MB', body('x'.repeat(2_000_000)), { kind: 'malformed', reason: 'too-large' }],
  ['a document type', body('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>'), { kind: 'malformed', reason: 'malformed' }],
  ['a wrong signature', { ...say('x'), signedWith: 'stolen' } as Behaviour, { kind: 'malformed', reason: 'wrong-signature' }],
  ['a reply to another customer', { ...say('x'), toUser: 'oSomebodyElse' } as Behaviour, { kind: 'malformed', reason: 'other-customer' }],
  ['an empty reply', say(''), { kind: 'malformed', reason: 'empty-reply' }],
  ['half a body', { kind: 'half' }, { kind: 'failed', reason: 'cut-off' }],
  ['a redirect', { ...body('', 302), location: 'http://127.0.0.1:1/' } as Behaviour, { kind: 'failed', reason: 'status' }],
  ['status 500', body('success', 500), { kind: 'failed', reason: 'status' }],
  ['status 204', body('', 204), { kind: 'failed', reason: 'status' }],
] // biome-ignore format: a table

for (const [name, behaviour, expected] of hostile) {
  test(`a lying app is read without harm: ${name}`, async (t) => {
    const { app, push } = await start(t)
    app.behave = () => behaviour
    const { answer } = await push()
    assert.deepEqual(answer, expected)
    assert.equal(isProper(answer), false)
    assert.equal(hasTaken(answer), expected.kind === 'malformed')
  })
}

test('an app that hangs ends its own try after five seconds', { timeout: 10_000 }, async (t) => {
  const { app, push } = await start(t)
  app.behave = () => ({ kind: 'hang' })
  const tried = await push()
  assert.deepEqual(tried.answer, { kind: 'failed', reason: 'timeout' })
  assert.ok(tried.tookMs >= appPushLimits.tryWithinMs - 50 && tried.tookMs < appPushLimits.tryWithinMs + 1_000)
})

test('an app that is down, and an address nobody may push to, have not taken anything', async (t) => {
  const { app, ports, push } = await start(t)
  await app.stop()
  assert.deepEqual((await push()).answer, { kind: 'failed', reason: 'unreachable' })
  await app.up()
  const narrow = { ...ports, egress: createEgress({ allow: ['127.0.0.1'] }) }
  const { answer } = await postToApp(narrow, targetOf(app), { push: clear(), role: 'standby' })
  assert.deepEqual(answer, { kind: 'failed', reason: 'refused-address' })
  assert.deepEqual(app.pushes, [])
  narrow.egress.close()
})

test('F42: while an app changes its token and key, replies sealed with the old ones are read', async (t) => {
  const { app, ports } = await start(t)
  app.behave = () => say('旧钥')
  const { token, encodingAesKey } = app.settings
  const rotated = { tokens: ['newToken', token], encodingAesKeys: ['B'.repeat(43), encodingAesKey] }
  const refused = await postToApp(ports, targetOf(app, rotated), { push: clear(), role: 'standby' })
  assert.deepEqual([refused.answer, app.refusals], [{ kind: 'failed', reason: 'status' }, ['wrong-signature']])
  const backwards = { tokens: [token, 'newToken'], encodingAesKeys: [encodingAesKey, 'B'.repeat(43)] }
  const { answer } = await postToApp(ports, targetOf(app, backwards), { push: clear(), role: 'standby' })
  assert.deepEqual(answer, { kind: 'reply', reply: { type: 'text', content: '旧钥' } })
})

test('an address is verified with echostr in clear, and only an exact echo counts', async (t) => {
  const { app, ports } = await start(t)
  assert.equal((await verifyApp(ports, targetOf(app))).ok, true)
  assert.equal(app.verifications, 1)
  const wrong = await verifyApp(ports, targetOf(app, { tokens: ['other'] }))
  assert.deepEqual([wrong.ok, wrong.status], [false, 403])
  await app.stop()
  assert.deepEqual((await verifyApp(ports, targetOf(app))).status, null)
  await app.up()
})

test('what was erased, or is no document, is pushed to nobody', () => {
  for (const document of [undefined, '', 'hello', '<xml', '{"a":', '<!DOCTYPE x><xml/>']) {
    assert.equal(clearPushOf(document), null)
  }
})
