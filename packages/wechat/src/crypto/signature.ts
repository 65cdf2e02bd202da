import { createHash, timingSafeEqual } from 'node:crypto'

const DIGEST_HEX = /^[0-9a-f]{40}$/

function digest(parts: readonly string[]): Buffer {
  return createHash('sha1')
    .update([...parts].sort().join(''))
    .digest()
}

/** SHA-1 over the sorted, joined parts, in lower-case hex (protocol reference, sections 1.2 and 1.4). */
export function signature(...parts: readonly string[]): string {
  return digest(parts).toString('hex')
}

/** Compares in constant time; anything that is not a lower-case SHA-1 never matches, after the same work. */
export function signatureMatches(given: unknown, ...parts: readonly string[]): boolean {
  const expected = digest(parts)
  const wellFormed = typeof given === 'string' && DIGEST_HEX.test(given)
  const candidate = wellFormed ? Buffer.from(given, 'hex') : Buffer.alloc(expected.length)
  return timingSafeEqual(candidate, expected) && wellFormed
}
