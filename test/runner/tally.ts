// Adds up what node:test reports. Stricter than node:test: a skipped test, a todo and an empty file are failures.
import { resolve } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

export type Failure = { file: string; title: string; detail: string }
export type Results = { passed: number; failed: number; failures: Failure[] }
/** Files that declare no test stand apart: looking for one title leaves most files empty. */
export type FileResults = Results & { emptyFiles: string[]; passedIn: Record<string, number> }

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>

/** Tests that ended, by file; what a file printed is kept to be shown when it fails. */
export class Tally {
  readonly #open = new Map<string, string[]>()
  readonly #output = new Map<string, string[]>()
  readonly #failures: Failure[] = []
  readonly #emptyFiles: string[] = []
  readonly #passedIn = new Map<string, number>()

  add(event: TestEvent): void {
    if (event.type === 'test:start') this.#start(event.data)
    else if (event.type === 'test:pass' || event.type === 'test:fail') this.#end(event)
    else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      this.#print(event.data.file, event.data.message)
    } else if (event.type === 'test:diagnostic') this.#print(event.data.file, `${event.data.message}\n`)
  }

  results(): FileResults {
    const failures = this.#failures.map((failure) => ({
      ...failure,
      detail: [failure.detail, ...(this.#output.get(failure.file) ?? [])].join('').slice(0, 8_000),
    }))
    const passedIn = Object.fromEntries(this.#passedIn)
    const passed = this.#passedIn.values().reduce((total, count) => total + count, 0)
    return { passed, failed: failures.length, failures, emptyFiles: this.#emptyFiles, passedIn }
  }

  #start(data: { name: string; nesting: number; file?: string | undefined }): void {
    const file = resolve(data.file ?? data.name)
    const titles = this.#open.get(file) ?? []
    this.#open.set(file, [...titles.slice(0, data.nesting), data.name])
  }

  #end({ type, data }: Ended): void {
    const file = resolve(data.file ?? data.name)
    const title = [...(this.#open.get(file) ?? []).slice(0, data.nesting), data.name].join(' › ')
    if (type === 'test:fail') {
      const detail = describeError(data.details.error)
      if (detail !== undefined) this.#failures.push({ file, title, detail })
    } else if (data.nesting === 0 && resolve(data.name) === file) {
      // node:test passes a file in which no test was declared; a test that cannot fail is no test.
      this.#emptyFiles.push(file)
    } else if (data.skip !== undefined) {
      this.#failures.push({ file, title, detail: `Skipped (${data.skip}). A test that cannot run must not be here.\n` })
    } else if (data.todo !== undefined) {
      this.#failures.push({ file, title, detail: `Marked todo (${data.todo}). Write it or remove it.\n` })
    } else if (data.details.type !== 'suite') {
      this.#passedIn.set(file, (this.#passedIn.get(file) ?? 0) + 1)
    }
  }

  #print(path: string | undefined, text: string): void {
    if (path === undefined) return
    const file = resolve(path) // node:test names a file as it was given, but its tests with the whole path
    const lines = this.#output.get(file) ?? []
    if (lines.length < 200) this.#output.set(file, [...lines, text])
  }
}

/** What to tell of a failure; undefined when it only repeats the failure of a test inside. */
function describeError(error: Error): string | undefined {
  const code = 'failureType' in error ? error.failureType : undefined
  if (code === 'subtestsFailed') return undefined
  return `${tellCause(error.cause ?? error.message)}\n`
}

/** The whole chain: a proof names its seed, and its cause what went wrong. */
function tellCause(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause === 'string' ? cause : inspect(cause)
  const told = cause.stack ?? cause.message
  return cause.cause === undefined ? told : `${told}\ncaused by ${tellCause(cause.cause)}`
}
