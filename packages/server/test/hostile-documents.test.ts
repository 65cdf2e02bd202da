// What the system sees while hostile documents are read: nobody opens a file, nobody asks the network.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const program = join(import.meta.dirname, 'support', 'read-hostile.ts')
const folder = mkdtempSync(join(tmpdir(), 'duoke-strace-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function assertRead(output: string): void {
  const { opened, read, refusable } = JSON.parse(output)
  assert.equal(opened, 0, 'no document with an entity opens')
  assert.ok(refusable >= 40 && read > refusable)
}

/** Containers may forbid tracing even where the program is there. */
const canTrace = spawnSync('strace', ['-o', join(folder, 'probe'), process.execPath, '--version']).status === 0

test('F32: not one file is opened and not one connection is made while the documents are read (system calls)', {
  skip: canTrace ? false : 'strace is not here or not allowed',
}, () => {
  const trace = join(folder, 'trace')
  const calls = 'trace=open,openat,openat2,creat,stat,lstat,statx,readlink,execve,socket,connect,sendto,sendmsg,write'
  const run = spawnSync('strace', ['-f', '-e', calls, '-s', '64', '-o', trace, process.execPath, program])
  assert.equal(run.status, 0, String(run.stderr))
  assertRead(String(run.stdout))
  const lines = readFileSync(trace, 'utf8').split('\n')
  const place = (words: string) => lines.findIndex((line) => line.includes(`hostile documents ${words}`))
  const [begin, end] = [place('begin'), place('over')]
  assert.ok(begin > 0 && end > begin, 'the trace shows where the reading begins and ends')
  assert.ok(
    lines.slice(0, begin).some((line) => /openat\(/.test(line)),
    'and what was opened before it',
  )
  const touched = lines.slice(begin + 1, end).filter((line) => !/write\(|resumed|exited|\+\+\+|---/.test(line))
  // Node's own threads look at their limits now and then; nothing else is let through.
  const strange = touched.filter((line) => !/"\/(proc|sys)\//.test(line))
  assert.deepEqual(strange, [])
})

test('F32: they are read where Node allows no file but the program’s own, no process and no network', () => {
  const root = join(import.meta.dirname, '..', '..', '..')
  const run = spawnSync(process.execPath, ['--permission', `--allow-fs-read=${root}`, program], { cwd: root })
  assert.equal(run.status, 0, String(run.stderr))
  assertRead(String(run.stdout))
})
