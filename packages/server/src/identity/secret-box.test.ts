import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkFingerprint, createSecretBox, openKeyFile, openSecretBox, SecretBoxError } from './secret-box.ts'

const folder = (t: { after(end: () => void): void }) => {
  const path = mkdtempSync(join(tmpdir(), 'duoke-key-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test('what was sealed for an organization opens for it and for no other', () => {
  const box = createSecretBox(randomBytes(32), randomBytes)
  const sealed = box.seal('acme', '密钥 secret')
  assert.equal(box.open('acme', sealed), '密钥 secret')
  assert.throws(() => box.open('other', sealed), SecretBoxError)
  assert.ok(!Buffer.from(sealed).includes('secret'))
})

test('a changed byte, a cut and another key are refused', () => {
  const box = createSecretBox(randomBytes(32), randomBytes)
  const sealed = box.seal('acme', 'x')
  for (let at = 0; at < sealed.length; at += 1) {
    const bent = Uint8Array.from(sealed)
    bent[at] = (bent[at] ?? 0) ^ 1
    assert.throws(() => box.open('acme', bent), SecretBoxError)
    assert.throws(() => box.open('acme', sealed.subarray(0, at)), SecretBoxError)
  }
  assert.throws(() => createSecretBox(randomBytes(32), randomBytes).open('acme', sealed), SecretBoxError)
})

test('the key file is made once, readable by its owner alone', (t) => {
  const path = join(folder(t), 'below', 'duoke.key')
  const first = openKeyFile(path, randomBytes)
  assert.deepEqual(openKeyFile(path, randomBytes), first)
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a file that is no key is refused, not replaced', (t) => {
  const path = join(folder(t), 'duoke.key')
  writeFileSync(path, 'hello')
  assert.throws(() => openKeyFile(path, randomBytes), /holds no key/)
})

test('a key that does not open this database stops the start and says what to do', async () => {
  let kept: string | null = null
  const store = {
    read: async () => kept,
    write: async (fingerprint: string) => {
      kept ??= fingerprint
    },
  }
  const box = createSecretBox(randomBytes(32), randomBytes)
  await checkFingerprint(box, store, 'duoke.key')
  await checkFingerprint(box, store, 'duoke.key')
  const other = createSecretBox(randomBytes(32), randomBytes)
  await assert.rejects(checkFingerprint(other, store, 'duoke.key'), /does not open this database/)
})

test('no key is made for a database that was sealed with another', async (t) => {
  const path = join(folder(t), 'duoke.key')
  const store = { read: async () => 'the fingerprint of another key', write: async () => {} }
  await assert.rejects(openSecretBox(path, store, randomBytes), /is missing.*does not open this database/)
  assert.equal(existsSync(path), false)
})
