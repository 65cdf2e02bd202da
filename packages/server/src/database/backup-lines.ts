import type { Readable } from 'node:stream'
import { sha256 } from './backup-format.ts'
import { DatabaseRefusal } from './refusal.ts'

/** Reads a backup line by line, and remembers the digest of all that it read. */
export class BackupLines {
  readonly #source: Readable
  readonly #raw: Readable
  readonly #chunks: AsyncIterator<Buffer>
  readonly #read = sha256()
  #rest: Buffer = Buffer.alloc(0)

  /** @param raw what the source reads from: when that fails, the source would wait for ever */
  constructor(source: Readable, raw: Readable) {
    this.#source = source
    this.#raw = raw
    raw.once('error', (error) => source.destroy(error))
    this.#chunks = source[Symbol.asyncIterator]()
  }

  close(): void {
    this.#raw.destroy()
    this.#source.destroy()
  }

  /** Of everything read so far. */
  digest(): string {
    return this.#read.copy().digest('hex')
  }

  async json<T>(): Promise<T> {
    const line = await this.#take((bytes) => bytes.indexOf(newline) + 1)
    try {
      return JSON.parse(line.toString()) as T // Whoever asks checks the digests before it believes.
    } catch (error) {
      throw this.damaged('a line of it is not what it should be', error)
    }
  }

  /** Some whole rows, or undefined when the next line is the given one, which is then read over. */
  async rows(end: Buffer): Promise<{ bytes: Buffer; count: number } | undefined> {
    if (this.#rest.length < end.length) await this.#fill(end.length)
    if (this.#rest.subarray(0, end.length).equals(end)) {
      await this.#take(() => end.length)
      return undefined
    }
    const endLine = Buffer.concat([newlineBytes, end])
    const bytes = await this.#take((buffered) => {
      const stop = buffered.indexOf(endLine)
      return stop >= 0 ? stop + 1 : buffered.lastIndexOf(newline) + 1
    })
    return { bytes, count: countLines(bytes) }
  }

  async atEnd(): Promise<boolean> {
    await this.#fill(1, true)
    return this.#rest.length === 0
  }

  damaged(how: string, cause?: unknown): DatabaseRefusal {
    return new DatabaseRefusal(
      'backup_damaged',
      `The backup is damaged: ${how}. Nothing was restored.`,
      'Use another copy of the file, or an earlier backup.',
      { cause },
    )
  }

  /** Takes as many bytes as `length` finds; it answers 0 as long as there are too few. */
  async #take(length: (buffered: Buffer) => number): Promise<Buffer> {
    for (;;) {
      const found = length(this.#rest)
      if (found > 0) {
        const taken = this.#rest.subarray(0, found)
        this.#rest = this.#rest.subarray(found)
        this.#read.update(taken)
        return taken
      }
      if (this.#rest.length > longestLine) throw this.damaged('a line of it is longer than any row')
      const before = this.#rest.length
      // Twice as much each time: what was looked through is copied and looked through again.
      await this.#fill(Math.max(1, before * 2), true)
      if (this.#rest.length === before) throw this.damaged('its end is missing')
    }
  }

  async #fill(length: number, mayEnd = false): Promise<void> {
    const parts = [this.#rest]
    for (let held = this.#rest.length; held < length; ) {
      const next = await this.#chunks.next().catch((error: unknown) => {
        // The file cannot be read, which says nothing about what is in it.
        if (error instanceof Error && 'syscall' in error) throw error
        throw this.damaged('it cannot be unpacked to its end', error)
      })
      if (next.done) {
        if (mayEnd) break
        throw this.damaged('its end is missing')
      }
      parts.push(next.value)
      held += next.value.length
    }
    if (parts.length > 1) this.#rest = Buffer.concat(parts)
  }
}

/** Far longer than any row of ours, and short enough to be held. */
const longestLine = 32 * 1024 * 1024
const newline = 0x0a
const newlineBytes = Buffer.from('\n')

function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1
  return count
}
