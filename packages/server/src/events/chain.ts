import { createHash } from 'node:crypto'

/**
 * The hash chain of an organization's log. Each link covers the event's facts and a salted digest of its personal part,
 * so that emptying the personal part (and its salt) leaves the chain verifiable.
 */
export type ChainLink = {
  readonly position: number
  readonly type: string
  readonly version: number
  readonly atMs: number
  /** JSON text of the actor and facts, exactly as stored. */
  readonly facts: string
  /** Digest of the personal part, or null when the event has none. */
  readonly digest: Uint8Array | null
}

export const emptyChain: Uint8Array = new Uint8Array(32)

/** SHA-256 over salt and personal part: without the salt nobody can test a guess against it. */
export function personalDigest(salt: Uint8Array, personal: string): Uint8Array {
  return createHash('sha256').update(salt).update(personal).digest()
}

export function nextHash(previous: Uint8Array, link: ChainLink): Uint8Array {
  const hash = createHash('sha256').update(previous)
  hash.update(`${link.position}\n${link.type}\n${link.version}\n${link.atMs}\n${link.facts}\n`)
  if (link.digest !== null) hash.update(link.digest)
  return hash.digest()
}
