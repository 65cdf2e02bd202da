import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'duoke-run-files-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function run(files: Readonly<Record<string, string>>, ...options: string[]) {
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(folder, name)
    writeFileSync(path, `import { test } from 'node:test'\n${content}\n`)
    return path
  })
  const log = join(folder, 'log')
  const program = join(import.meta.dirname, 'run-files.ts')
  // A test that runs tests must not look like a part of itself.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status } = spawnSync(process.execPath, [program, `--log=${log}`, ...options, ...paths], { env })
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  const begun = lines.filter((line) => line.startsWith('begun')).map((line) => line.slice(-5))
  return { status, begun, results: JSON.parse(lines.at(-1) ?? '') }
}

const passes = (title: string) => `test('${title}', () => {})`

test('files run in the order in which they are given, whatever their names', () => {
  const { status, begun, results } = run({ 'c.mjs': passes('c'), 'a.mjs': passes('a'), 'b.mjs': passes('b') })
  assert.deepEqual([status, begun, results.passed], [0, ['c.mjs', 'a.mjs', 'b.mjs'], 3])
})

test('a test that fails, one that hangs and a file that cannot be read fail the run', () => {
  const fails = run({ 'c.mjs': passes('c'), 'a.mjs': `test('a', () => { throw new Error('no') })` })
  assert.deepEqual([fails.status, fails.results.passed, fails.results.failed], [1, 1, 1])
  const hangs = run({ 'a.mjs': `test('a', () => new Promise((resolve) => setTimeout(resolve, 1_500)))` }, '--limit=200')
  assert.deepEqual([hangs.status, hangs.results.passed], [1, 0])
  const broken = run({ 'a.mjs': `import './none.mjs'` })
  assert.deepEqual([broken.status, broken.results.failed], [1, 1])
})

test('of a file only the tests run whose title matches', () => {
  const { status, results } = run({ 'a.mjs': `${passes('one')}\n${passes('two')}` }, '--grep=two')
  assert.deepEqual([status, results.passed], [0, 1])
})
