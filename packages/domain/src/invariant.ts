/** Thrown only when Duoke itself is wrong: never for what a caller asked. */
export class DomainInvariantError extends Error {
  override readonly name = 'DomainInvariantError'
}

export function unreachable(value: never): never {
  throw new DomainInvariantError(`Unexpected ${JSON.stringify(value)}`)
}

/** What must be there by construction: its absence is a fault of ours. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new DomainInvariantError(`Missing ${what}`)
  return value
}
