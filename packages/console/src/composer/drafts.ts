import type { DraftMark } from './draft-sync.ts'

/** The part of localStorage that we use. */
export type DraftStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** What was half written, kept per agent and conversation over reloads and crashes. A full or forbidden storage only costs that. */
export class Drafts {
  readonly #store: DraftStore | undefined
  readonly #owner: string

  constructor(store: DraftStore | undefined, organizationId: string, agentId: string) {
    this.#store = store
    this.#owner = `${organizationId}/${agentId}`
  }

  read(conversationId: string): string {
    try {
      return this.#store?.getItem(this.#key(conversationId)) ?? ''
    } catch {
      return ''
    }
  }

  write(conversationId: string, text: string): void {
    try {
      if (text === '') this.#store?.removeItem(this.#key(conversationId))
      else this.#store?.setItem(this.#key(conversationId), text)
    } catch {
      // The words are still in the field; only a reload would lose them.
    }
  }

  /** What this browser knows of the draft that all screens share. */
  readMark(conversationId: string): DraftMark {
    // Ours, but anybody at this browser may have edited it.
    const [version, isAhead] = this.read(`${conversationId}#mark`).split(' ')
    return { version: Number.parseInt(version ?? '', 10) || 0, isAhead: isAhead === 'ahead' }
  }

  writeMark(conversationId: string, { version, isAhead }: DraftMark): void {
    this.write(`${conversationId}#mark`, `${version} ${isAhead ? 'ahead' : 'same'}`)
  }

  #key(conversationId: string): string {
    return `duoke.draft:${this.#owner}/${conversationId}`
  }
}
