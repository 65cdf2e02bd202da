// What can go wrong between us and PostgreSQL, told apart by SQLSTATE: drivers and sockets have words of their own.

/** SQLSTATE of an error that PostgreSQL sent, or that we gave to one of the driver's; else undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code) ? code : undefined
}

/** The database is not there, or not for us now. Later it may be. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
  readonly code: '08006' | '08007' | '53300'

  /**
   * @param code 08006: the connection is lost and nothing was committed. 08007: it was lost during the commit, and whether
   * that took place only the retry key can tell. 53300: every connection of the pool is in use.
   */
  constructor(code: DatabaseUnavailable['code'], cause: unknown) {
    super(sentences[code], { cause })
    this.code = code
  }
}

const sentences = {
  '08006': 'the connection to the database is lost; nothing was committed',
  '08007': 'the connection to the database was lost during a commit; only the retry key can tell whether it took place',
  '53300': 'every connection to the database is in use',
} as const

/** Deadlocks and serialization failures: the same transaction may pass the next time (F12). */
export function isConflict(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === '40001' || state === '40P01'
}

export function isPoolExhausted(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect')
}

/** The connection cannot be used any more, or was never made. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true
  const code = codeOf(error)
  if (code !== undefined) return lostCodes.test(code)
  // The driver's own errors carry no code.
  return error instanceof Error && lostWords.test(error.message)
}

// Class 08; shutdown, crash, starting up; ended for idling inside a transaction; a socket's errors.
const lostCodes =
  /^(08...|57P0[1235]|25P03|ECONN(REFUSED|RESET|ABORTED)|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/
const lostWords = /^Connection terminated|not queryable|^Query read timeout|^Client was closed/

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
