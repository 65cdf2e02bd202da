import type { LiveFigures } from '@duoke/contract'

export type AgentFigures = LiveFigures['agents'][number]
export const columns = ['agentId', 'status', 'load', 'unanswered', 'parked', 'hands'] as const
export type Column = (typeof columns)[number]
export type Sorting = { readonly by: Column; readonly isDescending: boolean }

/** A second click on the same column turns it round. */
export function sortedBy({ by, isDescending }: Sorting, chosen: Column): Sorting {
  return { by: chosen, isDescending: by === chosen ? !isDescending : chosen !== 'agentId' && chosen !== 'status' }
}

/** Equal ones stay in the order of their ids, so that rows do not change places by themselves. */
export function inOrder(agents: readonly AgentFigures[], { by, isDescending }: Sorting): AgentFigures[] {
  return agents.toSorted((left, right) => {
    const [a, b] = [left[by], right[by]]
    if (a !== b) return (a < b ? -1 : 1) * (isDescending ? -1 : 1)
    return left.agentId < right.agentId ? -1 : 1
  })
}

export type Alarm = 'none' | 'amber' | 'red'

/** The same two thresholds as in the list of those who wait. */
export function alarmOf(waitedMs: number): Alarm {
  if (waitedMs >= 100_000) return 'red'
  return waitedMs >= 60_000 ? 'amber' : 'none'
}
