import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EgressRequest } from '../egress.ts'
import { stubSettings } from '../testing/stub-app.ts'
import { type AskPorts, createAsking, type Question } from './ask.ts'
import { clearPushOf } from './seal.ts'

const raw =
  '<xml><ToUserName><![CDATA[gh_97417a04a28d]]></ToUserName><FromUserName><![CDATA[oCustomer]]></FromUserName>' +
  '<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[1]]></Content><MsgId>1</MsgId></xml>'

/** One app whose requests are answered when the test says so. */
function setStage() {
  const requests: EgressRequest[] = []
  const known: number[] = []
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  const { wechatAppId, token, encodingAesKey } = stubSettings()
  const target = {
    server: { url: 'https://app.example/wx', format: 'xml' },
    credentials: { appId: wechatAppId, mode: 'safe', tokens: [token], encodingAesKeys: [encodingAesKey] },
  }
  const ports = {
    egress: {
      async request(request: EgressRequest) {
        requests.push(request)
        await answered
        return { sent: 'yes', status: 200, headers: {}, body: Buffer.from('success') }
      },
    },
    apps: { find: async () => ({ target, scopes: ['messages:read'] }) },
    feeds: { ready: async () => true, asking: (_key: unknown, position: number) => known.push(position) },
    health: { targetFor: (_key: unknown, given: unknown) => given, tried: () => {} },
    failpoint: () => {},
    after: () => () => {},
    nowMs: () => 0,
    randomBytes: (count: number) => new Uint8Array(count),
    onError: (error: unknown) => assert.fail(String(error)),
  } as unknown as AskPorts // what asking needs of its neighbours, and nothing else
  return { ask: createAsking(ports), requests, known, answer }
}

function question(position: number): Question {
  const push = clearPushOf(raw)
  assert.ok(push !== null)
  return {
    ...{ organizationId: 'acme', accountId: 'oa', conversationId: 'cv', messageId: `m${position}`, position },
    ...{ asks: ['bot'], push, content: { type: 'text', text: '1' }, arrivedMs: 0 },
  }
}

test('a question counts as with the app when it has left, and not when it was begun', async () => {
  const stage = setStage()
  const asking = stage.ask(question(7))
  while (stage.requests.length === 0) await new Promise(setImmediate)
  assert.deepEqual(stage.known, [], 'its connection may still be made, and a later one may be faster')
  stage.requests[0]?.onWritten?.()
  assert.deepEqual(stage.known, [7])
  stage.answer()
  assert.deepEqual((await asking).answers, [{ appId: 'bot', outcome: 'silent' }])
  stage.requests[0]?.onWritten?.()
  assert.deepEqual(stage.known, [7], 'what is over is not noted again')
})
