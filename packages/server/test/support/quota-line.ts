// One customer and one agent between whom everything takes time, with WeChat's own count at the far end of the line.
import { defaultSessionSettings, type LoggedEvent, type QuotaWindow as Ours } from '@duoke/contract'
import {
  type Command,
  type CustomerAct,
  type Decision,
  decide,
  emptyOrganization,
  evolve,
  quotaAt,
  type ResolvedConfiguration,
} from '@duoke/domain'
import {
  openWindow,
  openWindows,
  QUOTA_TABLES,
  type QuotaWindow,
  remainingIn,
  type TriggerClass,
  takeFromQuota,
} from '@duoke/simulator'

const document: ResolvedConfiguration = {
  organization: {
    ...{ name: 'Acme', timeZone: 'UTC', idleWarningAfterMs: null, idleCloseAfterMs: null, idleWarningText: '' },
    ...{ vanishedGraceMs: 30_000, silentAccountAfterMs: 3_600_000, answerExpiresAfterMs: 600_000 },
    sessions: defaultSessionSettings,
  },
  accounts: [
    {
      ...{ accountId: 'oa', name: 'oa', wechatId: null, originalId: 'gh_1', appId: 'wx1', mode: 'safe', teams: [] },
      ...{ kind: 'official-account', apiBase: 'https://api.example', greeting: null, keywordReplies: [] },
      secretsDigest: '',
    },
  ],
}

/** What a customer does that opens a window at WeChat, and how it reaches us. */
const triggers = { message: 'message', menu: 'menu-click', follow: 'follow', scan: 'scan' } as const satisfies Partial<
  Record<CustomerAct, TriggerClass>
>
export type Trigger = keyof typeof triggers
const classes: Readonly<Record<string, TriggerClass>> = triggers

/** What becomes of an answer once it leaves: after these times it is with WeChat, and we know. */
export type Way = {
  readonly leg: number
  readonly back: number
  readonly fate: 'accepted' | 'refused' | 'lost' | 'half'
}

type Due = { readonly atMs: number; readonly order: number; readonly run: () => void }

/** Time, and what is due in it. */
class Time {
  nowMs: number
  #order = 0
  readonly #due: Due[] = []

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  after(ms: number, run: () => void): void {
    this.#due.push({ atMs: this.nowMs + ms, order: ++this.#order, run })
  }

  pass(ms: number): void {
    const endMs = this.nowMs + ms
    for (;;) {
      const [next] = this.#due.sort((left, right) => left.atMs - right.atMs || left.order - right.order)
      if (next === undefined || next.atMs > endMs) break
      this.#due.shift()
      this.nowMs = next.atMs
      next.run()
    }
    this.nowMs = endMs
  }
}

/** WeChat's side. */
class Upstream {
  windows: QuotaWindow[] = []
  sends = 0
  readonly refused: string[] = []

  act(trigger: Trigger, sentAtMs: number): void {
    this.windows = openWindow(this.windows, QUOTA_TABLES.current, triggers[trigger], sentAtMs)
  }

  take(nowMs: number): number {
    this.sends += 1
    const taken = takeFromQuota(this.windows, nowMs)
    if (taken.kind === 'allowed') this.windows = taken.windows
    else this.refused.push(`${taken.errcode} at ${nowMs}`)
    return taken.kind === 'allowed' ? 0 : taken.errcode
  }

  left(nowMs: number): number {
    return openWindows(this.windows, nowMs).reduce((sum, window) => sum + Number(remainingIn(window)), 0)
  }

  /** Its count of the same window, undefined when it is gone there. */
  usedOf({ trigger, openedAt }: Ours): number | undefined {
    const same = (one: QuotaWindow) => one.trigger === classes[trigger] && one.openedAtMs === Date.parse(openedAt)
    return this.windows.find(same)?.used
  }
}

/** Our side: the decisions alone. */
class Ledger {
  readonly #state = emptyOrganization()
  readonly #time: Time
  #drawn = 0

  constructor(time: Time) {
    this.#time = time
    this.run({ type: 'configuration.apply', actor: { kind: 'operator' }, document, prune: false, dryRun: false })
  }

  get conversationId(): string {
    return [...this.#state.conversations.values()][0]?.id ?? ''
  }

  windows(): readonly Ours[] {
    const [conversation] = [...this.#state.conversations.values()]
    return conversation === undefined ? [] : quotaAt(conversation, this.#time.nowMs).windows
  }

  run(command: Command): Decision {
    const ids = { draw: (kind: string) => `${kind}-${++this.#drawn}` }
    const decision = decide(this.#state, command, { atMs: this.#time.nowMs, ids, digest: () => '' })
    for (const event of decision.accepted ? decision.events : []) {
      const position = this.#state.position + 1
      const logged: LoggedEvent = { ...event, position, version: 1, atMs: this.#time.nowMs }
      evolve(this.#state, logged)
    }
    return decision
  }
}

type Answer = { readonly messageId: string; readonly expiresAtMs: number; readonly way: Way }

export class QuotaLine {
  readonly time: Time
  readonly theirs = new Upstream()
  /** Answers that we did not allow, though WeChat would take them after all that is under way. */
  overcautious = 0
  readonly #ledger: Ledger
  readonly #outbox: Answer[] = []
  #pushes = 0
  #isSending = false

  constructor(startMs: number) {
    this.time = new Time(startMs)
    this.#ledger = new Ledger(this.time)
  }

  ours(): readonly Ours[] {
    return this.#ledger.windows()
  }

  /** Answers that are not settled, and pushes that have not arrived. */
  underWay(): number {
    return this.#pushes + this.#outbox.length
  }

  act(act: Trigger, arrivesAfterMs: number): void {
    const sentAtMs = Math.floor(this.time.nowMs / 1_000) * 1_000
    this.theirs.act(act, sentAtMs)
    this.#pushes += 1
    this.time.after(arrivesAfterMs, () => {
      this.#pushes -= 1
      const content =
        act === 'message' ? ({ type: 'text', text: '?' } as const) : ({ type: 'action', action: act } as const)
      const from = { accountId: 'oa', openid: 'o1' } as const
      this.#ledger.run({ type: 'customer.act', ...from, act, kind: content.type, content, sentAtMs })
    })
  }

  submit(way: Way): void {
    const { conversationId } = this.#ledger
    const content = { type: 'text', text: 'x' } as const
    const decision = this.#ledger.run({ type: 'message.submit', actor: { kind: 'operator' }, conversationId, content })
    if (!decision.accepted) {
      // The last second of a window counts for nothing here.
      const left = this.theirs.left(this.time.nowMs + 1_000)
      if (this.#pushes === 0 && left > this.#outbox.length) this.overcautious += 1
      return
    }
    const [event] = decision.events
    if (event?.type !== 'message.submitted') throw new Error('an answer is submitted')
    const { messageId, expiresAt } = event.facts
    this.#outbox.push({ messageId, expiresAtMs: Date.parse(expiresAt), way })
    this.#sendNext()
  }

  /** Strictly in order, as the outbox sends; an unknown outcome holds nobody back. */
  #sendNext(): void {
    const [answer] = this.#outbox
    if (this.#isSending || answer === undefined) return
    this.#isSending = true
    const { way } = answer
    const arrive = () => (way.fate === 'refused' ? 45002 : this.theirs.take(this.time.nowMs))
    if (answer.expiresAtMs <= this.time.nowMs) this.#settle(answer, 'expired')
    else if (way.fate === 'lost' || way.fate === 'half') {
      // Nobody answers within eight seconds; it may have got through.
      if (way.fate === 'half') this.time.after(way.leg, arrive)
      this.time.after(8_000, () => this.#settle(answer, 'unknown'))
    } else {
      this.time.after(way.leg, () => {
        const code = arrive()
        this.time.after(way.back, () => this.#settle(answer, code === 0 ? 'accepted' : 'refused', code))
      })
    }
  }

  #settle({ messageId }: Answer, outcome: 'accepted' | 'refused' | 'unknown' | 'expired', code = 0): void {
    const { conversationId } = this.#ledger
    const why = code === 0 ? {} : { code }
    this.#ledger.run({ type: 'delivery.settle', conversationId, messageId, outcome, ...why })
    this.#outbox.shift()
    this.#isSending = false
    this.#sendNext()
  }
}
