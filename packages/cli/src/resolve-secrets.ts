import { readFileSync } from 'node:fs'
import { CommandFailure, exitCodes } from './exit-codes.ts'

const secretKeys = new Set(['appSecret', 'token', 'encodingAesKey', 'password'])

type Environment = Readonly<Record<string, string | undefined>>
type Sought = { readonly env: Environment; readonly problems: string[] }

/**
 * Replaces `{ "env": NAME }` and `{ "file": PATH }` under the keys that hold secrets by what they name, and tells of all
 * that name nothing. Paths are relative to the current folder.
 */
export function resolveSecrets(value: unknown, env: Environment = process.env): unknown {
  const problems: string[] = []
  const resolved = resolveBelow(value, '', { env, problems })
  if (problems.length === 0) return resolved
  throw new CommandFailure(exitCodes.refused, 'Some secrets of the document cannot be found.', problems)
}

function resolveBelow(value: unknown, path: string, sought: Sought): unknown {
  if (Array.isArray(value)) return value.map((item, at) => resolveBelow(item, `${path}/${at}`, sought))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const place = `${path}/${key}`
      return [key, secretKeys.has(key) ? resolveOne(place, inner, sought) : resolveBelow(inner, place, sought)]
    }),
  )
}

/** Whatever does not have exactly one of the two forms stays as it is: the server names it as invalid. */
function resolveOne(path: string, value: unknown, { env, problems }: Sought): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return value
  if ('env' in value && typeof value.env === 'string') {
    const found = env[value.env]
    if (found === undefined || found === '') problems.push(`${path}: the variable ${value.env} is not set`)
    return found
  }
  if ('file' in value && typeof value.file === 'string') {
    const found = readSecret(value.file)
    if (found === null) problems.push(`${path}: the file ${value.file} is empty or cannot be read`)
    return found
  }
  return value
}

/** Editors end a file with a line break that is no part of the secret. */
function readSecret(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || null
  } catch {
    return null
  }
}
