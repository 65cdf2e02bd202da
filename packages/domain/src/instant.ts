/** An RFC 3339 instant in UTC with milliseconds, the form in which facts carry time. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString()
}

export function msOf(instant: string): number {
  return Date.parse(instant)
}
