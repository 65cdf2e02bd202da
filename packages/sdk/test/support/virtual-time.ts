import type { Ports } from '../../src/ports.ts'

type Timer = { dueMs: number; order: number; run: () => void }

/** Time that moves only when a test says so. */
export class VirtualTime {
  nowMs = Date.UTC(2026, 0, 5, 9)
  #timers: Timer[] = []
  #order = 0

  readonly schedule: Ports['schedule'] = (delayMs, run) => {
    this.#order += 1
    const timer = { dueMs: this.nowMs + delayMs, order: this.#order, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs
    for (let timer = this.#next(untilMs); timer !== undefined; timer = this.#next(untilMs)) {
      this.nowMs = timer.dueMs
      this.#timers = this.#timers.filter((other) => other !== timer)
      timer.run()
    }
    this.nowMs = untilMs
  }

  /** For code that waits for promises between its timers. */
  async pass(byMs: number, stepMs = 50): Promise<void> {
    for (let passedMs = 0; passedMs < byMs; passedMs += stepMs) {
      this.advance(Math.min(stepMs, byMs - passedMs))
      await settle()
    }
  }

  get waiting(): number {
    return this.#timers.length
  }

  #next(untilMs: number): Timer | undefined {
    return this.#timers
      .filter((timer) => timer.dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0]
  }
}

export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A small seeded generator (mulberry32): the same seed gives the same run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
