/** A token bucket per key: a burst of `capacity`, refilled evenly over `windowSeconds`. */
export type Limits = {
  take(key: string, cost?: number): Taking
}
export type Taking = {
  readonly allowed: boolean
  readonly remaining: number
  /** Until the bucket is full again, or, when refused, until the next request is possible. */
  readonly waitSeconds: number
}

type Bucket = { level: number; atMs: number }

/** @param maxKeys bounds the memory: beyond it, the buckets that were full longest ago are forgotten first */
export function createLimits(options: {
  readonly capacity: number
  readonly windowSeconds: number
  readonly nowMs: () => number
  readonly maxKeys?: number
}): Limits {
  const { capacity, windowSeconds, nowMs, maxKeys = 50_000 } = options
  const perMs = capacity / (windowSeconds * 1000)
  const buckets = new Map<string, Bucket>()

  return {
    take(key, cost = 1) {
      const now = nowMs()
      const known = buckets.get(key)
      const refilled =
        known === undefined ? capacity : Math.min(capacity, known.level + Math.max(0, now - known.atMs) * perMs)
      const allowed = refilled >= cost
      const level = allowed ? refilled - cost : refilled
      // Inserted anew, so that the map's own order is the order of last use.
      buckets.delete(key)
      buckets.set(key, { level, atMs: now })
      if (buckets.size > maxKeys) forgetOldest(buckets)
      const missing = allowed ? capacity - level : cost - level
      return { allowed, remaining: Math.floor(level), waitSeconds: Math.ceil(missing / perMs / 1000) }
    },
  }
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const oldest = buckets.keys().next()
  if (!oldest.done) buckets.delete(oldest.value)
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitFields(policy: string, quota: number, windowSeconds: number, taking: Taking) {
  return {
    'RateLimit-Policy': `"${policy}";q=${quota};w=${windowSeconds}`,
    RateLimit: `"${policy}";r=${taking.remaining};t=${taking.waitSeconds}`,
  }
}
