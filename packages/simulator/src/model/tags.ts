/** A label that an account puts on followers (protocol reference, section 6.4). */
export interface Tag {
  accountId: string
  id: number
  name: string
}

/** Nobody can change or delete these: without a group, the blacklist, those with a star. */
export const SYSTEM_TAG_IDS: readonly number[] = [0, 1, 2]
/** The only one of them that members are put into like into any other. */
const STARRED = { id: 2, name: '星标组' } as const
const FIRST_ID = 100

export class Tags {
  readonly #byAccount = new Map<string, Tag[]>()
  readonly #lastIds = new Map<string, number>()

  create(accountId: string, name: string): Tag {
    const id = Math.max(this.#lastIds.get(accountId) ?? 0, FIRST_ID - 1) + 1
    const tag = { accountId, id, name }
    this.put(tag)
    return tag
  }

  put(tag: Tag): void {
    const { accountId, id } = tag
    this.#byAccount.set(accountId, [...this.own(accountId), tag])
    this.#lastIds.set(accountId, Math.max(this.#lastIds.get(accountId) ?? 0, id))
  }

  delete(accountId: string, id: number): void {
    this.#byAccount.set(
      accountId,
      this.own(accountId).filter((tag) => tag.id !== id),
    )
  }

  /** What the account made itself. */
  own(accountId: string): readonly Tag[] {
    return this.#byAccount.get(accountId) ?? []
  }

  of(accountId: string): readonly Tag[] {
    return [{ accountId, ...STARRED }, ...this.own(accountId)]
  }

  all(): Tag[] {
    return [...this.#byAccount.values()].flat()
  }
}
