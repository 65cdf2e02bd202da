import type { Feed } from '../../events/feed.ts'
import type { AppHealth } from './app-health.ts'
import type { FeedMode, FeedState } from './feed-state.ts'
import type { AppPushTimes } from './limits.ts'
import { type After, createWakeUp, pause } from './wake-up.ts'

export type FeedModes = {
  set(mode: FeedMode): void
  /** The app took nothing for the length of a whole push. */
  suspend(reason: string): void
  /** Something was settled or read: perhaps the app has everything that it missed. */
  settled(): void
  /** Tries a suspended app at once. */
  probeNow(): void
}

export type FeedModePorts = {
  readonly feed: Pick<Feed, 'head'>
  readonly health: AppHealth
  readonly after: After
  readonly times: AppPushTimes
  readonly onError: (error: unknown) => void
  /** Whether the suspended app takes pushes again. */
  readonly probe: () => Promise<boolean>
}

/** Suspended, recovering, open: when a feed pushes, and when it only tries now and then. */
export function createFeedModes(ports: FeedModePorts, state: FeedState): FeedModes {
  const { key, window, signal } = state
  const now = createWakeUp(ports.after)

  function set(mode: FeedMode): void {
    const wasSuspended = isSuspended()
    state.mode = mode
    if (mode.kind === 'suspended' && !wasSuspended) void probeUntilOpen()
    state.reopened.ring()
    state.changed.ring()
  }
  const isSuspended = () => state.mode.kind === 'suspended'

  async function probeUntilOpen(): Promise<void> {
    while (isSuspended() && !signal.aborted) {
      const { probeEveryMs } = ports.times
      await Promise.race([pause(ports.after, probeEveryMs, signal), now.wait(probeEveryMs)])
      if (!isSuspended() || signal.aborted) return
      try {
        const isOpen = await ports.probe()
        state.reopened.ring()
        // Somebody may have resumed it meanwhile: nothing is taken back then.
        if (isOpen && isSuspended()) await recover()
      } catch (error) {
        ports.onError(error)
      }
    }
  }

  async function recover(): Promise<void> {
    const head = await ports.feed.head(key.organizationId)
    ports.health.reset(key)
    set({ kind: 'recovering', until: head?.position ?? 0 })
    settled()
  }

  /** The app is asked again only when it has all that it missed: nothing new may overtake it. */
  function settled(): void {
    if (state.mode.kind !== 'recovering' || window.safePosition < state.mode.until) return
    set({ kind: 'open' })
    void ports.health.recovered(key)
  }

  return {
    set,
    suspend(reason) {
      if (isSuspended()) return
      set({ kind: 'suspended' })
      void ports.health.suspend(key, reason)
    },
    settled,
    probeNow: () => now.ring(),
  }
}
