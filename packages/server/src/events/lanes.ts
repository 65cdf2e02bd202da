/**
 * Bounded queues that are served in fair turn: whoever fills one lane waits in it and delays nobody in another.
 */
export type Lanes<T> = {
  /** False when the lane is full: the caller answers 503 with Retry-After. */
  push(lane: string, item: T): boolean
  /** Takes from each lane in turn until `maxItems` or `maxBytes` is reached; at least one item when there is any. */
  take(maxItems: number, maxBytes: number): T[]
  /** Removes and returns the items for which `isStale` holds, looking at the oldest of each lane first. */
  dropStale(isStale: (item: T) => boolean): T[]
  readonly size: number
}

type Lane<T> = { items: T[]; bytes: number }

export function createLanes<T>(options: {
  readonly maxPerLane: number
  /** A lane takes one item more than fits, so that no item is too large for an empty lane. */
  readonly maxBytesPerLane: number
  sizeOf(item: T): number
}): Lanes<T> {
  const { maxPerLane, maxBytesPerLane, sizeOf } = options
  const lanes = new Map<string, Lane<T>>()
  let size = 0
  let turn = 0

  /** Removes the first `count` items; lanes that stand empty are forgotten. */
  function shift(name: string, lane: Lane<T>, count: number): T[] {
    const removed = lane.items.splice(0, count)
    for (const item of removed) lane.bytes -= sizeOf(item)
    size -= removed.length
    if (lane.items.length === 0) lanes.delete(name)
    return removed
  }

  return {
    get size() {
      return size
    },
    push(name, item) {
      const lane = lanes.get(name) ?? { items: [], bytes: 0 }
      if (lane.items.length >= maxPerLane || lane.bytes >= maxBytesPerLane) return false
      lanes.set(name, lane)
      lane.items.push(item)
      lane.bytes += sizeOf(item)
      size += 1
      return true
    },
    take(maxItems, maxBytes) {
      const taken: T[] = []
      let bytes = 0
      const open = [...lanes].map(([name, lane]) => ({ name, lane, count: 0 }))
      let empty = 0
      for (let at = turn; empty < open.length && taken.length < maxItems; at += 1) {
        const next = open[at % open.length]
        const item = next?.lane.items[next.count]
        if (next === undefined || item === undefined) {
          empty += 1
          continue
        }
        bytes += sizeOf(item)
        if (taken.length > 0 && bytes > maxBytes) break
        empty = 0
        next.count += 1
        taken.push(item)
      }
      for (const { name, lane, count } of open) shift(name, lane, count)
      // The next batch starts with another lane, so that the first one has no standing advantage.
      turn += 1
      return taken
    },
    dropStale(isStale) {
      const dropped: T[] = []
      for (const [name, lane] of lanes) {
        const firstFresh = lane.items.findIndex((item) => !isStale(item))
        dropped.push(...shift(name, lane, firstFresh === -1 ? lane.items.length : firstFresh))
      }
      return dropped
    },
  }
}
