/**
 * Carries wake-ups, typing and viewing between the servers of an installation: never the truth, and nobody waits for it. A
 * message that is lost costs a moment (F13).
 */
export type Bus = AsyncDisposable & {
  /** To every subscriber of the subject, on this server and on the others. */
  publish(subject: string, bytes: Uint8Array): void
  /** @returns how to stop */
  subscribe(subject: string, listener: (bytes: Uint8Array) => void): () => void
}

/** The bus of an installation with one server. */
export function createLocalBus(): Bus {
  const listeners = new Map<string, Set<(bytes: Uint8Array) => void>>()
  return {
    publish(subject, bytes) {
      for (const listener of listeners.get(subject) ?? []) listener(bytes)
    },
    subscribe(subject, listener) {
      const set = listeners.get(subject) ?? new Set()
      listeners.set(subject, set)
      set.add(listener)
      return () => {
        set.delete(listener)
        if (set.size === 0) listeners.delete(subject)
      }
    },
    async [Symbol.asyncDispose]() {
      listeners.clear()
    },
  }
}

/** The organization stands in every subject, so that nothing of one is ever heard by another (T2). */
export function subjectOf(kind: 'typing' | 'viewing' | 'rewritten', org: string): string {
  return `duoke.${kind}.${org}`
}
