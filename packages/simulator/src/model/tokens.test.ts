import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../clock.ts'
import { seededRandom } from '../random.ts'
import { type TokenAnswer, TokenIssuer } from './tokens.ts'

const MINUTE = 60_000

function setUp() {
  const clock = new ManualClock(Date.UTC(2026, 2, 2))
  return { clock, tokens: new TokenIssuer(clock, seededRandom('tokens')) }
}

function tokenIn(answer: TokenAnswer): string {
  assert.equal(answer.kind, 'token')
  return answer.kind === 'token' ? answer.value : ''
}

test('each plain fetch replaces the token before it, which works for five more minutes', async () => {
  const { clock, tokens } = setUp()
  const first = tokenIn(tokens.plain())
  await clock.advance(MINUTE)
  const second = tokenIn(tokens.plain())
  assert.notEqual(first, second)
  await clock.advance(5 * MINUTE - 1)
  assert.deepEqual([tokens.stateOf(first), tokens.stateOf(second)], ['valid', 'valid'])
  await clock.advance(1)
  assert.deepEqual([tokens.stateOf(first), tokens.stateOf(second)], ['replaced', 'valid'])
  await clock.advance(115 * MINUTE)
  assert.equal(tokens.stateOf(second), 'expired')
  assert.equal(tokens.stateOf('never given'), 'unknown')
})

test('a third fetch does not lengthen the life of the first token', async () => {
  const { clock, tokens } = setUp()
  const first = tokenIn(tokens.plain())
  tokens.plain()
  await clock.advance(4 * MINUTE)
  tokens.plain()
  await clock.advance(MINUTE)
  assert.equal(tokens.stateOf(first), 'replaced')
})

test('the stable token stays the same until five minutes before its end, and then both work', async () => {
  const { clock, tokens } = setUp()
  const first = tokenIn(tokens.stable(false))
  await clock.advance(114 * MINUTE)
  assert.equal(tokenIn(tokens.stable(false)), first)
  await clock.advance(MINUTE)
  const renewed = tokens.stable(false)
  assert.notEqual(tokenIn(renewed), first)
  assert.equal(renewed.kind === 'token' && renewed.expiresInSeconds, 7200)
  assert.equal(tokens.stateOf(first), 'valid')
  await clock.advance(5 * MINUTE)
  assert.equal(tokens.stateOf(first), 'expired')
})

test('a forced refresh kills the stable token at once, but not twice within 30 seconds', async () => {
  const { clock, tokens } = setUp()
  const first = tokenIn(tokens.stable(false))
  const forced = tokenIn(tokens.stable(true))
  assert.equal(tokens.stateOf(first), 'replaced')
  await clock.advance(29_999)
  assert.equal(tokenIn(tokens.stable(true)), forced)
  await clock.advance(1)
  assert.notEqual(tokenIn(tokens.stable(true)), forced)
})

test('twenty forced refreshes a day, counted by the day in China', async () => {
  const { clock, tokens } = setUp()
  for (let count = 0; count < 20; count++) {
    assert.equal(tokens.stable(true).kind, 'token')
    await clock.advance(30_000)
  }
  assert.deepEqual(tokens.stable(true), { kind: 'refused', errcode: 45009 })
  assert.equal(tokens.stable(false).kind, 'token')
  await clock.advance(16 * 3600_000)
  assert.equal(tokens.stable(true).kind, 'token')
})

test('the two endpoints never touch each other, and a fault revokes both', () => {
  const { tokens } = setUp()
  const stable = tokenIn(tokens.stable(false))
  const plain = tokenIn(tokens.plain())
  tokens.stable(true)
  assert.equal(tokens.stateOf(plain), 'valid')
  const forced = tokenIn(tokens.stable(false))
  tokens.plain()
  assert.equal(tokens.stateOf(forced), 'valid')
  assert.equal(tokens.stateOf(stable), 'replaced')
  tokens.revokeAll()
  assert.deepEqual([tokens.stateOf(forced), tokens.stateOf(plain)], ['replaced', 'replaced'])
  assert.equal(tokens.stateOf(tokenIn(tokens.stable(false))), 'valid')
})
