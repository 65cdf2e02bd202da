import { CommanderError } from 'commander'
import { commands } from './commands.ts'
import { exitCodes } from './exit-codes.ts'
import { explainFailure } from './explain-failure.ts'
import { createProgram } from './program.ts'

/** Runs one command line and sets the exit code; every failure is a sentence on standard error. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    await createProgram(commands).parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its own message; help and version are no failures.
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    } else {
      process.exitCode = tell(error, argv.includes('--json'))
    }
  }
}

function tell(error: unknown, asJson: boolean): number {
  const explained = explainFailure(error)
  if (explained === null) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return exitCodes.failed
  }
  const { exitCode, sentence, details } = explained
  if (asJson) console.error(JSON.stringify({ error: sentence, details, exitCode }))
  else console.error([sentence, ...details.map((detail) => `  ${detail}`)].join('\n'))
  return exitCode
}
