import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createPasswords, isLongEnough } from './passwords.ts'

const passwords = createPasswords(randomBytes)

test('a password opens what it was hashed to, and nothing else does', async () => {
  const stored = await passwords.hash('正确的 horse battery')
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await passwords.verify('正确的 horse battery', stored), true)
  assert.equal(await passwords.verify('正确的 horse batterY', stored), false)
})

test('the same password gives another hash each time', async () => {
  assert.notEqual(await passwords.hash('the same one'), await passwords.hash('the same one'))
})

test('characters composed differently are the same password', async () => {
  const stored = await passwords.hash('caf\u00e9-caf\u00e9-caf\u00e9')
  assert.equal(await passwords.verify('cafe\u0301-cafe\u0301-cafe\u0301', stored), true)
})

test('a damaged hash opens for nobody', async () => {
  for (const stored of ['', 'plain', '$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA', '$argon2id$v=19$m=19456,t=2,p=1$$']) {
    assert.equal(await passwords.verify('x', stored), false)
  }
})

test('I-8: somebody unknown costs as much work as a wrong password', async () => {
  const stored = await passwords.hash('a long password')
  const time = async (hash: string | null) => {
    const started = performance.now()
    for (let at = 0; at < 5; at++) await passwords.verify('wrong password', hash)
    return performance.now() - started
  }
  await time(stored)
  const [known, unknown] = [await time(stored), await time(null)]
  assert.ok(unknown > known * 0.3, `${unknown} ms for nobody, ${known} ms for somebody`)
})

test('length is counted in characters that a person types', () => {
  assert.equal(isLongEnough('😀'.repeat(9)), false)
  assert.equal(isLongEnough('😀'.repeat(10)), true)
})
