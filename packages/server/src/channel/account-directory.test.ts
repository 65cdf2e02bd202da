import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSecretBox } from '../identity/secret-box.ts'
import { createAccountDirectory, type StoredAccount } from './account-directory.ts'
import {
  type AccountSecrets,
  credentialsOf,
  rotateSecrets,
  rotationOverlapMs,
  writeSecrets,
} from './account-secrets.ts'
import { accountSettings } from './testing/account.ts'

const box = createSecretBox(randomBytes(32), randomBytes)
const secrets: AccountSecrets = { appSecret: 's', token: 'AAAAA', encodingAesKey: 'A'.repeat(43) }

function open(stored: Map<string, StoredAccount>) {
  const clock = { now: 1_000_000 }
  const reads: string[] = []
  const store = {
    find: async (accountId: string) => {
      reads.push(accountId)
      return stored.get(accountId) ?? null
    },
  }
  const directory = createAccountDirectory({ store, secretBox: box, nowMs: () => clock.now })
  return { directory, reads, clock }
}

const row = (changes: Partial<AccountSecrets> = {}): StoredAccount => ({
  organizationId: 'acme',
  settings: accountSettings(),
  isDegraded: false,
  secrets: box.seal('acme', writeSecrets({ ...secrets, ...changes })),
})

test('an account is read once and kept for a while', async () => {
  const { directory, reads, clock } = open(new Map([['acme-oa', row()]]))
  const [first, second] = await Promise.all([directory.find('acme-oa'), directory.find('acme-oa')])
  assert.equal(first?.secrets.token, 'AAAAA')
  assert.equal(second, first)
  assert.equal(reads.length, 1)
  clock.now += 20_000
  await directory.find('acme-oa')
  assert.equal(reads.length, 2)
})

test('a changed account is read again at once after it was forgotten', async () => {
  const stored = new Map([['acme-oa', row()]])
  const { directory } = open(stored)
  await directory.find('acme-oa')
  stored.set('acme-oa', row({ token: 'BBBBB' }))
  directory.forget('acme-oa')
  assert.equal((await directory.find('acme-oa'))?.secrets.token, 'BBBBB')
})

test('an unknown account costs no read for each push, and appears soon after it was made', async () => {
  const stored = new Map<string, StoredAccount>()
  const { directory, reads, clock } = open(stored)
  for (let i = 0; i < 5; i += 1) assert.equal(await directory.find('new'), null)
  assert.equal(reads.length, 1)
  stored.set('new', row())
  clock.now += 4_000
  assert.ok(await directory.find('new'))
})

test('asking again reads the database, but nobody can cause that without end', async () => {
  const { directory, reads, clock } = open(new Map([['acme-oa', row()]]))
  await directory.find('acme-oa')
  for (let i = 0; i < 100; i += 1) await directory.findAgain('acme-oa')
  assert.equal(reads.length, 11)
  clock.now += 10_000
  await directory.findAgain('acme-oa')
  assert.equal(reads.length, 12)
  for (let i = 0; i < 5; i += 1) await directory.findAgain('nobody')
  assert.equal(reads.length, 13)
})

test('a failed read is not remembered', async () => {
  let fails = true
  const store = { find: () => (fails ? Promise.reject(new Error('no database')) : Promise.resolve(row())) }
  const directory = createAccountDirectory({ store, secretBox: box, nowMs: () => 0 })
  await assert.rejects(directory.find('acme-oa'))
  fails = false
  assert.ok(await directory.find('acme-oa'))
})

test('F42: after a rotation the old token and key are accepted for the overlap and then no more', () => {
  const account = accountSettings()
  const rotated = rotateSecrets(secrets, { appSecret: 's', token: 'BBBBB', encodingAesKey: 'B'.repeat(43) }, 1_000)
  const during = credentialsOf(rotated, account, 1_000 + rotationOverlapMs - 1)
  assert.deepEqual(during.tokens, ['BBBBB', 'AAAAA'])
  assert.deepEqual(during.encodingAesKeys, ['B'.repeat(43), 'A'.repeat(43)])
  const after = credentialsOf(rotated, account, 1_000 + rotationOverlapMs)
  assert.deepEqual(after.tokens, ['BBBBB'])
})

test('F42: configuring the same secrets again does not end a rotation', () => {
  const given = { appSecret: 's2', token: 'BBBBB', encodingAesKey: 'B'.repeat(43) }
  const rotated = rotateSecrets(secrets, given, 1_000)
  assert.deepEqual(rotateSecrets(rotated, given, 2_000), rotated)
  assert.equal(rotateSecrets(rotated, given, 1_000 + rotationOverlapMs).previous, undefined)
})

test('F42: when only the key is rotated the token is not listed twice', () => {
  const rotated = rotateSecrets(secrets, { ...secrets, encodingAesKey: 'B'.repeat(43) }, 0)
  assert.deepEqual(credentialsOf(rotated, accountSettings(), 1).tokens, ['AAAAA'])
})
