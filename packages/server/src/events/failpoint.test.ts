import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { failpointFrom, failpointNames, noFailpoint } from './failpoint.ts'

/** Passes two places three times each, in a process of its own; answers what it could say and how it ended. */
function run(env: Record<string, string>): { said: string; signal: string | null } {
  const script = `
    const { failpointFrom } = await import(${JSON.stringify(new URL('failpoint.ts', import.meta.url).href)})
    const failpoint = failpointFrom(process.env)
    const { writeSync } = await import('node:fs')
    for (const pass of [1, 2, 3]) {
      failpoint('before_commit')
      writeSync(1, 'b' + pass)
      failpoint('after_commit')
      writeSync(1, 'a' + pass)
    }`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' })
  return { said: child.stdout, signal: child.signal }
}

test('a failpoint ends the process at its place at the pass that was named, like a power cut', () => {
  assert.deepEqual(run({ NODE_ENV: 'test', DUOKE_CRASH_AT: 'after_commit' }), { said: 'b1', signal: 'SIGKILL' })
  assert.deepEqual(run({ NODE_ENV: 'test', DUOKE_CRASH_AT: 'before_commit', DUOKE_CRASH_AFTER: '3' }), {
    said: 'b1a1b2a2',
    signal: 'SIGKILL',
  })
})

test('in production failpoints do nothing', () => {
  assert.equal(failpointFrom({ DUOKE_CRASH_AT: 'after_commit' }), noFailpoint)
  assert.equal(failpointFrom({ NODE_ENV: 'production', DUOKE_CRASH_AT: 'after_commit' }), noFailpoint)
  assert.equal(failpointFrom({ NODE_ENV: 'test' }), noFailpoint)
  for (const name of failpointNames) noFailpoint(name)
})

test('a name that is no failpoint, or a pass that is none, is said at once', () => {
  assert.throws(() => failpointFrom({ NODE_ENV: 'test', DUOKE_CRASH_AT: 'after_comit' }), /names no failpoint/)
  const wrongPass = { NODE_ENV: 'test', DUOKE_CRASH_AT: 'after_commit', DUOKE_CRASH_AFTER: '0' }
  assert.throws(() => failpointFrom(wrongPass), /DUOKE_CRASH_AFTER/)
})
