// Runs test files as `node --test` does, but in the order in which they are given: that one sorts them by name, so that a
// long one which comes last is waited for with the other workers idle.
import { createWriteStream } from 'node:fs'
import { run } from 'node:test'
import { parseArgs } from 'node:util'
import log from './log-reporter.ts'
import progress from './progress-reporter.ts'

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    log: { type: 'string' },
    concurrency: { type: 'string' },
    limit: { type: 'string' },
    grep: { type: 'string' },
  },
})
if (values.log === undefined) throw new Error('Name the file for the log with --log.')

const tests = run({
  files,
  concurrency: Number(values.concurrency ?? 1),
  ...(values.limit !== undefined && { timeout: Number(values.limit) }),
  ...(values.grep !== undefined && { testNamePatterns: [values.grep] }),
})
tests.on('test:fail', () => {
  process.exitCode = 1
})
tests.compose(progress).pipe(process.stdout)
tests.compose(log).pipe(createWriteStream(values.log))
