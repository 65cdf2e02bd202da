import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError } from './describe-error.ts'
import { errorCodes, errorMessage, meaningOf } from './error-codes.ts'
import { type ErrorMeaning, errorRows } from './error-rows.ts'
import { errorSentences } from './error-sentences.ts'
import { interpretSendResponse, type SendOutcome } from './send-response.ts'

const json = 'application/json; encoding=utf-8'
const answered = (body: string, status = 200) => interpretSendResponse({ status, contentType: json, body })

test('every code stands once, with a text', () => {
  assert.equal(errorCodes.size, errorRows.length)
  for (const { errmsg } of errorCodes.values()) assert.notEqual(errmsg, '')
})

test('the codes a sender meets mean what the protocol reference says', () => {
  const meanings: readonly (readonly [ErrorMeaning, readonly number[]])[] = [
    ['ok', [0]],
    ['unknown', [-1, 61450, -1000]],
    ['refresh-token', [40001, 40014, 42001]],
    ['retry', [45009, 45011, 40164, 89503]],
    ['refused', [40003, 40007, 43004, 45002, 45008, 45015, 45047, 48001, 48002, 61007, 65414, 70000, 999_999]],
  ]
  for (const [meaning, codes] of meanings) {
    for (const code of codes) assert.equal(meaningOf(code), meaning, String(code))
  }
})

test('codes of the old generation are marked', () => {
  assert.equal(errorCodes.get(61458)?.legacy, true)
  assert.equal(errorCodes.get(65414)?.legacy, false)
})

test('what an agent can meet is one sentence in both languages; anything else still says the code', () => {
  for (const code of [-1, 40001, 40164, 43004, 45002, 45009, 45015, 45047, 48001, 40007, 65400]) {
    assert.ok(errorSentences.has(code), String(code))
  }
  for (const [code, { zh, en }] of errorSentences) {
    assert.ok(errorCodes.has(code), String(code))
    assert.match(zh, /^[^。]*\p{Script=Han}[^。]*。$/u, `${code}: ${zh}`)
    assert.match(en, /^[A-Z].*\.$/, `${code}: ${en}`)
  }
  assert.match(describeError(45047, 'zh'), /条数已用完/)
  assert.match(describeError(40029, 'en'), /40029, invalid code/)
  assert.match(describeError(12345, 'zh'), /12345/)
  assert.equal(errorMessage(45047), 'out of response count limit')
})

test('F49 a stale token is refused, safe to send once more after a refresh', () => {
  for (const errcode of [40001, 40014, 42001]) {
    const outcome = answered(`{"errcode":${errcode},"errmsg":"x rid: 656d6d2f-14532dc3-2ed875c3"}`)
    assert.ok(outcome.outcome === 'refused' && outcome.retry === 'after-token-refresh')
  }
})

test('F51 F53 a closed window, a used-up count or a follower who left is final', () => {
  for (const errcode of [45015, 45047, 43004, 48001, 61007]) {
    const outcome = answered(`{"errcode":${errcode},"errmsg":"no"}`)
    assert.deepEqual(outcome, { outcome: 'refused', errcode, errmsg: 'no', retry: 'never' })
  }
})

test('F52 F55 a used-up call quota or an unlisted IP is refused now and may go later', () => {
  for (const errcode of [45009, 45011, 40164, 89503]) {
    const outcome = answered(`{"errcode":${errcode},"errmsg":"no"}`)
    assert.ok(outcome.outcome === 'refused' && outcome.retry === 'later')
  }
})

test('errcode 0 alone is accepted, whatever the content type says', () => {
  const accepted: SendOutcome = { outcome: 'accepted' }
  assert.deepEqual(answered('{"errcode":0,"errmsg":"ok"}'), accepted)
  assert.deepEqual(answered('{"errcode":0}'), accepted)
  const plain = { status: 200, contentType: 'text/plain', body: Buffer.from(' {"errcode":0,"errmsg":"ok"}\n') }
  assert.deepEqual(interpretSendResponse(plain), accepted)
})

test('F48 system busy is unknown unless the operator decided otherwise', () => {
  const response = { status: 200, body: '{"errcode":-1,"errmsg":"system error"}' }
  assert.deepEqual(interpretSendResponse(response), {
    outcome: 'unknown',
    detail: 'errcode -1: system error',
    errcode: -1,
  })
  assert.deepEqual(interpretSendResponse(response, { systemBusy: 'retry' }), {
    outcome: 'refused',
    errcode: -1,
    errmsg: 'system error',
    retry: 'later',
  })
})

test('F48 F54 anything but one whole answer with a code leaves the outcome unknown', () => {
  const bodies: readonly (string | Uint8Array)[] = [
    '',
    '<html><body><h1>502 Bad Gateway</h1></body></html>',
    '{"errcode":0,"errm',
    '{"errcode":0,"errmsg":"ok"}{"errcode":0,"errmsg":"ok"}',
    '{"errcode":0,"errcode":45015}',
    '{}',
    '{"errmsg":"ok"}',
    '{"errcode":null}',
    '{"errcode":"none"}',
    '{"errcode":0.5}',
    '[]',
    '0',
    'null',
    'ok',
    Buffer.from([0xff, 0xfe]),
  ]
  for (const body of bodies) {
    for (const status of [200, 412, 500, 502, 504]) {
      const outcome = interpretSendResponse({ status, contentType: 'text/html', body })
      assert.equal(outcome.outcome, 'unknown', String(body))
      assert.ok(outcome.outcome === 'unknown' && outcome.detail.startsWith(`HTTP ${status}: `))
    }
  }
})
