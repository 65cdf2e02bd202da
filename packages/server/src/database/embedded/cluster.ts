// Makes the cluster, and tells whether one that exists can be used.
import { type StdioOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseRefusal } from '../refusal.ts'
import type { Account } from './account.ts'
import { type Folder, type ServerState, writeState } from './folder.ts'
import { type PassedFolder, passedFolder } from './passed-folder.ts'
import type { Programs } from './programs.ts'

/** The superuser, used only to make the other; Duoke signs in as the second, who owns its own database and no more. */
export const administrator = 'postgres'
export const owner = 'duoke'

export type Making = {
  folder: Folder
  programs: Programs
  account: Account | undefined
  loopback: boolean
  durable: boolean
}

/** The cluster gets its name only when it is complete: a kill at any moment before leaves nothing that counts. */
export async function makeCluster({ folder, programs, account, loopback, durable }: Making): Promise<ServerState> {
  const draft = mkdtempSync(join(folder.path, draftPrefix))
  if (account) chownSync(draft, account.uid, account.gid)
  using data = passedFolder(draft)
  const place = { data, account }
  await runToEnd(
    programs.initdb,
    ['-D', data.argument, '-U', administrator, ...initialSettings(programs.major, durable)],
    '',
    place,
  )
  const state: ServerState = {
    name: `duoke-${randomBytes(6).toString('hex')}`,
    ownerPid: process.pid,
    ...(loopback && { loopback: { port: 0, password: randomBytes(24).toString('base64url') } }),
  }
  // Only the superuser's own socket folder leads to the server, and only its account (and root) may enter it.
  const access = loopback ? 'host all all 127.0.0.1/32 scram-sha-256\n' : 'local all all trust\n'
  writeFileSync(join(draft, 'pg_hba.conf'), access, { flush: true })
  const secret = state.loopback ? ` PASSWORD '${state.loopback.password}'` : ''
  const commands = [
    `CREATE ROLE ${owner} LOGIN CREATEDB CREATEROLE${secret};`,
    `CREATE DATABASE ${owner} OWNER ${owner};`,
  ]
  const single = [
    '--single',
    '-D',
    data.argument,
    '-c',
    'exit_on_error=on',
    ...(durable ? [] : ['-c', 'fsync=off']),
    'postgres',
  ]
  await runToEnd(programs.postgres, single, `${commands.join('\n')}\n`, place)
  writeState(folder, state)
  renameSync(draft, folder.cluster)
  flushFolder(folder.path)
  return state
}

const draftPrefix = 'cluster.new-'

/** What a kill during the making left. Its initdb may still be writing; then the next start removes it. */
export function removeDrafts(folder: Folder): void {
  for (const name of readdirSync(folder.path).filter((entry) => entry.startsWith(draftPrefix))) {
    try {
      rmSync(join(folder.path, name), { recursive: true, force: true })
    } catch {}
  }
}

function initialSettings(major: number, durable: boolean): string[] {
  const common = ['-A', 'trust', '-E', 'UTF8', '--locale=C', '--data-checksums', ...(durable ? [] : ['--no-sync'])]
  // Character classes of all of Unicode, ordering by code point, no library of the system involved.
  return major >= 17 ? [...common, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : common
}

type Place = { data: PassedFolder; account: Account | undefined }

async function runToEnd(program: string, args: string[], input: string, { data, account }: Place): Promise<void> {
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...data.descriptors]
  const child = spawn(program, args, { cwd: '/', stdio, windowsHide: true, env: serverEnvironment(), ...account })
  let said = ''
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
  child.on('error', reject)
  child.on('close', resolve)
  child.stdin?.on('error', () => {}) // The program's end says more than the broken pipe.
  child.stdin?.end(input)
  if ((await promise) === 0) return
  throw new DatabaseRefusal(
    'data_unusable',
    `PostgreSQL could not make its cluster in ${data.path}: ${said.trim().split('\n').slice(-4).join(' ')}`,
    'Look at the free space and the permissions of the data folder, or give your own server with --database URL.',
  )
}

/** The operator's PG* variables and language must not reach our own server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH'].map((name) => [
    name,
    process.env[name],
  ])
  return { ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)), LC_ALL: 'C', TZ: 'UTC' }
}

function flushFolder(path: string): void {
  if (process.platform === 'win32') return // Windows cannot open a folder to flush it.
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

export function clusterExists(folder: Folder): boolean {
  return existsSync(join(folder.cluster, 'PG_VERSION'))
}

export function refuseOtherMajor(folder: Folder, programs: Programs): void {
  const major = Number.parseInt(readFileSync(join(folder.cluster, 'PG_VERSION'), 'utf8'), 10)
  if (major === programs.major) return
  const dataDir = join(folder.path, '..')
  const older = major < programs.major
  throw new DatabaseRefusal(
    'other_major',
    `The data in ${dataDir} was written by PostgreSQL ${major}; this Duoke brings ${programs.major}.`,
    `Move it with two commands: \`npx duoke@${older ? '<the version you ran before>' : '<the newer version you ran>'} backup --data ${dataDir} duoke.backup\`, ` +
      `then \`npx duoke restore --data <a new folder> duoke.backup\`.`,
  )
}
