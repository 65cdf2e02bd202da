import type { LoggedEvent } from '@duoke/contract'

/** Appended events are handed over in memory while the reader keeps up with them. */
const liveLimit = 4096

/** One reader of a feed: where it is, what was appended meanwhile, and whether it has to look again. */
export type FeedReader = {
  /** The last position handed over. */
  position: number
  readonly hasEnded: boolean
  /** Appended in this process just now. */
  offer(events: readonly LoggedEvent[]): void
  /** The head of the log as it stood when the reader was at `asked`. */
  see(head: { readonly head: number; readonly epoch: string }, asked: number): void
  /** Before looking for events: whatever wakes the reader from here on makes it look again. */
  beginLooking(): void
  /**
   * The events in memory that go on exactly behind `position`, up to the first gap (another server appended in between).
   * Null when there are none.
   */
  takeLive(): readonly LoggedEvent[] | null
  /** Whether the table may hold what was not offered. While every append is, nobody has to ask the table. */
  readonly mayBeBehind: boolean
  /** Before asking the table for what lies behind `position`. */
  beginAsking(): void
  /** It had more, or nobody knows: it has to be asked again. */
  askAgain(): void
  /** Resolves when there may be something since `beginLooking`, or after `atMost` milliseconds. */
  woken(atMost?: number): Promise<void>
  wake(): void
  end(): void
}

export function createFeedReader(after: number, knownEpoch?: string): FeedReader {
  /** Null after an overflow, until the table is asked. */
  let live: LoggedEvent[] | null = []
  let epoch = knownEpoch ?? null
  let mustLook = false
  let mayBeBehind = true
  let hasEnded = false
  let resolveWait: (() => void) | null = null

  function look() {
    mustLook = true
    resolveWait?.()
  }

  const reader: FeedReader = {
    position: after,
    get hasEnded() {
      return hasEnded
    },
    get mayBeBehind() {
      return mayBeBehind
    },
    beginAsking() {
      mayBeBehind = false
    },
    askAgain() {
      mayBeBehind = true
    },
    offer(events) {
      if (live !== null && live.length + events.length <= liveLimit) live.push(...events)
      else live = null
      mayBeBehind ||= live === null
      look()
    },
    see(head, asked) {
      epoch ??= head.epoch
      if (head.epoch !== epoch || head.head < asked) reader.end()
      else if (head.head > reader.position) reader.wake()
    },
    beginLooking() {
      mustLook = false
    },
    takeLive() {
      const { following, hasGap } = goingOn(live ?? [], reader.position)
      live = []
      mayBeBehind ||= hasGap
      return following.length > 0 ? following : null
    },
    async woken(atMost) {
      if (mustLook || hasEnded) return
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        resolveWait = resolve
        if (atMost !== undefined) timer = setTimeout(resolve, atMost)
        timer?.unref()
      })
      clearTimeout(timer)
      resolveWait = null
    },
    wake() {
      mayBeBehind = true
      look()
    },
    end() {
      hasEnded = true
      reader.wake()
    },
  }
  return reader
}

function goingOn(appended: readonly LoggedEvent[], position: number) {
  const following: LoggedEvent[] = []
  for (const event of appended) {
    const next = position + following.length + 1
    if (event.position > next) return { following, hasGap: true }
    if (event.position === next) following.push(event)
  }
  return { following, hasGap: false }
}
