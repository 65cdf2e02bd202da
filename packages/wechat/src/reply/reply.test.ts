import assert from 'node:assert/strict'
import { test } from 'node:test'
import wecom from '@wecom/crypto'
import { signature } from '../crypto/signature.ts'
import { readDocument } from '../document/read.ts'
import type { PushCredentials } from '../push/credentials.ts'
import { fixture } from '../testing/fixtures.ts'
import { replyCodecs } from './codecs.ts'
import { parseReply, replySizeLimitBytes } from './parse-reply.ts'
import { openReply, sealReply } from './seal-reply.ts'
import { acknowledgement, writeReply } from './write-reply.ts'

const { valid, readable, acknowledgements, invalid } = fixture('replies')
const { encryption } = fixture('vectors')
const formats = ['xml', 'json'] as const
const credentials: PushCredentials = {
  tokens: ['AAAAA'],
  encodingAesKeys: ['A'.repeat(43), 'B'.repeat(43)],
  appId: 'wxba5fad812f8e6fb9',
  mode: 'safe',
}
const seal = { timestamp: 1_713_424_427, nonce: '415670741', random16: Buffer.from('0123456789abcdef'), keyIndex: 0 }

for (const sample of valid) {
  test(`the reply "${sample.name}" is written as WeChat shows it and read back`, () => {
    const { toUser, fromUser, createTime, reply } = sample
    for (const format of formats) {
      assert.equal(writeReply(reply, { toUser, fromUser, createTime }, format), sample[format])
      assert.deepEqual(parseReply(Buffer.from(sample[format]), format), {
        kind: 'reply',
        reply,
        toUser,
        fromUser,
        createTime,
      })
    }
  })

  test(`the reply "${sample.name}" survives sealing, in both formats and both encrypted modes`, () => {
    for (const format of formats) {
      const body = sealReply(credentials, { ...seal, document: sample[format], format })
      for (const mode of ['safe', 'compatible'] as const) {
        const opened = openReply({ ...credentials, mode }, { body, format })
        assert.deepEqual(opened.kind === 'reply' && opened.reply, sample.reply)
      }
    }
  })
}

test('every type of reply has a fixture', () => {
  assert.deepEqual(new Set(valid.map(({ reply }) => reply.type)), new Set(Object.keys(replyCodecs)))
})

for (const { name, format, body, reply } of readable) {
  test(`a server's answer is understood: ${name}`, () => {
    const reading = parseReply(body, format)
    assert.deepEqual(reading.kind === 'reply' && reading.reply, reply)
  })
}

test('success and an empty body acknowledge, in clear, in every mode', () => {
  for (const body of acknowledgements) {
    for (const mode of ['plain', 'compatible', 'safe'] as const) {
      assert.deepEqual(openReply({ ...credentials, mode }, { body, format: 'xml' }), { kind: 'acknowledgement' })
    }
    assert.deepEqual(parseReply(Buffer.from(body), 'json'), { kind: 'acknowledgement' })
  }
  assert.equal(sealReply(credentials, { ...seal, document: acknowledgement, format: 'xml' }), 'success')
  assert.equal(sealReply(credentials, { ...seal, document: '', format: 'xml' }), '')
})

for (const { name, format, body, reason } of invalid) {
  test(`an answer WeChat would not take is named: ${name}`, () => {
    assert.deepEqual(parseReply(body, format), { kind: 'invalid', reason })
  })
}

test('an answer that is too long or no text is invalid', () => {
  assert.deepEqual(parseReply('x'.repeat(replySizeLimitBytes + 1), 'xml'), { kind: 'invalid', reason: 'too-large' })
  assert.deepEqual(parseReply(Buffer.from([0xff]), 'xml'), { kind: 'invalid', reason: 'not-utf8' })
  const cut = openReply(credentials, { body: Buffer.from([0xff]), format: 'xml' })
  assert.deepEqual(cut, { kind: 'invalid', reason: 'not-utf8' })
})

for (const vector of encryption.filter(({ name }) => name === 'B' || name === 'D')) {
  test(`F39 vector ${vector.name} is the sealed reply, byte for byte`, () => {
    const account = { ...credentials, appId: vector.receiveId }
    for (const format of formats) {
      const body = sealReply(account, {
        document: vector.message,
        format,
        timestamp: vector.timestamp,
        nonce: vector.nonce,
        random16: Buffer.from(vector.random16, 'latin1'),
        keyIndex: 0,
      })
      assert.deepEqual(readDocument(body, format), {
        Encrypt: vector.encrypted,
        MsgSignature: vector.msgSignature,
        TimeStamp: vector.timestamp,
        Nonce: vector.nonce,
      })
    }
  })
}

test('the JSON envelope is the documented one, with the time as a number', () => {
  const body: unknown = JSON.parse(sealReply(credentials, { ...seal, document: '{"a":1}', format: 'json' }))
  assert.ok(typeof body === 'object' && body !== null && 'TimeStamp' in body)
  assert.deepEqual(Object.keys(body), ['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce'])
  assert.equal(body.TimeStamp, 1_713_424_427)
})

test('F42 a reply is sealed with the key and the token that opened the push', () => {
  const rotating = { ...credentials, tokens: ['new', 'AAAAA'] }
  const body = sealReply(rotating, { ...seal, document: '<xml></xml>', format: 'xml', keyIndex: 1, tokenIndex: 1 })
  const { Encrypt: encrypted, MsgSignature: sign } = readDocument(body, 'xml')
  assert.ok(typeof encrypted === 'string')
  assert.equal(sign, signature('AAAAA', '1713424427', '415670741', encrypted))
  assert.equal(wecom.decrypt('B'.repeat(43), encrypted).message, '<xml></xml>')
})

test('a push that came in clear is answered in clear', () => {
  const document = valid[0]?.xml ?? ''
  assert.equal(sealReply(credentials, { ...seal, document, format: 'xml', keyIndex: undefined }), document)
})

test('a key or token that does not exist, or a time that is none, is an error of the caller', () => {
  const input = { ...seal, document: '<xml></xml>', format: 'xml' } as const
  assert.throws(() => sealReply(credentials, { ...input, keyIndex: 2 }), RangeError)
  assert.throws(() => sealReply(credentials, { ...input, tokenIndex: 1 }), RangeError)
  assert.throws(() => sealReply(credentials, { ...input, timestamp: '</xml>' }), RangeError)
})

test('whoever plays WeChat sees what is wrong with a sealed reply', () => {
  const document = valid[0]?.xml ?? ''
  const body = sealReply(credentials, { ...seal, document, format: 'xml' })
  const cases: readonly (readonly [string, Partial<PushCredentials>, string])[] = [
    [document, {}, 'clear-in-safe-mode'],
    [body, { tokens: ['other'] }, 'wrong-signature'],
    [body.replace('1713424427', '1713424428'), {}, 'wrong-signature'],
    [body, { encodingAesKeys: ['C'.repeat(43)] }, 'not-decryptable'],
    [body, { appId: 'wx0000000000000000' }, 'not-decryptable'],
    ['<xml>', {}, 'malformed'],
    ['{"Encrypt":"x"}', {}, 'malformed'],
  ]
  for (const [sent, change, reason] of cases) {
    const opened = openReply({ ...credentials, ...change }, { body: sent, format: 'xml' })
    assert.deepEqual(opened, { kind: 'invalid', reason })
  }
  const clear = openReply({ ...credentials, mode: 'compatible' }, { body: document, format: 'xml' })
  assert.equal(clear.kind, 'reply')
})
