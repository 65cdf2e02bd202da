import { CommandFailure, exitCodes } from './exit-codes.ts'

/** What is told of a failure. */
export type Explained = {
  readonly exitCode: number
  readonly sentence: string
  readonly details: readonly string[]
}

/** Whatever a person can put right, in words and with its exit code; null for a fault of ours, which shows its stack. */
export function explainFailure(error: unknown): Explained | null {
  if (error instanceof CommandFailure) {
    return { exitCode: error.exitCode, sentence: error.message, details: error.details }
  }
  return explainKnown(error) ?? explainDatabase(error) ?? explainSystem(error)
}

/** Errors of our packages are known by their shape: a command that needs none of them loads none. */
function explainKnown(error: unknown): Explained | null {
  if (!(error instanceof Error)) return null
  if (error.name === 'UnusableSettings' && 'problems' in error && Array.isArray(error.problems)) {
    return { exitCode: exitCodes.usage, sentence: 'The settings cannot be used:', details: error.problems.map(String) }
  }
  if (error.name === 'SecretBoxError') {
    return { exitCode: exitCodes.refused, sentence: error.message, details: [] }
  }
  if (error.name === 'DuokeError' && 'code' in error) return explainAnswer(error)
  if ('sentence' in error && 'whatToDo' in error) {
    return { exitCode: exitCodes.refused, sentence: String(error.sentence), details: [String(error.whatToDo)] }
  }
  return null
}

type Problem = {
  readonly title?: string
  readonly detail?: string
  readonly whatToDo?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** An answer of the server that is no success, or that did not come. */
function explainAnswer(error: Error): Explained {
  // A problem document as the SDK has checked it.
  const { problem, status } = error as Error & { problem?: Problem; status?: number }
  if (status === undefined) return unreachable(error.message)
  const { title = error.message, detail, whatToDo, errors = [] } = problem ?? {}
  const words = [title, detail, whatToDo].filter((part) => part !== undefined && part !== '')
  return {
    exitCode: status >= 500 ? exitCodes.unreachable : exitCodes.refused,
    sentence: words.join(' '),
    details: errors.map(({ path, message }) => `${path}: ${message}`),
  }
}

/** Invalid authorization and unknown databases: PostgreSQL answers, and says no. */
function explainDatabase(error: unknown): Explained | null {
  const code = codeOf(error)
  if (!(error instanceof Error) || code === null) return null
  if (/^(28...|3D000)$/.test(code)) {
    const sentence = `The database refuses the connection: ${error.message}.`
    return { exitCode: exitCodes.refused, sentence, details: ['Check user, password and name in --database.'] }
  }
  if (/^(57P0[123]|53300|08...)$/.test(code)) return unreachable(error.message)
  return null
}

const unreachableCodes = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

function explainSystem(error: unknown): Explained | null {
  if (!(error instanceof Error)) return null
  const code = codeOf(error) ?? codeOf(error.cause)
  const isListening = 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'bind')
  if (isListening) {
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`
    const port = 'port' in error ? `Port ${error.port}` : 'The port'
    const where = 'address' in error ? ` on ${error.address}` : ''
    const details = ['Stop what uses it, or choose another address with --host and --port.']
    return { exitCode: exitCodes.refused, sentence: `${port}${where} ${why}.`, details }
  }
  // A database's socket that is not there.
  if (code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect') return unreachable(error.message)
  if (error.message === 'fetch failed' || (code !== null && unreachableCodes.test(code))) {
    return unreachable(error.message === 'fetch failed' && code !== null ? code : error.message || String(code))
  }
  if ('path' in error && 'syscall' in error && code !== null) {
    return { exitCode: exitCodes.usage, sentence: `${error.path} cannot be used: ${error.message}.`, details: [] }
  }
  return null
}

function unreachable(reason: string): Explained {
  const sentence = `The server or database does not answer: ${reason.replace(/\.$/, '')}.`
  return { exitCode: exitCodes.unreachable, sentence, details: [] }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
