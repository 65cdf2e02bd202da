import { spawn } from 'node:child_process'

export type Ended = { code: number; output: string; timedOut: boolean }

type Options = {
  environment?: Record<string, string | undefined>
  /** Show the output as it comes, or keep it for the one who asked. */
  output: 'show' | 'keep'
  cwd?: string
  limitMs: number
}

const windows = process.platform === 'win32'
const running = new Set<number>()

/** Ends what a command left behind: it ran as a process group of its own, so nobody else is hit. */
function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(windows ? pid : -pid, signal)
  } catch {
    // Nothing of the group is left, which is what we want.
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const pid of running) endGroup(pid, 'SIGTERM')
    setTimeout(() => process.exit(130), 5_000).unref()
  })
}

export function runCommand(command: string, args: string[], options: Options): Promise<Ended> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd,
    detached: !windows,
    shell: windows && command !== process.execPath,
    env: { ...process.env, ...options.environment },
  })
  const { pid } = child
  if (pid !== undefined) running.add(pid)
  let output = ''
  let timedOut = false
  const take = (chunk: Buffer) => {
    output += chunk.toString()
    if (options.output === 'show') process.stdout.write(chunk)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const limit = setTimeout(() => {
    timedOut = true
    if (pid !== undefined) endGroup(pid, 'SIGKILL')
  }, options.limitMs)
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  child.on('error', reject)
  child.on('exit', (code) => {
    clearTimeout(limit)
    // A process that outlives its test would hold our pipes open for ever.
    if (pid !== undefined) endGroup(pid, 'SIGKILL')
    setTimeout(() => child.stdout.destroy(), 1_000).unref()
    setTimeout(() => child.stderr.destroy(), 1_000).unref()
    child.on('close', () => {
      if (pid !== undefined) running.delete(pid)
      resolve({ code: code ?? 1, output, timedOut })
    })
  })
  return promise
}
