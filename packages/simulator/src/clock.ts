import type { Clock } from './ports.ts'

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

interface Alarm {
  dueMs: number
  order: number
  run: () => void
}

/** A clock that stands still until it is told to move. Timers fire in the order in which they are due. */
export class ManualClock implements Clock {
  #nowMs: number
  #order = 0
  #alarms: Alarm[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  /** Between two alarms the event loop turns once, so that what the first one started can set the next. */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.#nowMs + byMs
    await turn()
    for (let alarm = this.#nextDue(targetMs); alarm; alarm = this.#nextDue(targetMs)) {
      const fired = alarm
      this.#alarms = this.#alarms.filter((other) => other !== fired)
      this.#nowMs = Math.max(this.#nowMs, fired.dueMs)
      fired.run()
      await turn()
    }
    this.#nowMs = targetMs
  }

  #nextDue(targetMs: number): Alarm | undefined {
    let next: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.dueMs > targetMs) continue
      if (!next || alarm.dueMs < next.dueMs || (alarm.dueMs === next.dueMs && alarm.order < next.order)) next = alarm
    }
    return next
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
