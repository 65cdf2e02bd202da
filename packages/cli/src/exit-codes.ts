/** What a script can tell from the exit code. Documented in docs/reference/commands.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  unhealthy: 5,
} as const

export const exitCodeMeanings: Record<keyof typeof exitCodes, string> = {
  done: 'The command did what was asked.',
  failed: 'Something unexpected went wrong; the message says what.',
  usage: 'The command line or a setting cannot be understood.',
  refused:
    'What was asked is refused: an invalid document, a missing permission, a folder in use, a backup or archive that does not fit.',
  unreachable: 'The server or the database does not answer.',
  unhealthy: '`duoke doctor` found something that must be put right.',
}

/** A failure that is told in a sentence, with its exit code; no stack. */
export class CommandFailure extends Error {
  readonly exitCode: number
  readonly details: readonly string[]

  constructor(exitCode: number, sentence: string, details: readonly string[] = []) {
    super(sentence)
    this.name = 'CommandFailure'
    this.exitCode = exitCode
    this.details = details
  }
}
