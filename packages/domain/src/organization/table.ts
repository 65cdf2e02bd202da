/**
 * Entities by id. The log's own state is a plain Map; a decision works on a layer above it, so that it can see what its
 * own events lead to while the state below stays as it is until the log has appended them.
 */
export type Table<V> = {
  get(id: string): V | undefined
  has(id: string): boolean
  /** The entity to change in place: in a layer a private copy. */
  edit(id: string): V | undefined
  set(id: string, value: V): void
  delete(id: string): void
  values(): Iterable<V>
  entries(): Iterable<[string, V]>
  /** The same walk for the hot road: no iterator, no pairs. */
  forEach(visit: (value: V, id: string) => void): void
  /** The number of entities, for tests and figures; a layer counts by walking. */
  readonly size: number
}

export class BaseTable<V> implements Table<V> {
  private readonly entities = new Map<string, V>()

  get(id: string): V | undefined {
    return this.entities.get(id)
  }
  has(id: string): boolean {
    return this.entities.has(id)
  }
  edit(id: string): V | undefined {
    return this.entities.get(id)
  }
  set(id: string, value: V): void {
    this.entities.set(id, value)
  }
  delete(id: string): void {
    this.entities.delete(id)
  }
  values(): Iterable<V> {
    return this.entities.values()
  }
  entries(): Iterable<[string, V]> {
    return this.entities.entries()
  }
  forEach(visit: (value: V, id: string) => void): void {
    this.entities.forEach((value, id) => {
      visit(value, id)
    })
  }
  get size(): number {
    return this.entities.size
  }
}

const removed = Symbol('removed')

export class LayerTable<V> implements Table<V> {
  private changes: Map<string, V | typeof removed> | null = null
  private readonly base: Table<V>
  private readonly copy: (value: V) => V

  constructor(base: Table<V>, copy: (value: V) => V) {
    this.base = base
    this.copy = copy
  }

  get(id: string): V | undefined {
    const change = this.changes?.get(id)
    if (change === undefined) return this.base.get(id)
    return change === removed ? undefined : change
  }
  has(id: string): boolean {
    return this.get(id) !== undefined
  }
  edit(id: string): V | undefined {
    const change = this.changes?.get(id)
    if (change !== undefined) return change === removed ? undefined : change
    const below = this.base.get(id)
    if (below === undefined) return undefined
    const own = this.copy(below)
    this.set(id, own)
    return own
  }
  set(id: string, value: V): void {
    this.changes ??= new Map()
    // Who comes back stands last, as in a plain Map.
    if (this.changes.get(id) === removed) this.changes.delete(id)
    this.changes.set(id, value)
  }
  delete(id: string): void {
    this.changes ??= new Map()
    this.changes.set(id, removed)
  }
  values(): Iterable<V> {
    return this.changes === null ? this.base.values() : valuesOf(this.entries())
  }
  entries(): Iterable<[string, V]> {
    return this.changes === null ? this.base.entries() : this.merged(this.changes)
  }
  forEach(visit: (value: V, id: string) => void): void {
    const { base, changes } = this
    if (changes === null) {
      base.forEach(visit)
      return
    }
    base.forEach((value, id) => {
      const change = changes.get(id)
      if (change === undefined) visit(value, id)
      else if (change !== removed) visit(change, id)
    })
    changes.forEach((change, id) => {
      if (change !== removed && !base.has(id)) visit(change, id)
    })
  }
  get size(): number {
    let count = 0
    for (const _ of this.entries()) count++
    return count
  }

  private *merged(changes: Map<string, V | typeof removed>): Iterable<[string, V]> {
    for (const entry of this.base.entries()) {
      const change = changes.get(entry[0])
      if (change === undefined) yield entry
      else if (change !== removed) yield [entry[0], change]
    }
    for (const [id, change] of changes) if (change !== removed && !this.base.has(id)) yield [id, change]
  }
}

function* valuesOf<V>(entries: Iterable<[string, V]>): Iterable<V> {
  for (const [, value] of entries) yield value
}
