import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyChain, nextHash, personalDigest } from './chain.ts'

const link = { position: 7, type: 'message.received', version: 1, atMs: 1_764_000_000_123, facts: '{}', digest: null }

test('a link depends on the one before it and on every part of the event', () => {
  const hash = (change: Partial<typeof link> | { digest: Uint8Array }, previous = emptyChain) =>
    Buffer.from(nextHash(previous, { ...link, ...change })).toString('hex')
  const digest = personalDigest(new Uint8Array(16), '{"openid":"o1"}')
  const all = [
    hash({}),
    hash({}, new Uint8Array(32).fill(1)),
    hash({ position: 8 }),
    hash({ type: 'message.recalled' }),
    hash({ version: 2 }),
    hash({ atMs: link.atMs + 1 }),
    hash({ facts: '{ }' }),
    hash({ digest }),
  ]
  assert.equal(new Set(all).size, all.length)
  assert.equal(hash({}), all[0], 'and on nothing else')
})

test('the same personal part has another digest under another salt, so that nobody can test a guess', () => {
  const [one, other] = [new Uint8Array(16), new Uint8Array(16).fill(1)]
  assert.notDeepEqual(personalDigest(one, '王'), personalDigest(other, '王'))
  assert.deepEqual(personalDigest(one, '王'), personalDigest(one, '王'))
})
