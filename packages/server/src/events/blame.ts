import { isConnectionLost, sqlStateOf } from '../database/trouble.ts'

/**
 * Whose fault a failed batch is. A command that cannot be carried out has to be found and put aside, or it would stop its
 * organization for good; but what PostgreSQL says of itself, of a migration that has not come yet or of rights is no
 * command's fault. Errors that are not PostgreSQL's are ours, and met by some command only.
 */
export function isFaultOfCommands(error: unknown): boolean {
  if (isConnectionLost(error)) return false
  const state = sqlStateOf(error)
  return state === undefined || faultsOfData.test(state)
}

/** Too much for one statement's time: a smaller batch may pass. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof BatchTooSlow || sqlStateOf(error) === '57014'
}

/** A batch holds the organization's lock: it ends in time, however many of its statements are just not slow enough. */
export class BatchTooSlow extends Error {
  override readonly name = 'BatchTooSlow'
  readonly code = '57014'

  constructor(forMs: number) {
    super(`the batch was given up after ${Math.round(forMs)} ms`)
  }
}

/** SQLSTATE classes: unsupported, cardinality, data, integrity, triggered, check option, limits (an index entry too large), raised. */
const faultsOfData = /^(0A|21|22|23|27|44|54|P0)/
