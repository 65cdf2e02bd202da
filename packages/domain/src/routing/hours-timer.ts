import type { Attempt } from '../attempt.ts'
import { setTimer, timerKey } from '../conversation/idle-timer.ts'
import { nextOpeningMs } from './opening.ts'

/** Wakes routing when a team next opens or closes: who waits for it is served the moment it opens. */
export function setHoursTimer(attempt: Attempt): void {
  const timer = { kind: 'hours' } as const
  const nextMs = nextOpeningMs(attempt.state, attempt.context)
  attempt.timers.push(nextMs === null ? { clear: timerKey(timer) } : setTimer(timer, nextMs))
}
