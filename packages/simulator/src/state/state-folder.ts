import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../model/world.ts'
import { isWorldSnapshot, type WorldSnapshot } from '../model/world-snapshot.ts'

const SOONEST_SAVE_MS = 300
/** Saving a large world may take at most a twentieth of the time. */
const SHARE_OF_TIME = 20

/**
 * Keeps a world between two runs: one JSON file and the media beside it. Without it a second start would show an empty
 * phone to a server that remembers the chat, and refuse sends that the server's own ledger allows.
 */
export class StateFolder {
  readonly #world: World
  readonly #file: string
  readonly #mediaFolder: string
  readonly #stopListening: () => void
  #timer: NodeJS.Timeout | undefined
  #delayMs = SOONEST_SAVE_MS

  constructor(world: World, folder: string) {
    this.#world = world
    this.#file = join(folder, 'world.json')
    this.#mediaFolder = join(folder, 'media')
    mkdirSync(this.#mediaFolder, { recursive: true, mode: 0o700 })
    this.#load()
    this.#stopListening = world.listen((event) => {
      if (event.type !== 'call' && event.type !== 'push' && event.type !== 'typing') this.#schedule()
    })
  }

  close(): void {
    this.#stopListening()
    clearTimeout(this.#timer)
    this.save()
  }

  /** The old file stays until the new one is whole. */
  save(): void {
    const startedMs = performance.now()
    const snapshot = this.#world.takeSnapshot()
    this.#saveMedia(snapshot)
    writeFileSync(`${this.#file}.new`, JSON.stringify(snapshot), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
    this.#delayMs = Math.max(SOONEST_SAVE_MS, (performance.now() - startedMs) * SHARE_OF_TIME)
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.save()
    }, this.#delayMs)
    this.#timer.unref()
  }

  /** A file that cannot be read is put aside, never overwritten: the simulator starts with an empty world. */
  #load(): void {
    if (!existsSync(this.#file)) return
    const snapshot = parse(readFileSync(this.#file, 'utf8'))
    if (isWorldSnapshot(snapshot)) this.#world.restore(snapshot, (id) => this.#readMedia(id))
    else renameSync(this.#file, `${this.#file}.unreadable`)
  }

  #readMedia(id: string): Uint8Array | undefined {
    const path = join(this.#mediaFolder, id)
    return existsSync(path) ? readFileSync(path) : undefined
  }

  #saveMedia({ media }: WorldSnapshot): void {
    const wanted = new Set(media.map(({ id }) => id))
    const present = new Set(readdirSync(this.#mediaFolder))
    for (const id of wanted) {
      const stored = this.#world.media.onPhone(id)
      if (stored && !present.has(id)) writeFileSync(join(this.#mediaFolder, id), stored.bytes, { mode: 0o600 })
    }
    for (const id of present) if (!wanted.has(id)) rmSync(join(this.#mediaFolder, id))
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
