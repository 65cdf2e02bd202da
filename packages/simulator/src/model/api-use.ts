import type { Clock } from '../ports.ts'

const CHINA_OFFSET_MS = 8 * 3600_000
const DAY_MS = 24 * 3600_000
const CLEARS_PER_MONTH = 10

/** Daily limits as WeChat grants them to a verified account; a path without one here is not limited. */
export const DAILY_LIMITS: Readonly<Record<string, number>> = {
  '/cgi-bin/token': 2_000,
  '/cgi-bin/stable_token': 500_000,
  '/cgi-bin/message/custom/send': 500_000,
  '/cgi-bin/message/custom/typing': 500_000,
  '/cgi-bin/media/upload': 100_000,
  '/cgi-bin/media/get': 200_000,
  '/cgi-bin/user/info': 5_000_000,
  '/cgi-bin/user/get': 500,
  '/cgi-bin/qrcode/create': 100_000,
  '/cgi-bin/menu/create': 1_000,
}

export interface PathUse {
  dailyLimit: number
  used: number
}

/** How often one account has called each path today (China's day), and how often it has asked to forget that. */
export class ApiUse {
  readonly #clock: Clock
  readonly #limits: Record<string, number>
  #day = -1
  #used = new Map<string, number>()
  #clears = { month: '', count: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#limits = { ...DAILY_LIMITS }
  }

  setLimit(path: string, limit: number): void {
    this.#limits[path] = limit
  }

  /** False when the day's limit is reached: 45009. */
  count(path: string): boolean {
    const { used, dailyLimit } = this.of(path) ?? { used: 0, dailyLimit: Number.POSITIVE_INFINITY }
    if (used >= dailyLimit) return false
    this.#used.set(path, used + 1)
    return true
  }

  of(path: string): PathUse | undefined {
    this.#turnDay()
    const dailyLimit = this.#limits[path]
    return dailyLimit === undefined ? undefined : { dailyLimit, used: this.#used.get(path) ?? 0 }
  }

  clearPath(path: string): void {
    this.#used.delete(path)
  }

  /** Ten a month, then 48006. */
  clearAll(): boolean {
    const month = new Date(this.#clock.nowMs() + CHINA_OFFSET_MS).toISOString().slice(0, 7)
    if (this.#clears.month !== month) this.#clears = { month, count: 0 }
    if (this.#clears.count >= CLEARS_PER_MONTH) return false
    this.#clears.count += 1
    this.#used.clear()
    return true
  }

  #turnDay(): void {
    const day = Math.floor((this.#clock.nowMs() + CHINA_OFFSET_MS) / DAY_MS)
    if (day !== this.#day) this.#used.clear()
    this.#day = day
  }
}
