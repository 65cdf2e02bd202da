import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { test } from 'node:test'
import * as wecom from '@wecom/crypto'
import fc from 'fast-check'
import WxCrypt from 'wechat-crypto'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { fixture } from '../testing/fixtures.ts'
import { decrypt, deriveAesKey, encrypt } from './cipher.ts'
import { WechatCryptoError } from './codes.ts'
import { signature, signatureMatches } from './signature.ts'

const { signatures, encryption } = fixture('vectors')
const encodingAesKey = 'A'.repeat(43)
const aesKey = deriveAesKey(encodingAesKey)
const otherKey = 'B'.repeat(43)
const receiveId = 'wxba5fad812f8e6fb9'
const random16 = Buffer.from('0123456789abcdef')

for (const vector of signatures) {
  test(`F39 the signature of the vector "${vector.name}" is WeChat's`, () => {
    assert.equal(signature(vector.token, vector.timestamp, vector.nonce), vector.signature)
  })
}

for (const vector of encryption) {
  test(`F39 vector ${vector.name} opens, and is made again byte for byte`, () => {
    const { token, timestamp, nonce, encrypted, message } = vector
    const key = deriveAesKey(vector.encodingAesKey)
    assert.equal(signature(token, timestamp, nonce, encrypted), vector.msgSignature)
    assert.deepEqual(decrypt({ aesKeys: [key], receiveId: vector.receiveId, encrypted }), {
      ok: true,
      message,
      keyIndex: 0,
    })
    const made = encrypt({
      aesKey: key,
      receiveId: vector.receiveId,
      random16: Buffer.from(vector.random16, 'latin1'),
      message,
    })
    assert.equal(made, encrypted)
  })
}

test('a signature matches only itself: not upper case, not cut, not a list, not absent', () => {
  const right = signature('t', '1', 'n')
  assert.equal(signatureMatches(right, 't', '1', 'n'), true)
  for (const wrong of [right.toUpperCase(), right.slice(1), `${right}0`, [right], undefined, null, '', 7, {}]) {
    assert.equal(signatureMatches(wrong, 't', '1', 'n'), false)
  }
  assert.equal(signatureMatches('0'.repeat(40), 't', '1', 'n'), false)
})

test('the parts of a signature are sorted as bytes, so a ciphertext that begins with + comes first', () => {
  assert.equal(signature('AAAAA', '1', '2', '+x'), signature('+x', '1', '2', 'AAAAA'))
})

test('any text survives encryption, and both npm libraries agree with us in both directions', () => {
  const theirs = new WxCrypt('token', encodingAesKey, receiveId)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (message) => {
      const ours = encrypt({ aesKey, receiveId, random16, message })
      assert.equal(wecom.encrypt(encodingAesKey, message, receiveId, random16), ours)
      assert.equal(wecom.decrypt(encodingAesKey, ours).message, message)
      assert.equal(theirs.decrypt(ours).message, message)
      const opened = decrypt({ aesKeys: [aesKey], receiveId, encrypted: theirs.encrypt(message) })
      assert.deepEqual(opened, { ok: true, message, keyIndex: 0 })
    }),
    { numRuns: proofSize('properties') },
  )
})

test('the npm libraries sign as we do', () => {
  const theirs = new WxCrypt('token', encodingAesKey, receiveId)
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.base64String(), (timestamp, nonce, encrypted) => {
      const ours = signature('token', String(timestamp), String(nonce), encrypted)
      assert.equal(wecom.getSignature('token', timestamp, nonce, encrypted), ours)
      assert.equal(theirs.getSignature(String(timestamp), String(nonce), encrypted), ours)
    }),
    { numRuns: proofSize('properties') },
  )
})

test('F42 the previous key still opens, and the answer says which one did', () => {
  const keys = [deriveAesKey(otherKey), aesKey]
  const encrypted = encrypt({ aesKey, receiveId, random16, message: 'hi' })
  assert.deepEqual(decrypt({ aesKeys: keys, receiveId, encrypted }), { ok: true, message: 'hi', keyIndex: 1 })
})

test('F39 every length of padding from 1 to 32 is read back', () => {
  for (let length = 0; length < 64; length += 1) {
    const message = 'x'.repeat(length)
    const encrypted = encrypt({ aesKey, receiveId, random16, message })
    assert.equal(Buffer.from(encrypted, 'base64').length % 32, 0)
    assert.deepEqual(decrypt({ aesKeys: [aesKey], receiveId, encrypted }), { ok: true, message, keyIndex: 0 })
  }
})

/** The cipher alone, without the rules, to make what no honest sender makes. */
function rawEncrypt(plain: Uint8Array): string {
  const cipher = createCipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}

function plainWith(options: { length?: number; message?: Uint8Array; id?: string; tail?: Uint8Array }): Buffer {
  const message = Buffer.from(options.message ?? Buffer.from('hi'))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(options.length ?? message.length)
  const body = Buffer.concat([random16, length, message, Buffer.from(options.id ?? receiveId)])
  const pad = 32 - (body.length % 32)
  return Buffer.concat([body, options.tail ?? Buffer.alloc(pad, pad)])
}

const broken: readonly (readonly [string, string, string])[] = [
  ['padding of 0', rawEncrypt(plainWith({ tail: Buffer.alloc(24, 0) })), 'bad-padding'],
  ['padding of 33', rawEncrypt(Buffer.concat([plainWith({}), Buffer.alloc(32, 33)])), 'bad-padding'],
  ['padding of 255', rawEncrypt(plainWith({ tail: Buffer.alloc(24, 255) })), 'bad-padding'],
  [
    'uneven padding',
    rawEncrypt(plainWith({ tail: Buffer.concat([Buffer.alloc(23, 23), Buffer.of(24)]) })),
    'bad-padding',
  ],
  ['padding longer than the text', rawEncrypt(Buffer.alloc(16, 32)), 'bad-padding'],
  ['nothing but padding', rawEncrypt(Buffer.alloc(32, 32)), 'bad-length'],
  ['a length beyond the end', rawEncrypt(plainWith({ length: 10_000 })), 'bad-length'],
  ['the greatest length', rawEncrypt(plainWith({ length: 0xffffffff })), 'bad-length'],
  ['a length one too short', rawEncrypt(plainWith({ length: 1 })), 'wrong-receive-id'],
  ['another account', rawEncrypt(plainWith({ id: 'wx0000000000000000' })), 'wrong-receive-id'],
  ['no account', rawEncrypt(plainWith({ id: '' })), 'wrong-receive-id'],
  ['the account and more', rawEncrypt(plainWith({ id: `${receiveId}0` })), 'wrong-receive-id'],
  ['bytes that are no text', rawEncrypt(plainWith({ message: Buffer.from([0xc0, 0x80]) })), 'not-utf8'],
  ['half a block', Buffer.alloc(24).toString('base64'), 'not-decryptable'],
  ['no block', 'AAAA', 'not-decryptable'],
  ['characters outside Base64', '%%%%', 'not-base64'],
  ['URL-safe Base64', '-_-_', 'not-base64'],
  ['an empty text', '', 'not-base64'],
]
for (const [name, encrypted, reason] of broken) {
  test(`F39 a ciphertext with ${name} is refused`, () => {
    assert.deepEqual(decrypt({ aesKeys: [aesKey], receiveId, encrypted }), { ok: false, reason })
  })
}

test('F39 a wrong AES key opens nothing', () => {
  const encrypted = encrypt({ aesKey, receiveId, random16, message: 'hi' })
  assert.equal(decrypt({ aesKeys: [deriveAesKey(otherKey)], receiveId, encrypted }).ok, false)
  assert.equal(decrypt({ aesKeys: [], receiveId, encrypted }).ok, false)
})

test('with two keys the failure that came furthest is named', () => {
  const encrypted = encrypt({ aesKey, receiveId, random16, message: 'hi' })
  const opened = decrypt({ aesKeys: [aesKey, deriveAesKey(otherKey)], receiveId: 'wx1', encrypted })
  assert.deepEqual(opened, { ok: false, reason: 'wrong-receive-id' })
})

test('a key of the wrong form is an error with the code of the official library', () => {
  for (const key of ['', 'short', `${encodingAesKey}=`, `${encodingAesKey}A`, `${encodingAesKey.slice(1)}-`]) {
    assert.throws(
      () => deriveAesKey(key),
      (error) => error instanceof WechatCryptoError && error.code === -40004,
    )
  }
})

test('fewer than 16 random bytes are an error of the caller', () => {
  const input = { aesKey, receiveId, random16: Buffer.alloc(15), message: '' }
  assert.throws(
    () => encrypt(input),
    (error) => error instanceof WechatCryptoError && error.code === -40006,
  )
})
