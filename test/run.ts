// `npm test`: every stage in order, the failures again at the end, and one line with the sum. Where up to three files
// of a stage failed they are run once more alone, and what passes then is counted as passed but told as UNSTEADY.
//   npm test                          everything
//   npm test -- --only unit,server    some stages: lint, types, unit, server, browser
//   npm test -- --grep "first come"   tests whose title matches
//   npm test -- packages/wechat       test files whose path contains these words
import { mkdirSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { proofLevel } from './proof-sizes.ts'
import { resultsFolder, type Selection, type Stage, type StageResult, stages } from './runner/stages.ts'
import type { Failure } from './runner/tally.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, grep: { type: 'string' }, proof: { type: 'string' } },
})

function chosenStages(): Stage[] {
  const named = values.only?.split(',')
  const unknown = named?.filter((name) => !stages.some((stage) => stage.name === name)) ?? []
  if (unknown.length > 0) {
    throw new Error(
      `No stage is called ${unknown.join(', ')}. Choose from: ${stages.map(({ name }) => name).join(', ')}.`,
    )
  }
  if (named) return stages.filter((stage) => named.includes(stage.name))
  // Who names a test or a file wants that answer, not the formatter's.
  const narrowed = values.grep !== undefined || positionals.length > 0
  return narrowed ? stages.filter((stage) => !['lint', 'types'].includes(stage.name)) : stages
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

async function runStage(stage: Stage, selection: Selection): Promise<StageResult> {
  const startedAt = performance.now()
  const result = await stage.run(selection)
  const verdict = result.failed === 0 ? 'passed' : `${result.failed} failed`
  console.log(
    `${stage.title.padEnd(16)} ${verdict.padEnd(10)} ${result.note.padEnd(24)} ${seconds(performance.now() - startedAt)}`,
  )
  return result
}

function printFailure(failure: Failure, word: 'FAILED' | 'UNSTEADY'): void {
  const place = failure.file === '' ? '' : `  (${relative(process.cwd(), failure.file)})`
  console.log(`\n${word} ${failure.title}${place}\n${failure.detail.trimEnd().replaceAll(/^/gm, '    ')}`)
}

async function main(): Promise<void> {
  if (values.proof !== undefined) process.env['DUOKE_PROOF'] = values.proof
  const chosen = chosenStages()
  const selection = { grep: values.grep, paths: positionals }
  rmSync(resultsFolder, { recursive: true, force: true })
  mkdirSync(resultsFolder, { recursive: true })
  console.log(`Node ${process.versions.node}, proofs at the size "${proofLevel()}"; logs are in test-results/\n`)
  const startedAt = performance.now()
  const results: StageResult[] = []
  for (const stage of chosen) results.push(await runStage(stage, selection))
  const unsteady = results.flatMap((result) => result.unsteady)
  for (const failure of unsteady) printFailure(failure, 'UNSTEADY')
  for (const failure of results.flatMap((result) => result.failures)) printFailure(failure, 'FAILED')
  const passed = results.reduce((total, result) => total + result.passed, 0)
  const failed = results.reduce((total, result) => total + result.failed, 0)
  const nothing = passed + failed === 0
  if (nothing) console.log('\nNo test matches what you asked for.')
  if (unsteady.length > 0)
    console.log(
      `\n${unsteady.length} unsteady: failed in the first run and passed alone. Find out why; it is not fine.`,
    )
  console.log(`\n${chosen.length} stages in ${seconds(performance.now() - startedAt)}`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || nothing ? 1 : 0
}

await main()
