/** One thing to push, and where it stands in the log. */
export type WindowEntry = { readonly position: number; readonly conversationId: string }

/**
 * What was read from the log and is not yet with the app: in order within each conversation, side by side between them.
 * The position that may be kept lies before everything that is still open.
 */
export type Window<E extends WindowEntry> = {
  /** Answers whether the entry is the first of its conversation: whoever works on it goes on with `next`. */
  add(entry: E): 'first' | 'behind another'
  /** The entry is with the app, or never will be; answers what follows in its conversation. */
  done(entry: E): E | null
  /** All events up to here were looked at. */
  read(position: number): void
  readonly readTo: number
  /** Everything up to here is done. */
  readonly safePosition: number
  readonly size: number
  /** What is still open before `position` in a conversation, in order. */
  openBefore(conversationId: string, position: number): readonly E[]
  oldest(): E | null
}

export function createWindow<E extends WindowEntry>(from: number): Window<E> {
  const lanes = new Map<string, E[]>()
  /** By position, in the order in which they were read: which is the log's. */
  const open = new Map<number, E>()
  let readTo = from

  return {
    add(entry) {
      open.set(entry.position, entry)
      const lane = lanes.get(entry.conversationId)
      if (lane !== undefined) {
        lane.push(entry)
        return 'behind another'
      }
      lanes.set(entry.conversationId, [entry])
      return 'first'
    },
    done(entry) {
      open.delete(entry.position)
      const lane = lanes.get(entry.conversationId) ?? []
      lane.shift()
      const next = lane[0] ?? null
      if (next === null) lanes.delete(entry.conversationId)
      return next
    },
    read(position) {
      readTo = Math.max(readTo, position)
    },
    get readTo() {
      return readTo
    },
    get safePosition() {
      const [first] = open.keys()
      return first === undefined ? readTo : first - 1
    },
    get size() {
      return open.size
    },
    openBefore: (conversationId, position) =>
      (lanes.get(conversationId) ?? []).filter((entry) => entry.position < position),
    oldest: () => open.values().next().value ?? null,
  }
}
