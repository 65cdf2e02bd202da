// A server of the channel in a process of its own, which can be ended as a power cut would.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FailpointName } from '../../src/events/failpoint.ts'
import type { Stage } from './channel-stage.ts'

export type ChannelProcess = AsyncDisposable & {
  /** `undefined` in text when it ended before it listened. */
  readonly url: string
  /** The signal that ended it; null when it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>
  readonly hasEnded: () => boolean
  kill(): void
}

export type ChannelProcessOptions = {
  /** Servers of the same name are runs of one server. */
  readonly name?: string
  /** Ends it at that place, the n-th time that it passes. */
  readonly crash?: { readonly at: FailpointName; readonly after: number }
}

export async function startChannelProcess(
  ground: Stage['ground'],
  { name, crash }: ChannelProcessOptions = {},
): Promise<ChannelProcess> {
  const program = join(import.meta.dirname, 'channel-child.ts')
  const fuse = crash === undefined ? {} : { DUOKE_CRASH_AT: crash.at, DUOKE_CRASH_AFTER: String(crash.after) }
  const child = spawn(process.execPath, [program, JSON.stringify({ ...ground, name })], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test', ...fuse },
  })
  // Writing to one that is dead is no fault of the test's.
  child.stdin.on('error', () => {})
  const ended = once(child, 'exit').then((): NodeJS.Signals | null => child.signalCode)
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  return {
    url: String(first.value),
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: () => void child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}
