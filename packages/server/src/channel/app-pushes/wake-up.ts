/** Waits for something to change, without asking again and again. */
export type WakeUp = {
  /** Resolves with the next `ring`, or after `atMostMs`. */
  wait(atMostMs: number): Promise<void>
  ring(): void
}

/** Real timers, or a simulation's. */
export type After = (ms: number, act: () => void) => () => void

export const realAfter: After = (ms, act) => {
  const timer = setTimeout(act, ms)
  timer.unref()
  return () => clearTimeout(timer)
}

export function createWakeUp(after: After): WakeUp {
  let waiting: (() => void)[] = []
  return {
    wait(atMostMs) {
      if (atMostMs <= 0) return Promise.resolve()
      return new Promise((resolve) => {
        const cancel = after(atMostMs, resolve)
        waiting.push(() => {
          cancel()
          resolve()
        })
      })
    },
    ring() {
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
  }
}

/** A wait that ends early when the signal is aborted. */
export function pause(after: After, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = after(ms, end)
    signal.addEventListener('abort', end)
  })
}
