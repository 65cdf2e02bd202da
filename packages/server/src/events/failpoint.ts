/**
 * A failpoint ends the process at a named place, as a power cut would, so that tests can examine what remains.
 * In production the port does nothing; `DUOKE_CRASH_AT` is heard only when NODE_ENV is `test`.
 */
export type Failpoint = (name: FailpointName) => void

/** Every place at which the kill loop ends the process, in the order in which a push passes them. */
export const failpointNames = [
  'after_receive',
  'before_commit',
  'after_commit',
  'before_reply',
  'after_reply',
  'before_claim',
  'after_claim',
  'after_socket_write',
  'before_settle',
  'after_settle',
  'media_fetched',
  'timer_fired',
] as const
/** Places on the way to apps, which only a server with apps passes: an app has answered, a feed's position is written. */
export const appFailpointNames = ['app_pushed', 'app_saved'] as const
export type FailpointName = (typeof failpointNames | typeof appFailpointNames)[number]

export const noFailpoint: Failpoint = () => {}

/** Reads DUOKE_CRASH_AT=name and DUOKE_CRASH_AFTER=n (the n-th pass ends the process; the first by default). */
export function failpointFrom(env: Readonly<Record<string, string | undefined>>): Failpoint {
  const at = env.NODE_ENV === 'test' ? env.DUOKE_CRASH_AT : undefined
  if (at === undefined) return noFailpoint
  const passes = Number(env.DUOKE_CRASH_AFTER ?? '1')
  // A test with a wrong name would otherwise pass without a crash.
  const isKnown = [...failpointNames, ...appFailpointNames].some((name) => name === at)
  if (!isKnown) throw new Error(`DUOKE_CRASH_AT names no failpoint: ${at}`)
  if (!Number.isInteger(passes) || passes < 1) throw new Error('DUOKE_CRASH_AFTER is a number from 1.')
  let left = passes
  return (name) => {
    if (name !== at) return
    left -= 1
    // SIGKILL to oneself: no handler, no flush, no goodbye.
    if (left <= 0) process.kill(process.pid, 'SIGKILL')
  }
}
