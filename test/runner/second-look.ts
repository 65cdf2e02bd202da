import type { Failure, FileResults } from './tally.ts'

export type Looked = FileResults & {
  /** What failed once and passed alone: counted as passed, and told with its failure. */
  unsteady: Failure[]
}

/** More than this is no accident of a busy machine. */
const mostFiles = 3

/** The files to run once more, each alone on the machine. None when too many failed, or when no file is to blame. */
export function filesToRepeat({ failures }: FileResults): string[] {
  const files = [...new Set(failures.map(({ file }) => file))]
  return files.length > mostFiles || files.includes('') ? [] : files
}

/** The seed that a failure of the file names: the second look must see the same run, not a luckier one. */
export function seedOf({ failures }: FileResults, file: string): string | undefined {
  const seeds = failures.map((failure) =>
    failure.file === file ? /DUOKE_SEED=(\d+)/.exec(failure.detail)?.[1] : undefined,
  )
  return seeds.find((seed) => seed !== undefined)
}

/** The sum so far, with a second run of one of its files, which counts for that file. */
export function afterSecondLook(before: Looked, again: FileResults, file: string): Looked {
  const passedIn = { ...before.passedIn, [file]: again.passedIn[file] ?? 0 }
  const isOf = (failure: Failure) => failure.file === file
  const failsAgain = ({ title }: Failure) => again.failures.some((failure) => failure.title === title)
  const failures = [...before.failures.filter((failure) => !isOf(failure)), ...again.failures]
  return {
    passed: Object.values(passedIn).reduce((total, count) => total + count, 0),
    failed: failures.length,
    failures,
    emptyFiles: [...new Set([...before.emptyFiles, ...again.emptyFiles])],
    passedIn,
    unsteady: [...before.unsteady, ...before.failures.filter((failure) => isOf(failure) && !failsAgain(failure))],
  }
}
