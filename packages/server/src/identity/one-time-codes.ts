import { Secret, TOTP } from 'otpauth'

/** RFC 6238 codes as every authenticator makes them: SHA-1, six digits, thirty seconds. */
const period = 30
const shape = { algorithm: 'SHA1', digits: 6, period } as const

export type NewTotp = { readonly secret: string; readonly uri: string }

export function newTotp(randomBytes: (count: number) => Uint8Array, label: string): NewTotp {
  const bytes = randomBytes(20)
  const secret = new Secret({ buffer: Uint8Array.from(bytes).buffer })
  return { secret: secret.base32, uri: new TOTP({ ...shape, secret, issuer: 'Duoke', label }).toString() }
}

/**
 * The time step of a right code, or null. One step before and after is accepted for clocks that differ; a step up to
 * `usedStep` is not: a code that somebody read over a shoulder works no second time.
 */
export function matchingStep(secret: string, code: string, nowMs: number, usedStep: number | null): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const totp = new TOTP({ ...shape, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token: code, timestamp: nowMs, window: 1 })
  if (delta === null) return null
  const step = Math.floor(nowMs / 1000 / period) + delta
  return usedStep !== null && step <= usedStep ? null : step
}
