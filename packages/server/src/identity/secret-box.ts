import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Encrypts secrets at rest with a key that is not in the database. Each organization has a key of its own, derived from
 * the installation's: what was sealed for one organization does not open for another.
 */
export type SecretBox = {
  seal(organizationId: string, plaintext: string): Uint8Array
  /** Throws a SecretBoxError when the bytes were not sealed for this organization with this key. */
  open(organizationId: string, sealed: Uint8Array): string
  /** Tells keys apart without saying anything about them; kept in the database. */
  readonly fingerprint: string
  /** A key for another purpose (cursors, cookies), the same on every server that has this key file. */
  deriveKey(purpose: string): Uint8Array
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError'
}

const version = 1
const nonceBytes = 12
const tagBytes = 16

export function createSecretBox(key: Uint8Array, randomBytes: (count: number) => Uint8Array): SecretBox {
  if (key.byteLength !== 32) throw new SecretBoxError('the key must have 32 bytes')
  const keys = new Map<string, Uint8Array>()
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, '', `duoke/${purpose}`, 32))
  const keyOf = (organizationId: string) => {
    const known = keys.get(organizationId) ?? derive(`organization/${organizationId}`)
    keys.set(organizationId, known)
    return known
  }
  return {
    fingerprint: createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 32),
    deriveKey: (purpose) => derive(`purpose/${purpose}`),
    seal(organizationId, plaintext) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', keyOf(organizationId), nonce, { authTagLength: tagBytes })
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body])
    },
    open(organizationId, sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes.length < 1 + nonceBytes + tagBytes || bytes[0] !== version)
        throw new SecretBoxError('not a sealed secret')
      const nonce = bytes.subarray(1, 1 + nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', keyOf(organizationId), nonce, { authTagLength: tagBytes })
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes))
      try {
        const body = bytes.subarray(1 + nonceBytes + tagBytes)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new SecretBoxError('this key does not open the secret', { cause })
      }
    },
  }
}

/** The installation's key: read, or on the first start made, readable by its owner alone. */
export function openKeyFile(path: string, randomBytes: (count: number) => Uint8Array): Uint8Array {
  const found = readKey(path)
  if (found !== undefined) return found
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${Buffer.from(randomBytes(6)).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${Buffer.from(randomBytes(32)).toString('base64')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    // A link never replaces: of two servers that start at once, both go on with the key of the first.
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  const made = readKey(path)
  if (made === undefined) throw new SecretBoxError(`the key file ${path} cannot be read back`)
  return made
}

function readKey(path: string): Uint8Array | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== 32) throw new SecretBoxError(`${path} holds no key: it must be 32 bytes in Base64`)
  return key
}

/** Where the database keeps the fingerprint of the key its secrets were sealed with. */
export type FingerprintStore = {
  read(): Promise<string | null>
  /** Keeps the first one written. */
  write(fingerprint: string): Promise<void>
}

/** The box of an installation. A key is made for a database that has none yet, never for one that has. */
export async function openSecretBox(
  keyFile: string,
  store: FingerprintStore,
  randomBytes: (count: number) => Uint8Array,
): Promise<SecretBox> {
  // In this order: the first of two servers makes the file before it writes the fingerprint.
  if ((await store.read()) !== null && !existsSync(keyFile)) {
    throw new SecretBoxError(
      `The key file ${keyFile} is missing, and a new key does not open this database. Put the key back that was beside it (DUOKE_KEY_FILE names another place); without it the secrets must be entered anew.`,
    )
  }
  const box = createSecretBox(openKeyFile(keyFile, randomBytes), randomBytes)
  await checkFingerprint(box, store, keyFile)
  return box
}

/** Refuses a key that does not open this database, before anything is sealed with it. */
export async function checkFingerprint(box: SecretBox, store: FingerprintStore, keyFile: string): Promise<void> {
  const known = await store.read()
  if (known === null) await store.write(box.fingerprint)
  const kept = known ?? (await store.read())
  if (kept !== box.fingerprint) {
    throw new SecretBoxError(
      `The key in ${keyFile} does not open this database. Put the key back that was beside it (DUOKE_KEY_FILE names another place); without it the secrets must be entered anew.`,
    )
  }
}
