// The server's process: how it is started, how it ends with us, and how one is found that was left behind.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { serverEnvironment } from './cluster.ts'
import { passedFolder } from './passed-folder.ts'
import type { Programs } from './programs.ts'

export type Launch = {
  programs: Programs
  cluster: string
  account: Account | undefined
  name: string
  settings: Record<string, string>
  log: (line: string) => void
}

export type ServerProcess = {
  /** Resolves when the process has ended, with its last lines. */
  ended: Promise<string[]>
  /** Writes everything down and ends it. */
  stop(): Promise<void>
}

const windows = process.platform === 'win32'
const run = promisify(execFile)

/**
 * A shell waits beside the server for the end of its input, which the kernel closes when this process dies, however it
 * dies, and then asks the server for a clean, fast shutdown. (On Windows the job object of Node does the same, harder.)
 */
const untilWeDie = `
exec 4<&0 </dev/null
"$@" 4<&- & server=$!
(read -r _ <&4; kill -INT $server) & watcher=$!
wait $server; code=$?
kill $watcher 2>/dev/null
exit $code`

const shutdownMs = 15_000

export function launch({ programs, cluster, account, name, settings, log }: Launch): ServerProcess {
  const values = Object.entries({ ...settings, cluster_name: name })
  using data = passedFolder(cluster)
  const args = ['-D', data.argument, ...values.flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  const [program, ...rest] = windows
    ? [programs.postgres, ...args]
    : ['/bin/sh', '-c', untilWeDie, 'sh', programs.postgres, ...args]
  const child = spawn(program, rest, {
    cwd: '/',
    // A session of its own: Ctrl-C in the terminal reaches us, who drain first, and not the server.
    detached: !windows,
    windowsHide: true,
    env: serverEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe', ...data.descriptors],
    ...account,
  })
  child.stdin?.on('error', () => {}) // Its end says more than the broken pipe.
  const ended = followToEnd(child, log).finally(() => child.stdin?.destroy())
  const stop = async () => {
    if (windows) await stopLeftBehind(cluster, name, programs)
    child.stdin?.end()
    const gone = ended.then(() => true)
    if (await Promise.race([gone, sleep(shutdownMs, false, { ref: false })])) return
    await stopLeftBehind(cluster, name, programs)
    await ended
  }
  return { ended, stop }
}

function followToEnd(child: ChildProcess, log: (line: string) => void): Promise<string[]> {
  const last: string[] = []
  const { promise, resolve } = Promise.withResolvers<string[]>()
  const take = (line: string) => {
    last.push(line)
    if (last.length > 20) last.shift()
    log(line)
  }
  if (child.stderr) createInterface({ input: child.stderr }).on('line', take)
  child.on('error', (error) => {
    take(error.message)
    resolve(last)
  })
  // `exit`, not `close`: a backend that outlives the server may hold the pipe open.
  child.on('exit', () => setImmediate(resolve, last))
  return promise
}

/**
 * Ends a server whose Duoke was killed, and clears what a dead one left. Only the holder of the folder's lock may call
 * this: then no living Duoke has a server on this cluster.
 */
export async function stopLeftBehind(cluster: string, name: string, programs: Programs): Promise<void> {
  for (const [signal, patienceMs] of [
    ['INT', shutdownMs],
    ['QUIT', 5_000],
    ['KILL', 5_000],
  ] as const) {
    const pid = serverOf(cluster, name)
    if (pid === undefined) break
    await send(signal, pid, programs)
    const deadline = performance.now() + patienceMs
    while (performance.now() < deadline && isServer(pid, name)) await sleep(10)
  }
  disownStalePid(cluster)
  for (const file of readdirSync(cluster))
    if (file.startsWith('.s.PGSQL.')) rmSync(join(cluster, file), { force: true })
}

async function send(signal: 'INT' | 'QUIT' | 'KILL', pid: number, { pgCtl }: Programs): Promise<void> {
  try {
    if (windows) await run(pgCtl, ['kill', signal, String(pid)])
    else process.kill(pid, `SIG${signal}`)
  } catch {
    // It ended in the meantime.
  }
}

/** The process id of the living server of this cluster. */
export function serverOf(cluster: string, name: string): number | undefined {
  const pid = recordedPid(cluster)
  return pid !== undefined && isServer(pid, name) ? pid : undefined
}

function recordedPid(cluster: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10)
    return pid > 0 ? pid : undefined
  } catch {
    return undefined // There is none, or it goes away this very moment.
  }
}

/** A process id alone proves nothing: ids come round again, in containers at every start. */
function isServer(pid: number, name: string): boolean {
  if (!isAlive(pid)) return false
  try {
    const commandLine = commandLineOf(pid)
    if (windows) return commandLine.includes('"postgres.exe"')
    return !commandLine.startsWith('/bin/sh') && commandLine.includes(`cluster_name=${name}`)
  } catch {
    return false // It ended in the meantime.
  }
}

/** Windows tells the program's name only. */
function commandLineOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  return windows
    ? execFileSync('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], { encoding: 'utf8', windowsHide: true })
    : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * PostgreSQL refuses to start while the recorded process id is in use by anybody. When it is a stranger's we write an id
 * that no process can have, and keep the other lines: by them PostgreSQL finds backends that outlived their server.
 */
function disownStalePid(cluster: string): void {
  const path = join(cluster, 'postmaster.pid')
  if (!existsSync(path)) return
  const [, ...rest] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, [impossiblePid, ...rest].join('\n'))
}

const impossiblePid = 2_147_483_646
