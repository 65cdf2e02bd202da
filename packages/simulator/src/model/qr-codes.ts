import { type Clock, type RandomSource, randomToken } from '../ports.ts'

/** Parameter QR codes (protocol reference, section 6.5). */
export interface QrCode {
  ticket: string
  accountId: string
  /** As it appears in `EventKey`, without the `qrscene_` prefix. */
  scene: string
  url: string
  /** Null: permanent. */
  expiresAtMs: number | null
}

export class QrCodes {
  readonly #clock: Clock
  readonly #random: RandomSource
  readonly #codes = new Map<string, QrCode>()

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock
    this.#random = random
  }

  create(accountId: string, scene: string, lifeSeconds: number | null): QrCode {
    const ticket = `gQ${randomToken(this.#random, 90)}==`
    const url = `http://weixin.qq.com/q/${randomToken(this.#random, 22)}`
    const expiresAtMs = lifeSeconds === null ? null : this.#clock.nowMs() + lifeSeconds * 1000
    const code = { ticket, accountId, scene, url, expiresAtMs }
    this.put(code)
    return code
  }

  put(code: QrCode): void {
    this.#codes.set(code.ticket, code)
  }

  all(): QrCode[] {
    return [...this.#codes.values()]
  }

  find(ticket: string): QrCode | undefined {
    const code = this.#codes.get(ticket)
    if (!code || (code.expiresAtMs !== null && this.#clock.nowMs() >= code.expiresAtMs)) return undefined
    return code
  }

  ofAccount(accountId: string): QrCode[] {
    return [...this.#codes.values()].filter((code) => code.accountId === accountId && this.find(code.ticket))
  }
}
