// `duoke start` as a process of its own, as a new user has it: an empty folder, two addresses, a one-time link.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const command = join(import.meta.dirname, '../../packages/cli/bin/duoke.js')

export type StartedDuoke = AsyncDisposable & {
  /** The one-time link, or the console's address when there is nobody to sign in. */
  readonly console: string
  readonly url: string
  readonly phone: string
  readonly port: number
  readonly data: string
  readonly isFirst: boolean
  /** Ends with SIGINT, as Ctrl-C does; resolves with the exit code. */
  stop(): Promise<number | null>
}

/** A folder for the data, taken away at the end. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'duoke-road-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export async function startDuoke(
  data: string,
  options: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<StartedDuoke> {
  const args = [
    'start',
    '--json',
    '--no-open',
    '--port',
    '0',
    '--phone-port',
    '0',
    '--data',
    data,
    ...(options.args ?? []),
  ]
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  })
  const told = (await firstLine(child)) as Pick<StartedDuoke, 'console' | 'phone' | 'data' | 'isFirst' | 'port'> // printed by `duoke start --json`
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT')
      await once(child, 'exit')
    }
    return child.exitCode
  }
  return {
    ...told,
    url: new URL(told.console).origin,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  let text = ''
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`duoke start ended with code ${code}: ${text}`)
  })
  const line = new Promise<string>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
  })
  const found = await Promise.race([line, ended])
  ended.catch(() => {})
  return JSON.parse(String(found))
}
