// The command as a script or a person runs it: bin/duoke.js as a process of its own.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export const binary = join(import.meta.dirname, '../../bin/duoke.js')
const limitMs = 60_000

export type Environment = Readonly<Record<string, string | undefined>>
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }
export type Options = {
  readonly env?: Environment
  readonly input?: string
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[]
}

/** None of these tests opens the console, so none waits for its build. */
const console = { DUOKE_CONSOLE: import.meta.dirname }

export function spawnDuoke(args: readonly string[], { env = {}, nodeArgs = [] }: Options = {}): ChildProcess {
  return spawn(process.execPath, [...nodeArgs, binary, ...args], { env: { ...process.env, ...console, ...env } })
}

/** Runs one command to its end. */
export async function duoke(args: readonly string[], options: Options = {}): Promise<Ended> {
  const child = spawnDuoke(args, options)
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
  child.stdin?.end(options.input ?? '')
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
  const [code] = await once(child, 'close')
  clearTimeout(limit)
  return { code, stdout: stdout(), stderr: stderr() }
}

/** Runs a command that must succeed, and answers what it printed. */
export async function duokeDone(args: readonly string[], options: Options = {}): Promise<string> {
  const ended = await duoke(args, options)
  assert.equal(ended.code, 0, `duoke ${args.join(' ')}: ${ended.stderr}`)
  return ended.stdout
}

export type Served = AsyncDisposable & {
  readonly url: string
  readonly process: ChildProcess
  stderr(): string
  /** Resolves with the exit code, null when the signal itself ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** `duoke serve` on a free port, ready to be asked. */
export function serve(data: string, options: Options & { args?: readonly string[] } = {}): Promise<Served> {
  return begin(['serve', '--json', '--port', '0', '--data', data, ...(options.args ?? [])], options)
}

/** A command that prints its address as JSON and goes on until it is stopped. */
export async function begin(args: readonly string[], options: Options = {}): Promise<Served> {
  const child = spawnDuoke(args, options)
  const stderr = collect(child.stderr)
  const { url } = JSON.parse(await firstLine(child, stderr))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
    return child.exitCode
  }
  return {
    ...{ url, process: child, stderr, stop },
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}

function firstLine(child: ChildProcess, stderr: () => string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
  })
  child.once('error', reject)
  child.once('exit', (code) => reject(new Error(`duoke ended with ${code}: ${stderr()}`)))
  return promise
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}
