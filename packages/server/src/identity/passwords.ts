import { argon2 as argon2Callback, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const argon2 = promisify(argon2Callback)

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const
const tagLength = 32
const saltLength = 16
/** Each hash holds 19 MiB: a flood of sign-ins waits in line instead of filling the memory. */
const atOnce = 4

export const leastPasswordLength = 10

export type Passwords = {
  hash(password: string): Promise<string>
  /** Takes as long for somebody unknown (`null`) as for a wrong password, so that time tells nothing (I-8). */
  verify(password: string, stored: string | null): Promise<boolean>
}

export function isLongEnough(password: string): boolean {
  return [...password].length >= leastPasswordLength
}

export function createPasswords(randomBytes: (count: number) => Uint8Array): Passwords {
  const line = createLine(atOnce)
  const derive = (password: string, salt: Uint8Array, { memory, passes, parallelism }: Cost, length: number) =>
    line(() =>
      argon2('argon2id', {
        // The same typed characters give the same bytes on every keyboard.
        message: password.normalize('NFKC'),
        nonce: salt,
        memory,
        passes,
        parallelism,
        tagLength: length,
      }),
    )
  const decoySalt = randomBytes(saltLength)

  return {
    async hash(password) {
      const salt = randomBytes(saltLength)
      const tag = await derive(password, salt, cost, tagLength)
      const { memory, passes, parallelism } = cost
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(salt)}$${plain(tag)}`
    },
    async verify(password, stored) {
      const parsed = stored === null ? null : parsePhc(stored)
      if (parsed === null) {
        await derive(password, decoySalt, cost, tagLength)
        return false
      }
      const tag = await derive(password, parsed.salt, parsed.cost, parsed.tag.length)
      return timingSafeEqual(tag, parsed.tag)
    },
  }
}

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number }

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

function parsePhc(stored: string): { cost: Cost; salt: Buffer; tag: Buffer } | null {
  const match = phc.exec(stored)
  if (match === null) return null
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/** Base64 without padding, as the PHC string format has it. */
function plain(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}

function createLine(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = places
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resume) => waiting.push(resume))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
