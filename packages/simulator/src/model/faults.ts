/** What may go wrong on request. A rule waits for the next matching call or push and is used up after `times` (1). */

export type ApiFault =
  | { kind: 'delay'; ms: number }
  /** The work is done and no answer ever comes. */
  | { kind: 'hang' }
  /** `before`: nothing has been done; `after`: done, no byte of the answer; `in-answer`: done, headers and half a body. */
  | { kind: 'cut'; when: 'before' | 'after' | 'in-answer' }
  | { kind: 'errcode'; errcode: number; recorded?: boolean }
  | { kind: 'html'; status?: number; recorded?: boolean }
  | { kind: 'truncated-json' }
  | { kind: 'doubled-json' }

export type PushFault =
  | { kind: 'delay'; ms: number }
  /** The same push again, each copy `gapMs` after the one before, whatever was answered. */
  | { kind: 'duplicate'; copies: number; gapMs: number }
  /** Held back until the next push of the account has left. */
  | { kind: 'reorder' }
  /** Sent whole, but the connection is cut before the answer is read: WeChat will push again. */
  | { kind: 'cut' }
  | { kind: 'lose' }

export type FaultRule =
  | { target: 'api'; fault: ApiFault; account?: string; path?: string; openid?: string; times?: number }
  | { target: 'push'; fault: PushFault; account?: string; openid?: string; times?: number }

export type PlannedFault = FaultRule & { id: number; times: number }

/** What a rule is compared with; a field that the rule does not name matches anything. */
export interface FaultSubject {
  account: string | undefined
  path?: string | undefined
  openid: string | undefined
}

export class FaultPlan {
  #lastId = 0
  #planned: PlannedFault[] = []

  add(rule: FaultRule): PlannedFault {
    const planned = { ...rule, id: ++this.#lastId, times: rule.times ?? 1 }
    this.#planned.push(planned)
    return planned
  }

  list(): readonly PlannedFault[] {
    return this.#planned
  }

  clear(): void {
    this.#planned = []
  }

  remove(id: number): boolean {
    const before = this.#planned.length
    this.#planned = this.#planned.filter((rule) => rule.id !== id)
    return this.#planned.length < before
  }

  takeForApi(subject: FaultSubject): ApiFault | undefined {
    for (const rule of this.#planned) {
      if (rule.target !== 'api' || !matches(rule, subject)) continue
      if (rule.path !== undefined && rule.path !== subject.path) continue
      this.#use(rule)
      return rule.fault
    }
    return undefined
  }

  takeForPush(subject: FaultSubject): PushFault | undefined {
    for (const rule of this.#planned) {
      if (rule.target !== 'push' || !matches(rule, subject)) continue
      this.#use(rule)
      return rule.fault
    }
    return undefined
  }

  #use(rule: PlannedFault): void {
    rule.times -= 1
    if (rule.times <= 0) this.remove(rule.id)
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  if (rule.account !== undefined && rule.account !== subject.account) return false
  return rule.openid === undefined || rule.openid === subject.openid
}
