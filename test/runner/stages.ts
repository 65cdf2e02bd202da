// What `npm test` runs, in this order: the cheapest answer first.
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { proofLevel } from '../proof-sizes.ts'
import { unfinishedFiles } from './log-reporter.ts'
import { type Ended, runCommand } from './run-command.ts'
import { afterSecondLook, filesToRepeat, type Looked, seedOf } from './second-look.ts'
import type { Failure, FileResults, Results } from './tally.ts'

export type Selection = { grep: string | undefined; paths: string[] }
export type StageResult = Results & { note: string; unsteady: Failure[] }
export type Stage = { name: string; title: string; run: (selection: Selection) => Promise<StageResult> }

type TestStage = {
  name: string
  title: string
  patterns: string[]
  concurrency: number
  /** How long one test may take. */
  testLimitMs: number
  /** Give the files one PostgreSQL server in DUOKE_TEST_DATABASE_URL, unless that names one already. */
  database: boolean
  /** A program that runs once before the files, when there are any. */
  prepare?: string
  /** A program that runs once behind all files, with the folder where they left notes (their CONSOLE_REQUESTS). */
  conclude?: string
}

const root = join(import.meta.dirname, '..', '..')
export const resultsFolder = join(root, 'test-results')
const notesFolder = join(resultsFolder, 'requests')
const compileCache = join(root, 'node_modules', '.cache', 'duoke')
const minuteMs = 60_000
const stageLimitMs = { test: 10 * minuteMs, ci: 30 * minuteMs, night: 12 * 60 * minuteMs }
const workers = Math.min(4, Math.max(2, availableParallelism()))

export const stages: Stage[] = [
  checkStage('lint', 'format and lint', [['biome', 'check', '--error-on-warnings', '--max-diagnostics=200', '.']]),
  checkStage('types', 'types', [
    ['tsc', '--noEmit', '-p', 'tsconfig.json'],
    ['tsc', '--noEmit', '-p', 'packages/console/tsconfig.json'],
  ]),
  testStage({
    name: 'unit',
    title: 'unit',
    patterns: [
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      ...['wechat', 'contract', 'domain', 'sdk', 'simulator', 'cli'].map((name) => `packages/${name}/**/*.test.ts`),
      'packages/console/src/**/*.test.{ts,tsx}',
      'packages/server/src/**/*.test.ts',
    ],
    concurrency: workers,
    testLimitMs: 3 * minuteMs,
    database: true,
  }),
  testStage({
    name: 'server',
    title: 'server suite',
    patterns: ['packages/server/test/**/*.test.ts'],
    concurrency: workers,
    testLimitMs: 5 * minuteMs,
    database: true,
  }),
  testStage({
    name: 'browser',
    title: 'browser',
    patterns: ['packages/console/test/**/*.browser.test.ts'],
    concurrency: workers,
    prepare: 'packages/console/test/support/prepare.ts',
    conclude: 'packages/console/test/support/console-requests.ts',
    testLimitMs: 3 * minuteMs,
    database: true,
  }),
]

function checkStage(name: string, title: string, commands: [string, ...string[]][]): Stage {
  const run = async (): Promise<StageResult> => {
    const failures: Failure[] = []
    for (const [tool, ...args] of commands) {
      const ended = await runCommand(tool, args, { output: 'keep', limitMs: 5 * minuteMs })
      if (ended.code !== 0) failures.push({ file: '', title: [tool, ...args].join(' '), detail: ended.output })
    }
    const failed = failures.length === 0 ? 0 : 1
    return { passed: 1 - failed, failed, failures, unsteady: [], note: '1 check' }
  }
  return { name, title, run }
}

function testStage(stage: TestStage): Stage {
  return { name: stage.name, title: stage.title, run: (selection) => runTests(stage, selection) }
}

async function runTests(stage: TestStage, selection: Selection): Promise<StageResult> {
  const found = findFiles(stage.patterns)
  const asked = (file: string) => selection.paths.length === 0 || selection.paths.some((path) => file.includes(path))
  const files = found.files.filter(asked)
  const narrowed = selection.grep !== undefined || selection.paths.length > 0
  const empty = narrowed ? [] : found.empty
  const missing = empty.map((pattern) => oneFailure(pattern, 'No test file matches this pattern.'))
  if (files.length === 0) return sum(missing, nothing, 0)
  if (stage.prepare !== undefined) {
    const prepared = await runCommand(process.execPath, [join(root, stage.prepare)], {
      output: 'keep',
      limitMs: 5 * minuteMs,
    })
    if (prepared.code !== 0) return sum([oneFailure(stage.prepare, prepared.output)], nothing, 0)
  }
  if (stage.conclude !== undefined) mkdirSync(notesFolder, { recursive: true })
  const first = await runFiles(stage, selection, longestFirst(files), { log: stage.name })
  let looked: Looked = { ...first, unsteady: [] }
  for (const [index, file] of (narrowed ? [] : filesToRepeat(first)).entries()) {
    console.log(`${stage.title}: looks once more at ${relative(root, file)}, alone`)
    const options = { log: `${stage.name}-again-${index + 1}`, seed: seedOf(first, file) }
    looked = afterSecondLook(looked, await runFiles(stage, selection, [file], options), file)
  }
  const result = sum(missing, looked, files.length)
  return stage.conclude === undefined || narrowed ? result : await conclude(stage.conclude, result)
}

/** One more check, of what all the files did together. */
async function conclude(program: string, result: StageResult): Promise<StageResult> {
  const ended = await runCommand(process.execPath, [join(root, program), notesFolder], {
    output: 'show',
    limitMs: minuteMs,
  })
  if (ended.code === 0) return { ...result, passed: result.passed + 1 }
  const failure = oneFailure(program, ended.output)
  return { ...result, failed: result.failed + 1, failures: [...result.failures, failure] }
}

type RunOptions = { log: string; seed?: string | undefined }

async function runFiles(
  stage: TestStage,
  selection: Selection,
  files: string[],
  { log, seed }: RunOptions,
): Promise<FileResults> {
  const logFile = join(resultsFolder, `${log}.log`)
  const ended = await runCommand(process.execPath, nodeArguments(stage, selection, logFile, files), {
    output: 'show',
    limitMs: stageLimitMs[proofLevel()],
    environment: {
      // Every file is a process of its own: what one compiled is kept for the next, where `duoke` keeps it too.
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? compileCache,
      ...(seed !== undefined && { DUOKE_SEED: seed }),
      ...(stage.conclude !== undefined && { CONSOLE_REQUESTS: notesFolder }),
    },
  })
  return readResults(stage, logFile, ended, selection)
}

function nodeArguments(stage: TestStage, selection: Selection, logFile: string, files: string[]): string[] {
  const test = [
    join(import.meta.dirname, 'run-files.ts'),
    `--log=${logFile}`,
    `--concurrency=${stage.concurrency}`,
    ...(proofLevel() === 'night' ? [] : [`--limit=${stage.testLimitMs}`]),
    ...(selection.grep === undefined ? [] : [`--grep=${selection.grep}`]),
    ...files,
  ]
  if (!stage.database) return test
  return [join(root, 'packages/server/test/support/with-postgres.ts'), '--', process.execPath, ...test]
}

/** Seeded proofs and runs of whole programs take longest; begun last, one of them would be waited for alone. */
function longestFirst(files: readonly string[]): string[] {
  const takesLong = (file: string) => /proofSize\(|startDuoke\(|spawn/.test(readFileSync(join(root, file), 'utf8'))
  const { long = [], short = [] } = Object.groupBy(files, (file) => (takesLong(file) ? 'long' : 'short'))
  return [...long, ...short]
}

function findFiles(patterns: string[]): { files: string[]; empty: string[] } {
  const matches = patterns.map((pattern) => ({
    pattern,
    files: globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }),
  }))
  return {
    files: [...new Set(matches.flatMap((match) => match.files))].sort(),
    empty: matches.filter((match) => match.files.length === 0).map((match) => match.pattern),
  }
}

const nothing: Looked = { passed: 0, failed: 0, failures: [], emptyFiles: [], passedIn: {}, unsteady: [] }

function readResults(stage: TestStage, logFile: string, ended: Ended, selection: Selection): FileResults {
  const log = existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''
  if (ended.timedOut) {
    const files = unfinishedFiles(log).join(', ')
    return addFailure(
      nothing,
      stage.title,
      `The stage took too long and was ended. These files had not ended: ${files}`,
    )
  }
  const lastLine = log.trimEnd().split('\n').at(-1)
  if (!lastLine?.startsWith('{'))
    return addFailure(nothing, stage.title, `Ended with code ${ended.code}.\n${ended.output}`)
  const results = JSON.parse(lastLine) as FileResults // written by our own reporter a moment ago
  if (selection.grep !== undefined) return results
  if (results.emptyFiles.length > 0)
    return addFailure(results, results.emptyFiles.join(', '), 'No test is declared here.')
  if (ended.code !== 0 && results.failed === 0)
    return addFailure(results, stage.title, `Every test passed, but the run ended with code ${ended.code}.`)
  return results
}

function oneFailure(title: string, detail: string): Failure {
  return { file: '', title, detail: `${detail}\n` }
}

function addFailure(results: FileResults, title: string, detail: string): FileResults {
  return { ...results, failed: results.failed + 1, failures: [...results.failures, oneFailure(title, detail)] }
}

function sum(missing: Failure[], results: Looked, files: number): StageResult {
  return {
    passed: results.passed,
    failed: results.failed + missing.length,
    failures: [...missing, ...results.failures],
    unsteady: results.unsteady,
    note: `${results.passed + results.failed} tests in ${files} files`,
  }
}
