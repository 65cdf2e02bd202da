import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { errorCodes } from '../errors/error-codes.ts'
import { fixture } from '../testing/fixtures.ts'
import { customerMessageCodecs } from './codecs.ts'
import { parseCustomerMessage, parseTyping } from './parse-customer-message.ts'
import { writeCustomerMessage, writeTyping } from './write-customer-message.ts'

const { valid, invalid, typing } = fixture('customer-messages')

for (const { name, body, openid, message, options } of valid) {
  test(`the customer message "${name}" is written as documented and read back`, () => {
    assert.equal(writeCustomerMessage(openid, message, options), body)
    assert.deepEqual(parseCustomerMessage(body), { ok: true, openid, message, ...options })
    assert.deepEqual(parseCustomerMessage(Buffer.from(body)), { ok: true, openid, message, ...options })
  })
}

test('every type of customer message has a fixture', () => {
  assert.deepEqual(new Set(valid.map(({ message }) => message.type)), new Set(Object.keys(customerMessageCodecs)))
})

for (const { name, body, errcode, refuseUnicodeEscapes } of invalid) {
  test(`${errcode} answers ${name}`, () => {
    const parsed = parseCustomerMessage(body, { refuseUnicodeEscapes })
    assert.deepEqual(parsed, { ok: false, errcode, errmsg: errorCodes.get(errcode)?.errmsg })
  })
}

test('40033 answers bytes that are not UTF-8', () => {
  const parsed = parseCustomerMessage(Buffer.from([0x7b, 0xff, 0x7d]))
  assert.deepEqual(parsed, { ok: false, errcode: 40033, errmsg: 'invalid charset' })
})

test('bodies as other SDKs write them are read: spaces, escapes, numbers as ids, unknown fields', () => {
  const body = `{ "touser" : "o1", "msgtype":"msgmenu", "later": [1, null, {"a": 6526133992738756795}],
    "msgmenu": { "list": [ {"id": 101, "content": "\\u6ee1\\u610f"} ] } }`
  assert.deepEqual(parseCustomerMessage(body), {
    ok: true,
    openid: 'o1',
    message: { type: 'msgmenu', list: [{ id: '101', content: '满意' }] },
  })
})

test('an escaped backslash before a u is no unicode escape', () => {
  const body = writeCustomerMessage('o1', { type: 'text', content: 'C:\\u4f60 \\' })
  const parsed = parseCustomerMessage(body, { refuseUnicodeEscapes: true })
  assert.ok(parsed.ok && parsed.message.type === 'text' && parsed.message.content === 'C:\\u4f60 \\')
})

test('F36 F37 any text a person can type is sent as raw UTF-8 and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (content) => {
      const body = writeCustomerMessage('o1', { type: 'text', content })
      const parsed = parseCustomerMessage(Buffer.from(body), { refuseUnicodeEscapes: true })
      assert.ok(parsed.ok && parsed.message.type === 'text')
      assert.equal(parsed.message.content, content)
    }),
    { numRuns: proofSize('properties') },
  )
})

test('F38 what cannot be typed is never sent as a unicode escape, which WeChat refuses', () => {
  const body = writeCustomerMessage('o1', { type: 'text', content: 'a\u0001b\ud800c' })
  assert.equal(body, '{"touser":"o1","msgtype":"text","text":{"content":"a␁b\\\\ud800c"}}')
  assert.equal(parseCustomerMessage(body, { refuseUnicodeEscapes: true }).ok, true)
})

test('typing is written and read, and refused with the code of WeChat', () => {
  for (const { body, openid, command } of typing.valid) {
    assert.equal(writeTyping(openid, command), body)
    assert.deepEqual(parseTyping(body), { ok: true, openid, command })
  }
  for (const { name, body, errcode } of typing.invalid) {
    const parsed = parseTyping(body)
    assert.ok(!parsed.ok && parsed.errcode === errcode, name)
  }
})
