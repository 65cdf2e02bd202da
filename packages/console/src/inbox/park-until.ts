export const parkUntils = ['reply', 'halfHour', 'twoHours', 'tomorrow'] as const
export type ParkUntil = (typeof parkUntils)[number]

const minuteMs = 60_000

/** When a conversation comes back at the latest, by the clock on the agent's wall; nothing: when the customer writes. */
export function parkUntil(chosen: ParkUntil, now: Date): string | undefined {
  switch (chosen) {
    case 'reply':
      return undefined
    case 'halfHour':
      return new Date(now.getTime() + 30 * minuteMs).toISOString()
    case 'twoHours':
      return new Date(now.getTime() + 120 * minuteMs).toISOString()
    case 'tomorrow':
      return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 9).toISOString()
    default:
      return chosen satisfies never
  }
}
