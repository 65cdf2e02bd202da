/**
 * What lets an account write, how often and for how long (protocol reference, section 5.9, rule since 2023-06-12).
 * A trigger sets its own class back to the maximum; classes do not add up; a send takes from the open class that expires soonest.
 */
export const quotaWindows = {
  message: { limit: 5, lastsMs: 48 * 3_600_000 },
  menu: { limit: 3, lastsMs: 60_000 },
  follow: { limit: 3, lastsMs: 60_000 },
  scan: { limit: 3, lastsMs: 60_000 },
  /** A mini program's customer opened the chat with its customer service (section 9). */
  enter: { limit: 2, lastsMs: 60_000 },
} as const

export type QuotaTrigger = keyof typeof quotaWindows
