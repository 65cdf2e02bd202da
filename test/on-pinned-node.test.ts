import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

describe('a command of this repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'duoke-pinned-'))
  const script = join(folder, 'test/on-pinned-node.cjs')
  mkdirSync(join(folder, 'test'))
  copyFileSync(join(import.meta.dirname, 'on-pinned-node.cjs'), script)
  writeFileSync(join(folder, 'asked.mjs'), 'console.log(process.argv.slice(2).join()); process.exitCode = 3')
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs the script in a repository where nothing is installed, on a Node that says it is of this version. */
  function runAs(version: string) {
    const pretending = join(folder, 'pretend.cjs')
    writeFileSync(
      pretending,
      `Object.defineProperty(process, 'version', { value: 'v${version}' })
       Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
    )
    return spawnSync(process.execPath, ['--require', pretending, script, 'asked.mjs', 'one', 'two'])
  }

  test('runs on a Node that is new enough, with its arguments and its exit code', () => {
    const { status, stdout } = runAs('26.1.0')
    assert.equal(stdout.toString(), 'one,two\n')
    assert.equal(status, 3)
  })

  test('says in a sentence that the pinned Node is missing, and what to do', () => {
    const { status, stderr } = runAs('20.20.2')
    assert.equal(status, 1)
    assert.match(stderr.toString(), /^The Node 26 .* is not installed \(this is v20\.20\.2\)\. Run: npm ci.*\n$/)
  })

  test('says in a sentence that a Node is too old, and what to do', () => {
    const { status, stderr } = runAs('18.19.0')
    assert.equal(status, 1)
    assert.match(stderr.toString(), /^Duoke needs Node 20 or later; this is v18\.19\.0\. .*npm ci\n$/)
  })

  test('is asked for by every npm script that runs TypeScript', () => {
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
    const bare = Object.values<string>(scripts).filter((line) => /\.ts\b/.test(line) && !/on-pinned-node/.test(line))
    assert.deepEqual(bare, [])
  })
})
