import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openReply, type PushMode, sealPush, signature, writePush } from '@duoke/wechat'
import { verifyPush } from './push.ts'

const nowMs = Date.UTC(2026, 0, 5, 9)
const receiver = {
  token: 'spamtest',
  encodingAesKey: 'pDVOtnR7iQkUwKMwNDHDFJm2tKFJ8Ik1nMV5kGlRkbx',
  appId: 'wx2c2769f8efd9abc2',
  mode: 'safe' as PushMode,
}

function pushRequest(mode: PushMode = 'safe', seconds = nowMs / 1000) {
  const push = {
    kind: 'text',
    toUser: 'gh_1',
    fromUser: 'o_1',
    createTime: seconds,
    msgId: '9007199254740993',
    content: '在吗<&>😀',
  } as const
  const sealed = sealPush(
    { ...receiver, mode },
    {
      document: writePush(push, 'xml'),
      format: 'xml',
      toUser: 'gh_1',
      openid: 'o_1',
      timestamp: seconds,
      nonce: 'n1',
      random16: new Uint8Array(16),
    },
  )
  return { method: 'POST', url: `/wx?${new URLSearchParams(sealed.query)}`, body: sealed.body }
}

test('A genuine push in safe mode is opened, and its reply sealed so that WeChat can read it', () => {
  const verified = verifyPush(receiver, pushRequest(), nowMs)
  assert.equal(verified.kind, 'push')
  if (verified.kind !== 'push') return
  assert.equal(verified.push.kind === 'text' ? verified.push.content : undefined, '在吗<&>😀')
  assert.equal(verified.push.kind === 'text' ? verified.push.msgId : undefined, '9007199254740993')
  assert.equal(verified.acknowledge(), 'success')
  const credentials = {
    tokens: [receiver.token],
    encodingAesKeys: [receiver.encodingAesKey],
    appId: receiver.appId,
    mode: 'safe' as const,
  }
  const sealed = verified.reply({ type: 'text', content: '在的' })
  const read = openReply(credentials, { body: sealed, format: 'xml' })
  assert.deepEqual(read.kind === 'reply' ? [read.reply, read.toUser, read.fromUser] : read, [
    { type: 'text', content: '在的' },
    'o_1',
    'gh_1',
  ])
})

test('A push with one byte changed, in clear, or too old is refused', () => {
  const request = pushRequest()
  const changed = { ...request, body: request.body.replace(/Encrypt><!\[CDATA\[./, 'Encrypt><![CDATA[#') }
  assert.equal(verifyPush(receiver, changed, nowMs).kind, 'refused')
  assert.deepEqual(verifyPush(receiver, pushRequest('plain'), nowMs), { kind: 'refused', reason: 'plain-refused' })
  assert.deepEqual(verifyPush(receiver, request, nowMs + 3_600_000), { kind: 'refused', reason: 'stale' })
})

test('The previous token and key still open a push while a rotation lasts', () => {
  const rotated = {
    ...receiver,
    token: ['new', receiver.token],
    encodingAesKey: ['aDVOtnR7iQkUwKMwNDHDFJm2tKFJ8Ik1nMV5kGlRkbx', receiver.encodingAesKey],
  }
  assert.equal(verifyPush(rotated, pushRequest(), nowMs).kind, 'push')
})

test('Setting the address is answered with the echo, and a forged one is refused', () => {
  const url = (sign: string) => `/wx?signature=${sign}&timestamp=1767603600&nonce=n&echostr=4711`
  const genuine = { method: 'GET', url: url(signature('spamtest', '1767603600', 'n')), body: '' }
  assert.deepEqual(verifyPush(receiver, genuine, nowMs), { kind: 'verification', answer: '4711' })
  const forged = { ...genuine, url: url('0'.repeat(40)) }
  assert.deepEqual(verifyPush(receiver, forged, nowMs), { kind: 'refused', reason: 'wrong-signature' })
})
