import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CommandFailure, exitCodes } from './exit-codes.ts'
import { resolveSecrets } from './resolve-secrets.ts'

test('secrets are taken from where they are named, at any depth', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'duoke-secrets-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'key')
  writeFileSync(file, ' 密钥 key \r\n')
  const document = {
    accounts: [{ id: 'a', appSecret: { env: 'SECRET' }, token: 'in place', encodingAesKey: { file } }],
    agents: [{ id: 'b', password: { env: 'PASSWORD' } }],
  }
  assert.deepEqual(resolveSecrets(document, { SECRET: 's', PASSWORD: 'p' }), {
    accounts: [{ id: 'a', appSecret: 's', token: 'in place', encodingAesKey: ' 密钥 key ' }],
    agents: [{ id: 'b', password: 'p' }],
  })
})

test('only keys that hold secrets are resolved, and only the two documented forms', () => {
  const document = {
    organization: { name: { env: 'SECRET' } },
    accounts: [{ appSecret: { env: 'SECRET', file: 'x' }, token: { variable: 'SECRET' }, encodingAesKey: { env: 1 } }],
  }
  assert.deepEqual(resolveSecrets(document, { SECRET: 's' }), document)
})

test('all that name nothing are told at once, by their paths', () => {
  const document = {
    accounts: [{ appSecret: { env: 'GONE' }, token: { env: 'EMPTY' }, encodingAesKey: { file: 'no-such-file' } }],
  }
  assert.throws(
    () => resolveSecrets(document, { EMPTY: '' }),
    (error) => {
      assert.ok(error instanceof CommandFailure)
      assert.equal(error.exitCode, exitCodes.refused)
      assert.deepEqual(error.details, [
        '/accounts/0/appSecret: the variable GONE is not set',
        '/accounts/0/token: the variable EMPTY is not set',
        '/accounts/0/encodingAesKey: the file no-such-file is empty or cannot be read',
      ])
      return true
    },
  )
})
