/** An answer with what its headers said. `cursor`: follow the events behind this snapshot (Duoke-Cursor). */
export type Answer<T> = { readonly data: T; readonly status: number; readonly cursor: string | undefined }

/** Awaited, it is the data; `withAnswer()` also tells the status and the cursor. Either way the call is made once. */
export class CallPromise<T> extends Promise<T> {
  readonly #answer: Promise<Answer<T>>

  constructor(answer: Promise<Answer<T>>) {
    super((resolve, reject) => {
      answer.then(({ data }) => resolve(data), reject)
    })
    this.#answer = answer
  }

  /** `then` and its kin make plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  withAnswer(): Promise<Answer<T>> {
    // Who asks for the answer hears of a failure there, and need not listen twice.
    this.catch(() => {})
    return this.#answer
  }
}

export type Page<T> = {
  readonly items: readonly T[]
  readonly next: string | null
  readonly cursor: string | undefined
  readonly nextPage: () => PagePromise<T> | undefined
}

type PageData<T> = { readonly items: readonly T[]; readonly next: string | null }

/** Awaited, it is the first page; iterated, it is every item of every page, each page asked for when it is reached. */
export class PagePromise<T> extends Promise<Page<T>> implements AsyncIterable<T> {
  readonly #first: Promise<Page<T>>

  constructor(fetchPage: (after: string | undefined) => Promise<Answer<PageData<T>>>, after?: string) {
    const first = fetchPage(after).then(({ data, cursor }): Page<T> => {
      const { items, next } = data
      const nextPage = () => (next === null ? undefined : new PagePromise(fetchPage, next))
      return { items, next, cursor, nextPage }
    })
    super((resolve, reject) => {
      first.then(resolve, reject)
    })
    this.#first = first
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    this.catch(() => {})
    let page: Page<T> | undefined = await this.#first
    while (page !== undefined) {
      yield* page.items
      page = await page.nextPage()
    }
  }
}
