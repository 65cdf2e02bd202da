/** What happens when: by time, then by rank, then in the order in which it was entered. */
export type Entry<T> = { readonly atMs: number; readonly rank: number; readonly entered: number; readonly what: T }

/** A binary heap: a day of a large organization has a hundred thousand entries. */
export class Agenda<T> {
  private readonly heap: Entry<T>[] = []
  private entered = 0

  add(atMs: number, rank: number, what: T): Entry<T> {
    const entry = { atMs, rank, entered: this.entered++, what }
    const { heap } = this
    let at = heap.push(entry) - 1
    while (at > 0) {
      const above = (at - 1) >>> 1
      const other = heap[above]
      if (other === undefined || !isBefore(entry, other)) break
      heap[at] = other
      at = above
    }
    heap[at] = entry
    return entry
  }

  next(): Entry<T> | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
      const isRight = right !== undefined && left !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (child === undefined || !isBefore(child, last)) break
      heap[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = last
    return first
  }

  peek(): Entry<T> | undefined {
    return this.heap[0]
  }
}

function isBefore<T>(left: Entry<T>, right: Entry<T>): boolean {
  if (left.atMs !== right.atMs) return left.atMs < right.atMs
  return left.rank !== right.rank ? left.rank < right.rank : left.entered < right.entered
}
