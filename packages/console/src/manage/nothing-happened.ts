import { DuokeError } from '@duoke/sdk'
import { fieldErrors } from './use-configuration.ts'

/** The console gives good instants in the right order, so that a refusal of the first one says that the log has nothing there. */
export function nothingHappened(error: unknown): boolean {
  if (!(error instanceof DuokeError) || error.code !== 'invalid_request') return false
  return fieldErrors(error).some(({ path }) => /^\/(?:query|body)\/from$/.test(path))
}
