/** A draft as the server has it. */
type Shared = { readonly text: string; readonly version: number }

/** What this browser knows of the shared draft. `isAhead`: something was written here that the server has not got. */
export type DraftMark = { readonly version: number; readonly isAhead: boolean }

export type DraftPorts = {
  readonly read: () => Promise<Shared>
  readonly write: (draft: Shared) => Promise<Shared>
  readonly mark: () => DraftMark
  readonly setMark: (mark: DraftMark) => void
  readonly text: () => string
  /** Puts into the field what was written on another screen. */
  readonly show: (text: string) => void
  /** Calls once after a pause; answers what takes it back. */
  readonly after: (ms: number, run: () => void) => () => void
}

const pauseMs = 800
const retryMs = 5_000

/**
 * Keeps what is half written the same on all screens of an agent. Here, typing always wins: what comes from elsewhere is
 * taken only while nothing of ours is on its way, and what is written without a network goes out when it is back.
 */
export class DraftSync {
  readonly #ports: DraftPorts
  #cancel: () => void = () => {}
  #isWriting = false
  #isOver = false

  constructor(ports: DraftPorts) {
    this.#ports = ports
  }

  /** Something was typed, sent or taken away. */
  changed(): void {
    const { mark, setMark } = this.#ports
    setMark({ ...mark(), isAhead: true })
    this.#later(pauseMs)
  }

  /** Somebody looks at the conversation (again). */
  async look(): Promise<void> {
    const { mark, setMark, read, text, show } = this.#ports
    if (mark().isAhead) {
      await this.#push()
      return
    }
    const before = text()
    const shared = await read().catch(() => undefined)
    if (shared === undefined || this.#isOver || mark().isAhead || text() !== before) return
    if (shared.version <= mark().version) return
    setMark({ version: shared.version, isAhead: false })
    if (shared.text !== before) show(shared.text)
  }

  /** What is still ahead goes out at once; the page of the conversation is left. */
  end(): void {
    this.#cancel()
    if (this.#ports.mark().isAhead) void this.#push()
    this.#isOver = true
  }

  #later(ms: number): void {
    this.#cancel()
    this.#cancel = this.#ports.after(ms, () => void this.#push())
  }

  async #push(): Promise<void> {
    if (this.#isWriting) return
    const { mark, setMark, write, text } = this.#ports
    this.#isWriting = true
    const sent = text()
    const written = await write({ text: sent, version: mark().version }).catch(() => undefined)
    this.#isWriting = false
    if (written === undefined) {
      if (!this.#isOver) this.#later(retryMs)
      return
    }
    const isAhead = !this.#isOver && text() !== sent
    setMark({ version: written.version, isAhead })
    if (isAhead) this.#later(pauseMs)
  }
}
