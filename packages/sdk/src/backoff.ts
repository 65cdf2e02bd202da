export type BackoffLimits = { readonly baseMs: number; readonly capMs: number }

/** Exponential with jitter: between half and all of the step, so that a crowd that lost one server does not return as one. */
export function backoffMs(attempt: number, limits: BackoffLimits, random: number): number {
  const step = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempt, 30))
  return step / 2 + (step / 2) * random
}
