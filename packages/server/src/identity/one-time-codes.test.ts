import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { TOTP } from 'otpauth'
import { matchingStep, newTotp } from './one-time-codes.ts'

const nowMs = 1_700_000_000_000
const { secret, uri } = newTotp(randomBytes, 'lili')
const codeAt = (ms: number) => new TOTP({ secret }).generate({ timestamp: ms })

test('the address for the authenticator names us and the agent', () => {
  assert.match(uri, /^otpauth:\/\/totp\/Duoke:lili\?issuer=Duoke&secret=[A-Z2-7]{32}&/)
})

test('the present code is right, and those of the neighbouring half minutes', () => {
  const step = Math.floor(nowMs / 30_000)
  assert.equal(matchingStep(secret, codeAt(nowMs), nowMs, null), step)
  assert.equal(matchingStep(secret, codeAt(nowMs - 30_000), nowMs, null), step - 1)
  assert.equal(matchingStep(secret, codeAt(nowMs + 30_000), nowMs, null), step + 1)
})

test('a code of two minutes ago is wrong, and so is what is no code', () => {
  assert.equal(matchingStep(secret, codeAt(nowMs - 120_000), nowMs, null), null)
  for (const code of ['', '12345', '1234567', '１２３４５６', 'abcdef']) {
    assert.equal(matchingStep(secret, code, nowMs, null), null)
  }
})

test('a code works once', () => {
  const step = matchingStep(secret, codeAt(nowMs), nowMs, null)
  assert.equal(matchingStep(secret, codeAt(nowMs), nowMs, step), null)
})

test('the vector of RFC 6238 for SHA-1 holds', () => {
  // "12345678901234567890" in base32; at 59 s the eight digits are 94287082.
  assert.equal(matchingStep('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', 59_000, null), 1)
})
