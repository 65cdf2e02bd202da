import { type Clock, type RandomSource, randomToken } from '../ports.ts'
import type { MediaFile, MediaType } from './media-files.ts'

const LIFE_MS = 3 * 24 * 3600_000
/** A laptop's memory is the store: beyond this the oldest file goes early. */
const MAX_TOTAL_BYTES = 256 * 1024 * 1024

export interface StoredMedia extends MediaFile {
  id: string
  accountId: string
  type: MediaType
  createdAtMs: number
  expiresAtMs: number
}

/** Temporary media of all accounts: kept three days, then gone (protocol reference, section 6.1). */
export class MediaStore {
  readonly #clock: Clock
  readonly #random: RandomSource
  readonly #files = new Map<string, StoredMedia>()
  #totalBytes = 0

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock
    this.#random = random
  }

  add(accountId: string, type: MediaType, file: MediaFile): StoredMedia {
    const nowMs = this.#clock.nowMs()
    const id = randomToken(this.#random, 64)
    const stored = { ...file, id, accountId, type, createdAtMs: nowMs, expiresAtMs: nowMs + LIFE_MS }
    this.put(stored)
    return stored
  }

  put(stored: StoredMedia): void {
    this.#files.set(stored.id, stored)
    this.#totalBytes += stored.bytes.length
    this.#dropOldest()
  }

  all(): StoredMedia[] {
    return [...this.#files.values()]
  }

  /** Undefined for an id of another account, too: media ids are worth nothing elsewhere. */
  find(accountId: string, id: string): StoredMedia | undefined {
    const file = this.#files.get(id)
    if (!file || file.accountId !== accountId || this.#clock.nowMs() >= file.expiresAtMs) return undefined
    return file
  }

  /** The phone keeps showing what it has once received, so expiry does not hide it there. */
  onPhone(id: string): StoredMedia | undefined {
    return this.#files.get(id)
  }

  expire(accountId: string, id: string): boolean {
    const file = this.find(accountId, id)
    if (file) file.expiresAtMs = this.#clock.nowMs()
    return file !== undefined
  }

  #dropOldest(): void {
    for (const [id, file] of this.#files) {
      if (this.#totalBytes <= MAX_TOTAL_BYTES) return
      this.#files.delete(id)
      this.#totalBytes -= file.bytes.length
    }
  }
}
