import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { unfinishedFiles } from './log-reporter.ts'
import type { FileResults } from './tally.ts'

function tallyOf(source: string): FileResults {
  const folder = mkdtempSync(join(tmpdir(), 'duoke-tally-'))
  try {
    writeFileSync(join(folder, 'one.test.mjs'), `import { describe, test } from 'node:test'\n${source}`)
    const reporter = `--test-reporter=${join(import.meta.dirname, 'log-reporter.ts')}`
    // node:test runs nothing inside a test unless the child does not know that it is inside one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    const child = spawnSync(process.execPath, ['--test', reporter, 'one.test.mjs'], { cwd: folder, env })
    return JSON.parse(child.stdout.toString().trimEnd().split('\n').at(-1) ?? '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('tests in a suite are counted and the suite is not', () => {
  const results = tallyOf(`describe('suite', () => { test('one', () => {}); test('two', () => {}) })`)
  const { passedIn, ...sums } = results
  assert.deepEqual(sums, { passed: 2, failed: 0, failures: [], emptyFiles: [] })
  assert.deepEqual(Object.values(passedIn), [2])
})

test('a failing test is told with the titles around it, its error, and what its file printed', () => {
  const results = tallyOf(
    `describe('suite', () => test('bad', () => { console.log('seed 7'); throw new Error('no') }))`,
  )
  assert.equal(results.failed, 1)
  assert.equal(results.failures[0]?.title, 'suite › bad')
  assert.match(results.failures[0]?.detail ?? '', /Error: no[\s\S]*seed 7/)
})

test('a failure is told with what caused it, to the end of the chain', () => {
  const results = tallyOf(`test('bad', () => {
    throw new Error('seed 7', { cause: new Error('lost', { cause: 'the line' }) })
  })`)
  assert.match(results.failures[0]?.detail ?? '', /seed 7[\s\S]*caused by Error: lost[\s\S]*caused by the line/)
})

test('skipped and todo tests count as failures', () => {
  const results = tallyOf(`test('a', { skip: true }, () => {}); test('b', { todo: 'later' }, () => {})`)
  assert.deepEqual(
    results.failures.map((failure) => failure.title),
    ['a', 'b'],
  )
  assert.equal(results.passed, 0)
})

test('a file without a test is found', () => {
  const results = tallyOf('')
  assert.equal(results.passed, 0)
  assert.equal(results.emptyFiles.length, 1)
})

test('a file that cannot be loaded is one failure', () => {
  const results = tallyOf(`import './missing.mjs'`)
  assert.equal(results.failed, 1)
  assert.match(results.failures[0]?.detail ?? '', /missing\.mjs/)
})

test('the files that did not end are found in the log', () => {
  assert.deepEqual(unfinishedFiles('begun a.ts\nbegun b.ts\nok   x\nended a.ts\n'), ['b.ts'])
})
