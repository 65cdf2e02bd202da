import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signature } from '../crypto/signature.ts'
import { fixture } from '../testing/fixtures.ts'
import type { PushCredentials } from './credentials.ts'
import { encryptedCandidates } from './envelope.ts'
import { type OpenedPush, openPush, pushSizeLimits } from './open-push.ts'
import type { PushDraft } from './push.ts'
import { type PushTarget, type SealedPush, sealPush } from './seal-push.ts'
import { answerVerification } from './verification.ts'
import { writePush } from './write-push.ts'

const { signatures, encryption } = fixture('vectors')
const hostile = fixture('hostile')
const now = 1_700_000_100
const random16 = Buffer.from('0123456789abcdef')
const target: PushTarget = { token: 'AAAAA', encodingAesKey: 'A'.repeat(43), appId: 'wxba5fad812f8e6fb9', mode: 'safe' }
const credentials: PushCredentials = {
  tokens: [target.token],
  encodingAesKeys: [target.encodingAesKey],
  appId: target.appId,
  mode: 'safe',
}
const draft: PushDraft = {
  kind: 'text',
  toUser: 'gh_1',
  fromUser: 'o1',
  createTime: now,
  msgId: '6526133992738756795',
  content: 'hi',
}

function seal(change: Partial<PushTarget> = {}, document?: string, format: 'xml' | 'json' = 'xml'): SealedPush {
  const input = { format, toUser: 'gh_1', openid: 'o1', timestamp: now, nonce: '7', random16 }
  return sealPush({ ...target, ...change }, { ...input, document: document ?? writePush(draft, format) })
}

function open(
  sealed: Pick<SealedPush, 'query'> & { body: string | Uint8Array },
  change: Partial<PushCredentials> = {},
) {
  const body = typeof sealed.body === 'string' ? Buffer.from(sealed.body) : sealed.body
  return openPush({ ...credentials, ...change }, { query: sealed.query, body, nowSeconds: now })
}

function contentOf(opened: OpenedPush): unknown {
  return opened.ok ? opened.push.fields.Content : opened
}

for (const mode of ['plain', 'compatible', 'safe'] as const) {
  for (const format of ['xml', 'json'] as const) {
    test(`what is sealed in ${mode} mode as ${format} opens to the same push`, () => {
      const opened = open(seal({ mode }, undefined, format), { mode })
      assert.ok(opened.ok)
      assert.equal(contentOf(opened), 'hi')
      assert.equal(opened.document, writePush(draft, format))
      assert.equal(opened.format, format)
      assert.equal(opened.keyIndex, mode === 'plain' ? undefined : 0)
    })
  }
}

for (const vector of encryption.filter(({ name }) => name === 'A' || name === 'C')) {
  for (const format of ['xml', 'json'] as const) {
    test(`F39 vector ${vector.name} opens as a push in a ${format} envelope`, () => {
      const { encrypted, timestamp, nonce, msgSignature } = vector
      const body =
        format === 'json' ? JSON.stringify({ ToUserName: 'gh_1', Encrypt: encrypted }) : xmlEnvelope(encrypted)
      const opened = openPush(
        { tokens: [vector.token], encodingAesKeys: [vector.encodingAesKey], appId: vector.receiveId, mode: 'safe' },
        {
          query: { timestamp, nonce, msg_signature: msgSignature, encrypt_type: 'aes' },
          body: Buffer.from(body),
          nowSeconds: Number(timestamp),
        },
      )
      assert.ok(opened.ok)
      assert.equal(opened.document, vector.message)
      assert.ok(opened.push.kind === 'unknown' && opened.push.event === 'debug_demo')
    })
  }
}

function xmlEnvelope(encrypted: string): string {
  return `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`
}

test('the vectors of verification and of a plain push are answered and opened', () => {
  const [verification, plain] = signatures
  assert.ok(verification && plain)
  assert.deepEqual(answerVerification(credentials, { ...verification }), { ok: true, echo: verification.echostr })
  const { timestamp, nonce, signature: sign } = plain
  const opened = openPush(
    { ...credentials, mode: 'plain' },
    {
      query: { timestamp, nonce, signature: sign },
      body: Buffer.from(plain.body ?? ''),
      nowSeconds: Number(timestamp),
    },
  )
  assert.ok(opened.ok && opened.push.fields.debug_str === 'hello world')
})

test('a verification with a wrong or missing signature, echo or token is not answered', () => {
  const [verification] = signatures
  const query = { ...verification }
  for (const [change, reason] of [
    [{ signature: '0'.repeat(40) }, 'wrong-signature'],
    [{ signature: undefined }, 'not-signed'],
    [{ timestamp: '1' }, 'wrong-signature'],
    [{ echostr: undefined }, 'no-echo'],
    [{ echostr: ['1', '2'] }, 'no-echo'],
  ] as const) {
    assert.deepEqual(answerVerification(credentials, { ...query, ...change }), { ok: false, reason })
  }
  const unset = { signature: signature('', '1', '2'), timestamp: '1', nonce: '2', echostr: 'x' }
  assert.equal(answerVerification({ tokens: [''] }, unset).ok, false)
  assert.equal(answerVerification({ tokens: [] }, unset).ok, false)
})

const safe = seal()

function changedCiphertext(body: string): string {
  return body.replace(
    /(<Encrypt><!\[CDATA\[.{40})(.)/,
    (_, head: string, letter: string) => head + (letter === 'A' ? 'B' : 'A'),
  )
}

test('a safe account believes nothing that stands beside the ciphertext', () => {
  const body = safe.body.replace('gh_1', 'gh_2')
  const opened = open({ ...safe, body })
  assert.ok(body !== safe.body && opened.ok && opened.push.toUser === 'gh_1')
})
const forged: readonly (readonly [string, Partial<SealedPush>, string])[] = [
  ['no signature', { query: { ...safe.query, msg_signature: '' } }, 'wrong-signature'],
  [
    'the three-part signature only',
    { query: { ...safe.query, msg_signature: safe.query.signature ?? '' } },
    'wrong-signature',
  ],
  ['another timestamp', { query: { ...safe.query, timestamp: String(now + 1) } }, 'wrong-signature'],
  ['another nonce', { query: { ...safe.query, nonce: '8' } }, 'wrong-signature'],
  ['one changed letter of the ciphertext', { body: changedCiphertext(safe.body) }, 'wrong-signature'],
  ['a ciphertext signed with another token', seal({ token: 'other' }), 'wrong-signature'],
  ['a ciphertext under another key', seal({ encodingAesKey: 'B'.repeat(43) }), 'bad-padding'],
  ['a ciphertext for another account', seal({ appId: 'wx0000000000000000' }), 'wrong-receive-id'],
  ['a body without ciphertext', { body: writePush(draft, 'xml') }, 'no-ciphertext'],
  ['an empty body', { body: '' }, 'no-ciphertext'],
  ['an unknown encryption', { query: { ...safe.query, encrypt_type: 'rot13' } }, 'unknown-encryption'],
  ['a plain push', seal({ mode: 'plain' }), 'plain-refused'],
  [
    'a plain push that says raw',
    { ...seal({ mode: 'plain' }), query: { ...safe.query, encrypt_type: 'raw' } },
    'plain-refused',
  ],
]
for (const [name, change, reason] of forged) {
  test(`F39 a safe account refuses ${name}`, () => {
    const opened = open({ ...safe, ...change })
    assert.deepEqual(opened, { ok: false, reason })
  })
}

test('F39 the body is not read as a document before its signature was right', () => {
  const bomb = '<a>'.repeat(20_000)
  const query = { ...seal({ mode: 'plain' }).query, signature: '0'.repeat(40) }
  assert.deepEqual(open({ query, body: bomb }, { mode: 'plain' }), { ok: false, reason: 'wrong-signature' })
  assert.deepEqual(open({ query: { ...query, signature: [] as never }, body: bomb }, { mode: 'plain' }), {
    ok: false,
    reason: 'not-signed',
  })
})

test('a repeated parameter is never believed', () => {
  const query = { ...safe.query, msg_signature: [safe.query.msg_signature, 'x'] }
  const opened = openPush(credentials, { query, body: Buffer.from(safe.body), nowSeconds: now })
  assert.deepEqual(opened, { ok: false, reason: 'not-signed' })
})

test('F31 64 kB in clear and 256 kB encrypted are the limits, to the byte', () => {
  const { query } = seal({ mode: 'plain' })
  const document = writePush(draft, 'xml')
  const padded = (bytes: number) => document.replace('</xml>', `${' '.repeat(bytes - document.length)}</xml>`)
  assert.equal(open({ query, body: padded(pushSizeLimits.plainBytes) }, { mode: 'plain' }).ok, true)
  assert.deepEqual(open({ query, body: padded(pushSizeLimits.plainBytes + 1) }, { mode: 'plain' }), {
    ok: false,
    reason: 'too-large',
  })
  const fill = (bytes: number) => safe.body.replace('</xml>', `${' '.repeat(bytes - safe.body.length)}</xml>`)
  assert.equal(contentOf(open({ ...safe, body: fill(pushSizeLimits.encryptedBytes) })), 'hi')
  const large = open({ ...safe, body: fill(pushSizeLimits.encryptedBytes + 1) })
  assert.deepEqual(large, { ok: false, reason: 'too-large' })
})

for (const { name, bodyHex } of hostile.notUtf8) {
  test(`F34 ${name} is refused, never replaced`, () => {
    const { query } = seal({ mode: 'plain' })
    const opened = open({ query, body: Buffer.from(bodyHex, 'hex') }, { mode: 'plain' })
    assert.equal(opened.ok, false)
  })
}

test('F34 a UTF-8 byte order mark is skipped', () => {
  const plain = seal({ mode: 'plain' })
  assert.equal(contentOf(open({ ...plain, body: `\ufeff${plain.body}` }, { mode: 'plain' })), 'hi')
  assert.equal(contentOf(open({ ...safe, body: `\ufeff${safe.body}` })), 'hi')
  assert.equal(contentOf(open(seal({}, `\ufeff${writePush(draft, 'json')}`))), 'hi')
})

test('F40 a push is believed for ten minutes either way and not a second longer', () => {
  const at = (nowSeconds: number, toleranceSeconds?: number) =>
    openPush(credentials, { query: safe.query, body: Buffer.from(safe.body), nowSeconds, toleranceSeconds })
  for (const offset of [0, 5, 600, -600]) assert.equal(contentOf(at(now + offset)), 'hi')
  for (const offset of [601, -601, 86_400 * 3]) assert.deepEqual(at(now + offset), { ok: false, reason: 'stale' })
  assert.equal(contentOf(at(now + 60, 60)), 'hi')
  assert.deepEqual(at(now + 61, 60), { ok: false, reason: 'stale' })
})

test('F40 a timestamp that is no number is not fresh, however well signed', () => {
  for (const timestamp of ['NaN', '', '-1', '1e9', ' 1700000100', '17000001000000000']) {
    const query = { timestamp, nonce: '7', signature: signature('AAAAA', timestamp, '7') }
    const opened = open({ query, body: writePush(draft, 'xml') }, { mode: 'plain' })
    assert.deepEqual(opened, { ok: false, reason: 'stale' })
  }
})

test('F41 in compatible mode only the ciphertext is believed', () => {
  for (const format of ['xml', 'json'] as const) {
    const told = seal({ mode: 'compatible' }, undefined, format)
    const body = told.body.replace(format === 'xml' ? '<![CDATA[hi]]>' : '"hi"', format === 'xml' ? 'lie' : '"lie"')
    assert.notEqual(body, told.body)
    assert.equal(contentOf(open({ ...told, body }, { mode: 'compatible' })), 'hi')
  }
})

test('F41 in compatible mode a clear push alone is refused, and so is one without its query', () => {
  const told = seal({ mode: 'compatible' })
  const { signature: sign = '', timestamp = '', nonce = '' } = told.query
  const query = { signature: sign, timestamp, nonce }
  assert.deepEqual(open({ query, body: told.body }, { mode: 'compatible' }), { ok: false, reason: 'plain-refused' })
})

test('F41 a customer who types an envelope neither forges nor loses a message', () => {
  for (const format of ['xml', 'json'] as const) {
    const content = '<Encrypt>AAAA</Encrypt><Encrypt><![CDATA[AAAA]]></Encrypt>","Encrypt":"AAAA","x":"'
    const document = writePush({ ...draft, content }, format)
    assert.equal(contentOf(open(seal({ mode: 'compatible' }, document, format), { mode: 'compatible' })), content)
  }
})

test('an account set to plain believes an encrypted push too, because the switch in WeChat works at once', () => {
  assert.equal(contentOf(open(seal({ mode: 'safe' }), { mode: 'plain' })), 'hi')
})

test('F42 while tokens and keys rotate, pushes under the old and the new are opened and say which', () => {
  const keys = ['B'.repeat(43), 'A'.repeat(43)]
  const rotating = { tokens: ['new', 'AAAAA'], encodingAesKeys: keys }
  const cases = [
    [{ token: 'new', encodingAesKey: 'B'.repeat(43) }, 0, 0],
    [{ token: 'new' }, 0, 1],
    [{ encodingAesKey: 'B'.repeat(43) }, 1, 0],
    [{}, 1, 1],
  ] as const
  for (const [change, tokenIndex, keyIndex] of cases) {
    const opened = open(seal(change), rotating)
    assert.ok(opened.ok)
    assert.deepEqual([opened.tokenIndex, opened.keyIndex], [tokenIndex, keyIndex])
  }
  assert.equal(open(seal({ token: 'older' }), rotating).ok, false)
})

test('a key of the wrong form is named, not thrown', () => {
  assert.deepEqual(open(safe, { encodingAesKeys: ['short'] }), { ok: false, reason: 'bad-key' })
})

test('a genuine push that is no document says so', () => {
  assert.deepEqual(open(seal({}, 'hello')), { ok: false, reason: 'not-a-document' })
  assert.deepEqual(open(seal({}, '<!DOCTYPE xml><xml></xml>')), { ok: false, reason: 'doctype' })
  assert.deepEqual(open(seal({}, '<xml><A>1</A><A>2</A></xml>')), { ok: false, reason: 'duplicate-field' })
})

test('F38 the clear document is handed over unchanged, the push with visible control characters', () => {
  const document =
    '{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1,"MsgType":"text","MsgId":1,"Content":"a\\u0000b"}'
  const opened = open(seal({}, document, 'json'))
  assert.ok(opened.ok)
  assert.equal(opened.document, document)
  assert.equal(contentOf(opened), 'a␀b')
})

test('the scan for ciphertext takes spaces, bare text and escaped slashes, and nothing else', () => {
  const xml = (text: string) => encryptedCandidates(`<xml>${text}</xml>`, 'xml')
  assert.deepEqual(xml('<Encrypt>ab+/==</Encrypt>'), ['ab+/=='])
  assert.deepEqual(xml('<Encrypt>\n <![CDATA[ab]]> \n</Encrypt>'), ['ab'])
  for (const text of [
    '<Encrypt><![CDATA[ab</Encrypt>',
    '<Encrypt>a b</Encrypt>',
    '<Encrypt></Encrypt>',
    '<Encrypt>ab',
    '<Encrypt><b>ab</b></Encrypt>',
    '<encrypt>ab</encrypt>',
    '<Encrypt a="1">ab</Encrypt>',
  ]) {
    assert.deepEqual(xml(text), [], text)
  }
  assert.deepEqual(encryptedCandidates('{ "Encrypt" :\n"a\\/b" }', 'json'), ['a/b'])
  for (const text of [
    '{"Encrypt":ab}',
    '{"Encrypt":"a b"}',
    '{"Encrypt":["ab"]}',
    '{"encrypt":"ab"}',
    '{"Encrypt":"ab',
  ]) {
    assert.deepEqual(encryptedCandidates(text, 'json'), [], text)
  }
})

test('F33 the scan stays cheap on bodies made to make it slow', () => {
  for (const part of [
    '<Encrypt>',
    '<Encrypt>A</Encrypt>',
    `<Encrypt>${' '.repeat(50)}`,
    '<Encrypt><![CDATA[',
    '"Encrypt":"',
  ]) {
    const body = part.repeat(Math.floor(pushSizeLimits.encryptedBytes / part.length))
    const before = process.cpuUsage()
    assert.ok(encryptedCandidates(body, part.startsWith('"') ? 'json' : 'xml').length <= 8)
    assert.ok(process.cpuUsage(before).user / 1000 <= 50)
  }
})
