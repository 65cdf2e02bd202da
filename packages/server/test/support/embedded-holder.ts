// Drives `embedded-child.ts` from a test: what it said so far, and how it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export class EmbeddedHolder implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #waiting = new Set<() => void>()
  readonly ended: Promise<number | null>

  constructor(folder: string, launcher: string[] = []) {
    const [program = process.execPath, ...args] = [
      ...launcher,
      process.execPath,
      join(import.meta.dirname, 'embedded-child.ts'),
      folder,
    ]
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdin?.on('error', () => {}) // It may be dead already.
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line))
    const { promise, resolve } = Promise.withResolvers<number | null>()
    this.ended = promise
    this.#child.on('close', (code) => {
      this.#hear('ended')
      resolve(code)
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  #hear(line: string): void {
    this.#lines.push(line)
    for (const wake of this.#waiting) wake()
  }

  /** The first line that begins so; also ends when the process does, with undefined. */
  async says(beginning: string): Promise<string | undefined> {
    for (;;) {
      const line = this.#lines.find((said) => said.startsWith(beginning))
      if (line !== undefined || this.#lines.includes('ended')) return line
      await new Promise<void>((wake) => this.#waiting.add(wake))
    }
  }

  /** The last number whose commit it was told of. */
  lastCommitted(): number {
    const line = this.#lines.findLast((said) => said.startsWith('committed '))
    return line === undefined ? 0 : Number(line.split(' ')[1])
  }

  async serverPid(): Promise<number> {
    const line = await this.says('ready ')
    if (line === undefined) throw new Error(`The child ended: ${this.#lines.join(' · ')}`)
    return Number(line.split(' ')[1])
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end()
    await this.ended
  }
}

export type ProcessRow = { pid: number; parent: number }

/** Every process of a Linux machine, with its parent. */
export function processes(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1]
        return [{ pid: Number(name), parent: Number(parent) }]
      } catch {
        return [] // It ended while we looked.
      }
    })
}
