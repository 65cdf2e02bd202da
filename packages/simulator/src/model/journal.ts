/** What went over the wire, for tests and for whoever asks "did it arrive?". Kept in memory, oldest dropped first. */

export interface PushAttempt {
  startedAtMs: number
  tookMs: number
  outcome: PushOutcome
}

export type PushOutcome =
  | { kind: 'acknowledged' }
  | { kind: 'replied'; type: string }
  | { kind: 'malformed'; reason: string }
  | { kind: 'status'; status: number }
  | { kind: 'timeout' }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'cut' }

export interface PushRecord {
  id: number
  account: string
  follower: string
  openid: string
  /** `text`, `image` …; events as `event:subscribe`. */
  type: string
  msgId: string | null
  createTime: number
  attempts: PushAttempt[]
  state: 'pending' | 'delivered' | 'failed' | 'lost'
}

export interface CallRecord {
  atMs: number
  account: string | null
  method: string
  path: string
  openid: string | null
  /** 0 = success; null = the caller got no errcode (a cut, a hang, HTML). */
  errcode: number | null
  fault: string | null
  /** True when the call took effect, whatever the caller was told. */
  recorded: boolean
}

const MAX_RECORDS = 10_000

export class Journal {
  #pushes: PushRecord[] = []
  #calls: CallRecord[] = []

  addPush(push: PushRecord): void {
    this.#pushes.push(push)
    if (this.#pushes.length > MAX_RECORDS) this.#pushes.splice(0, MAX_RECORDS / 10)
  }

  addCall(call: CallRecord): void {
    this.#calls.push(call)
    if (this.#calls.length > MAX_RECORDS) this.#calls.splice(0, MAX_RECORDS / 10)
  }

  pushes(accountId?: string): PushRecord[] {
    return this.#pushes.filter((push) => accountId === undefined || push.account === accountId)
  }

  calls(accountId?: string): CallRecord[] {
    return this.#calls.filter((call) => accountId === undefined || call.account === accountId)
  }
}
