import type { FeedState } from './feed-state.ts'
import { noteGivenUp } from './feed-state.ts'
import { appPushLimits } from './limits.ts'
import { type AppTarget, verifyApp } from './post.ts'
import { type PushEntryPorts, tryEntry } from './push-entry.ts'
import { isProper } from './reply.ts'

export type ProbePorts = PushEntryPorts & {
  /** Where the app's server is; null when the app is attached no more. */
  readonly address: () => Promise<AppTarget | null>
}

/**
 * Whether a suspended app takes pushes again. The oldest push that it missed is the question, so that nothing overtakes
 * it; where it missed nothing, the address is verified. An app that is down loses nothing however long that lasts; a
 * single push that it refuses while its address answers is given up after a few probes, so that the others get through.
 */
export async function probe(ports: ProbePorts, state: FeedState): Promise<boolean> {
  const target = await ports.address()
  if (target === null) return false
  const oldest = state.window.oldest()
  if (oldest === null) return (await verifyApp(ports, target)).ok
  const to = await ports.targetOf(oldest)
  if (to === null) {
    // It may not have this one any more: the lane lets it go, and the next probe takes what follows.
    oldest.isSettled = true
    return (await verifyApp(ports, target)).ok
  }
  const tried = await tryEntry(ports, state, oldest, to, true)
  if (tried === null) return false
  if (isProper(tried.answer)) return true
  if (tried.answer.kind === 'failed' && (await verifyApp(ports, target)).ok) {
    oldest.refusedProbes += 1
    if (oldest.refusedProbes >= appPushLimits.refusedProbes) noteGivenUp(state, oldest, ports.nowMs(), 'refused')
  }
  return false
}
