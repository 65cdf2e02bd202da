// Duoke as it is run, `main.ts` in a process of its own, so that it can be killed as a machine kills.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FailpointName } from '../../src/events/failpoint.ts'

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null }
export type Crash = { readonly at: FailpointName; readonly after: number }

const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const keptLines = 20

/** What a server of a test gets from outside: its own settings and nothing that a developer happened to set. */
function environmentOf(settings: Readonly<Record<string, string>>, crash: Crash | null) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('DUOKE_'))
  return {
    ...Object.fromEntries(inherited),
    ...settings,
    NODE_ENV: 'test',
    DUOKE_PORT: '0',
    DUOKE_LOG_LEVEL: 'warn',
    DUOKE_RATE_LIMIT: '10000000',
    ...(crash !== null && { DUOKE_CRASH_AT: crash.at, DUOKE_CRASH_AFTER: String(crash.after) }),
  }
}

export type KillServer = AsyncDisposable & {
  /** Its address, or null when it ended before it had one. */
  readonly ready: Promise<string | null>
  readonly ended: Promise<Ended>
  /** The last lines that it said, for a failure's message. */
  said(): string
  signal(name: 'SIGKILL' | 'SIGTERM'): void
}

export function startKillServer(settings: Readonly<Record<string, string>>, crash: Crash | null = null): KillServer {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentOf(settings, crash),
  })
  const lines: string[] = []
  const { promise: ready, resolve: isReady } = Promise.withResolvers<string | null>()
  const { promise: ended, resolve: hasEnded } = Promise.withResolvers<Ended>()
  const hear = (line: string) => {
    if (lines.push(line) > keptLines) lines.shift()
    if (line.startsWith('Duoke http')) isReady(line.slice('Duoke '.length))
  }
  createInterface({ input: child.stdout }).on('line', hear)
  createInterface({ input: child.stderr }).on('line', hear)
  // Not "close": PostgreSQL's processes hold our pipes for a moment longer than the one that was killed.
  child.on('exit', (code, signal) => {
    isReady(null)
    hasEnded({ code, signal })
  })
  return {
    ready,
    ended,
    said: () => lines.join('\n'),
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
