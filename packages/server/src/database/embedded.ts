// Duoke's own PostgreSQL: the real server, started from an npm package, supervised, and ended with us.
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import type { Connection } from './connection.ts'
import { accountFor } from './embedded/account.ts'
import { administrator, clusterExists, makeCluster, owner, refuseOtherMajor, removeDrafts } from './embedded/cluster.ts'
import {
  type Folder,
  folderOf,
  lockFolder,
  prepareFolder,
  readState,
  type ServerState,
  writeState,
} from './embedded/folder.ts'
import { serverOf } from './embedded/process.ts'
import { findPrograms, type Places } from './embedded/programs.ts'
import { serverSettings, socketPort } from './embedded/settings.ts'
import { Supervisor } from './embedded/supervisor.ts'
import { DatabaseRefusal } from './refusal.ts'

export type EmbeddedOptions = Places & {
  dataDir: string
  /** False only in tests: nothing then survives a power cut. */
  durable?: boolean
  /** Where the server listens: a private socket, or loopback with a password where there are no sockets. */
  listen?: 'socket' | 'loopback'
  /** Settings of PostgreSQL over ours. */
  settings?: Record<string, string>
  log?: (line: string) => void
}

export type EmbeddedPostgres = AsyncDisposable & {
  /** Signs in as the owner of Duoke's database, who is no superuser. */
  readonly connection: Connection
  /** For tests and for repairs by hand: signs in as the superuser over a socket, as the owner over loopback. */
  readonly administrator: Connection
  /** The server's process id, while it runs. */
  pid(): number | undefined
}

/** Starts the server on the folder, making the cluster when there is none; refuses a folder that another Duoke uses. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = prepareFolder(resolve(options.dataDir))
  const lock = lockFolder(folder)
  if (lock === undefined) throw inUse(folder)
  const held = new AsyncDisposableStack()
  held.use(lock)
  try {
    return await startHoldingLock(folder, options, held)
  } catch (error) {
    await held.disposeAsync()
    throw error
  }
}

/** The server of another, living Duoke on this folder; commands that work beside a running server use it. */
export function joinEmbeddedPostgres(dataDir: string): EmbeddedPostgres | undefined {
  const folder = folderOf(resolve(dataDir))
  const state = readState(folder)
  if (state === undefined || serverOf(folder.cluster, state.name) === undefined) return undefined
  const held = new AsyncDisposableStack()
  return present(folder, state, held)
}

/** Whether the data folder has a database of ours; nothing is made or started to find out. */
export function holdsCluster(dataDir: string): boolean {
  return clusterExists(folderOf(resolve(dataDir)))
}

async function startHoldingLock(
  folder: Folder,
  options: EmbeddedOptions,
  held: AsyncDisposableStack,
): Promise<EmbeddedPostgres> {
  const { durable = true, log = () => {} } = options
  const loopback = (options.listen ?? (process.platform === 'win32' ? 'loopback' : 'socket')) === 'loopback'
  const account = accountFor(folder)
  const programs = await findPrograms(folder, account, options)
  removeDrafts(folder)
  const exists = clusterExists(folder)
  if (exists) refuseOtherMajor(folder, programs)
  const known = exists ? readState(folder) : await makeCluster({ folder, programs, account, loopback, durable })
  if (known === undefined) throw withoutState(folder)
  const state = { ...known, ownerPid: process.pid, ...(known.loopback && { loopback: await withPort(known.loopback) }) }
  writeState(folder, state)
  const settings = { ...serverSettings({ durable, port: state.loopback?.port }), ...options.settings }
  const running = present(folder, state, held)
  const plan = { programs, cluster: folder.cluster, account, name: state.name, settings, log }
  const supervisor = await Supervisor.start(plan, running.administrator)
  held.defer(() => supervisor.stop())
  return running
}

async function withPort({ password }: { password: string }): Promise<{ port: number; password: string }> {
  const probe = createServer()
  await new Promise<void>((done, failed) => probe.once('error', failed).listen(0, '127.0.0.1', done))
  const address = probe.address()
  await new Promise((done) => probe.close(done))
  if (address === null || typeof address === 'string') throw new Error('A TCP listener has a port.')
  return { port: address.port, password }
}

function present(folder: Folder, state: ServerState, held: AsyncDisposableStack): EmbeddedPostgres {
  const place = state.loopback
    ? { host: '127.0.0.1', port: state.loopback.port, password: state.loopback.password }
    : { host: shortPath(folder.cluster, held), port: socketPort }
  return {
    connection: { ...place, user: owner, database: owner },
    administrator: state.loopback
      ? { ...place, user: owner, database: 'postgres' }
      : { ...place, user: administrator, database: 'postgres' },
    pid: () => serverOf(folder.cluster, state.name),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** A socket's path may have 103 bytes on some systems, and people have long paths. */
function shortPath(cluster: string, held: AsyncDisposableStack): string {
  if (Buffer.byteLength(join(cluster, `.s.PGSQL.${socketPort}`)) <= 100) return cluster
  if (process.platform === 'linux') {
    const descriptor = openSync(cluster, 'r')
    held.defer(() => closeSync(descriptor))
    return `/proc/${process.pid}/fd/${descriptor}`
  }
  const short = mkdtempSync('/tmp/duoke-')
  held.defer(() => rmSync(short, { recursive: true, force: true }))
  symlinkSync(cluster, join(short, 'd'))
  return join(short, 'd')
}

function inUse(folder: Folder): DatabaseRefusal {
  const pid = readState(folder)?.ownerPid
  const who = pid === undefined ? 'another Duoke' : `another Duoke (process ${pid})`
  return new DatabaseRefusal(
    'data_in_use',
    `The data folder ${join(folder.path, '..')} is in use by ${who}.`,
    'Stop that one first, or name another folder with --data.',
  )
}

function withoutState(folder: Folder): DatabaseRefusal {
  return new DatabaseRefusal(
    'data_unusable',
    `The file state.json, which belongs beside ${folder.cluster}, is missing.`,
    'Put it back, or restore your last backup into a new folder.',
  )
}
