// The folder that the embedded server lives in:
//   database/            0700, ours: nobody else can walk into it
//     lock               held by the kernel for the Duoke process that uses the folder
//     state.json         what another Duoke command on this folder needs to find the running server
//     cluster/           PostgreSQL's own data, owned by the account that the server runs as
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DatabaseRefusal } from '../refusal.ts'

export type Folder = { path: string; cluster: string }

export type ServerState = {
  /** Marks the command line of the server that belongs to this folder, whatever process id it has. */
  name: string
  /** The Duoke process that started the server. */
  ownerPid: number
  /** Only where the server listens on loopback. */
  loopback?: { port: number; password: string }
}

export function folderOf(dataDir: string): Folder {
  const path = join(dataDir, 'database')
  return { path, cluster: join(path, 'cluster') }
}

export function prepareFolder(dataDir: string): Folder {
  const folder = folderOf(dataDir)
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 })
    chmodSync(folder.path, 0o700)
  } catch (error) {
    throw new DatabaseRefusal(
      'data_unusable',
      `The data folder ${dataDir} cannot be written.`,
      'Make it yours (chown), or name another with --data.',
      { cause: error },
    )
  }
  return folder
}

/**
 * Takes the folder for this process, or answers undefined when another process has it. SQLite is here only for its lock:
 * the one portable way in Node to hold a lock that the kernel drops at the very moment its holder dies, however it dies.
 */
export function lockFolder(folder: Folder): Disposable | undefined {
  const lock = new DatabaseSync(join(folder.path, 'lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined
    throw error
  }
  return { [Symbol.dispose]: () => lock.close() }
}

const sqliteBusy = 5

export function readState(folder: Folder): ServerState | undefined {
  const path = join(folder.path, 'state.json')
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')) as ServerState // written by writeState, replaced whole
}

export function writeState(folder: Folder, state: ServerState): void {
  const path = join(folder.path, 'state.json')
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}
