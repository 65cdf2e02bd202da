import type { LiveFigures } from '@duoke/contract'

export type AgentFigures = LiveFigures['agents'][number]
export type Alarm = 'none' | 'amber' | 'red'

/** The same two thresholds as in the list of those who wait. */
export function alarmOf(waitedMs: number): Alarm {
  if (waitedMs >= 100_000) return 'red'
  return waitedMs >= 60_000 ? 'amber' : 'none'
}
