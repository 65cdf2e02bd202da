import { sealPush, signature, writePush } from '@duoke/wechat'
import type { ChatContent } from '../model/chat.ts'
import type { PushAttempt, PushOutcome, PushRecord } from '../model/journal.ts'
import type { Account, World } from '../model/world.ts'
import { type HttpAnswer, randomToken, toSeconds } from '../ports.ts'
import type { PushContent, PushOrder } from './order.ts'
import { interpretAnswer } from './replies.ts'

/** Protocol reference, section 2.1. Five seconds a try, three tries in all. */
export interface RetryContract {
  timeoutMs: number
  tries: number
}

export const WECHAT_RETRIES: RetryContract = { timeoutMs: 5_000, tries: 3 }

export type Verified = { ok: true } | { ok: false; reason: string; status?: number; body?: string }

interface Sealed {
  url: string
  body: string
  contentType: string
}

interface Delivery {
  order: PushOrder
  record: PushRecord
  document: string
}

type Tried = { outcome: PushOutcome; replies: ChatContent[]; shouldRetry: boolean }

/** Brings what followers do to the developer's server, again and again as WeChat does. */
export class Pusher {
  readonly #world: World
  readonly #contract: RetryContract
  readonly #inFlight = new Set<Promise<unknown>>()
  readonly #held = new Map<string, (() => void)[]>()
  readonly #closing = new AbortController()
  readonly #onReply: (order: PushOrder, replies: ChatContent[]) => void
  readonly #onFailure: (order: PushOrder) => void
  #lastRecordId = 0

  constructor(
    world: World,
    contract: RetryContract,
    hooks: { reply: (order: PushOrder, replies: ChatContent[]) => void; failure: (order: PushOrder) => void },
  ) {
    this.#world = world
    this.#contract = contract
    this.#onReply = hooks.reply
    this.#onFailure = hooks.failure
  }

  push(order: PushOrder): { record: PushRecord; done: Promise<PushRecord> } {
    const { settings } = order.account
    const msgId = this.#msgIdOf(order.content)
    const fields = msgId === null ? order.content.fields : { ...order.content.fields, MsgId: msgId }
    const envelope = { toUser: settings.originalId, fromUser: order.follower.openid, createTime: order.createTime }
    const document = writePush({ ...envelope, fields }, settings.format)
    const record: PushRecord = {
      id: ++this.#lastRecordId,
      account: settings.id,
      follower: order.follower.id,
      openid: order.follower.openid,
      type: typeName(order.content),
      msgId,
      createTime: order.createTime,
      attempts: [],
      state: 'pending',
    }
    this.#world.recordPush(record)
    const done = this.#track(this.#deliver({ order, record, document }))
    return { record, done }
  }

  /** The GET that WeChat sends when the server address is set (protocol reference, section 1.2). */
  async verify(account: Account): Promise<Verified> {
    const { pushUrl, token } = account.settings
    if (pushUrl === null) return { ok: false, reason: 'the account has no server address' }
    const { random, clock } = this.#world.ports
    const timestamp = String(toSeconds(clock.nowMs()))
    const nonce = this.#nonce()
    const echostr = Buffer.from(random.bytes(8)).readBigUInt64BE().toString()
    const url = withQuery(pushUrl, { signature: signature(token, timestamp, nonce), timestamp, nonce, echostr })
    const answer = await this.#request({ url, body: '', contentType: '' }, 'GET')
    if (typeof answer === 'string') return { ok: false, reason: answer }
    const body = Buffer.from(answer.body).toString('utf8')
    if (answer.status === 200 && body === echostr) return { ok: true }
    return {
      ok: false,
      reason: 'the answer is not status 200 with echostr',
      status: answer.status,
      body: body.slice(0, 500),
    }
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled([...this.#inFlight])
  }

  /** Ends every push at once; the ones under way count as failed. */
  async close(): Promise<void> {
    this.#closing.abort()
    for (const release of [...this.#held.values()].flat()) release()
    await this.idle()
  }

  /** A raw push may bring an id of its own, to repeat one that has been. */
  #msgIdOf({ kind, fields }: PushContent): string | null {
    if (kind === 'event') return null
    return typeof fields['MsgId'] === 'string' ? fields['MsgId'] : this.#world.nextMsgId()
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#inFlight.add(work)
    const forget = () => this.#inFlight.delete(work)
    work.then(forget, forget)
    return work
  }

  async #deliver(delivery: Delivery): Promise<PushRecord> {
    const { order, record } = delivery
    const subject = { account: record.account, openid: record.openid }
    const fault = order.account.settings.pushUrl === null ? undefined : this.#world.faults.takeForPush(subject)
    if (order.account.settings.pushUrl === null || fault?.kind === 'lose') return this.#settle(record, 'lost')
    if (fault?.kind === 'delay') await this.#pause(fault.ms)
    if (fault?.kind === 'reorder') await this.#hold(record.account)
    if (fault?.kind === 'duplicate') this.#duplicate(delivery, fault.copies, fault.gapMs)
    const isAnswered = await this.#tryUntilAnswered(delivery, fault?.kind === 'cut')
    if (fault?.kind !== 'reorder') this.#release(record.account)
    if (!isAnswered) this.#onFailure(order)
    return this.#settle(record, isAnswered ? 'delivered' : 'failed')
  }

  /** A try starts one time-out after the try before it, even when that one failed at once. */
  async #tryUntilAnswered(delivery: Delivery, cutsFirst: boolean): Promise<boolean> {
    const { clock } = this.#world.ports
    const firstMs = clock.nowMs()
    for (let count = 0; count < this.#contract.tries; count++) {
      const waitMs = firstMs + count * this.#contract.timeoutMs - clock.nowMs()
      if (waitMs > 0) await this.#pause(waitMs)
      if (this.#closing.signal.aborted) return false
      const tried = await this.#tryOnce(delivery, cutsFirst && count === 0)
      if (tried.shouldRetry) continue
      if (tried.outcome.kind === 'malformed') return false
      if (tried.replies.length > 0) this.#onReply(delivery.order, tried.replies)
      return true
    }
    return false
  }

  async #tryOnce(delivery: Delivery, isCut: boolean): Promise<Tried> {
    const { clock } = this.#world.ports
    const { order, record } = delivery
    const startedAtMs = clock.nowMs()
    const answer = await this.#request(this.#seal(delivery), 'POST')
    const tried = isCut ? retry({ kind: 'cut' }) : this.#judge(order, answer)
    const attempt: PushAttempt = { startedAtMs, tookMs: clock.nowMs() - startedAtMs, outcome: tried.outcome }
    record.attempts.push(attempt)
    this.#world.pushChanged(record)
    return tried
  }

  #judge(order: PushOrder, answer: HttpAnswer | string): Tried {
    if (answer === 'timeout') return retry({ kind: 'timeout' })
    if (typeof answer === 'string') return retry({ kind: 'unreachable', reason: answer })
    if (answer.status !== 200) return retry({ kind: 'status', status: answer.status })
    const { outcome, shows } = interpretAnswer(this.#world, order, answer.body)
    return { outcome, replies: shows, shouldRetry: false }
  }

  /** Every try is signed and encrypted afresh, as a real retry is; the document inside stays the same. */
  #seal({ order, document }: Delivery): Sealed {
    const { settings } = order.account
    const { random, clock } = this.#world.ports
    const sealed = sealPush(settings, {
      document,
      format: settings.format,
      toUser: settings.originalId,
      openid: order.follower.openid,
      timestamp: toSeconds(clock.nowMs()),
      nonce: this.#nonce(),
      random16: Buffer.from(randomToken(random, 16), 'latin1'),
    })
    return { url: withQuery(settings.pushUrl ?? '', sealed.query), body: sealed.body, contentType: sealed.contentType }
  }

  #nonce(): string {
    return String(Buffer.from(this.#world.ports.random.bytes(4)).readUInt32BE())
  }

  /** The answer, or in one word why there is none. */
  async #request(sealed: Sealed, method: 'GET' | 'POST'): Promise<HttpAnswer | string> {
    const { clock, http } = this.#world.ports
    const timeout = new AbortController()
    const cancel = clock.after(this.#contract.timeoutMs, () => timeout.abort())
    const signal = AbortSignal.any([timeout.signal, this.#closing.signal])
    const { url, contentType } = sealed
    try {
      return await http.request(
        method === 'GET' ? { method, url, signal } : { method, url, contentType, body: sealed.body, signal },
      )
    } catch (error) {
      if (timeout.signal.aborted) return 'timeout'
      return this.#closing.signal.aborted ? 'closing' : reasonOf(error)
    } finally {
      cancel()
    }
  }

  #duplicate(delivery: Delivery, copies: number, gapMs: number): void {
    for (let copy = 1; copy <= copies; copy++) {
      const sendCopy = async () => {
        await this.#pause(copy * gapMs)
        if (!this.#closing.signal.aborted) await this.#tryOnce(delivery, false)
      }
      void this.#track(sendCopy())
    }
  }

  /** Until the next push of the account has been answered; alone, it leaves after one time-out. */
  async #hold(account: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#world.ports.clock.after(this.#contract.timeoutMs, resolve)
      const release = () => {
        cancel()
        resolve()
      }
      this.#held.set(account, [...(this.#held.get(account) ?? []), release])
    })
  }

  #release(account: string): void {
    const waiting = this.#held.get(account) ?? []
    this.#held.delete(account)
    for (const release of waiting) release()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        this.#closing.signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = this.#world.ports.clock.after(ms, end)
      this.#closing.signal.addEventListener('abort', end)
      if (this.#closing.signal.aborted) end()
    })
  }

  #settle(record: PushRecord, state: PushRecord['state']): PushRecord {
    record.state = state
    this.#world.pushChanged(record)
    return record
  }
}

function retry(outcome: PushOutcome): Tried {
  return { outcome, replies: [], shouldRetry: true }
}

function typeName({ fields }: PushContent): string {
  const { MsgType, Event } = fields
  return MsgType === 'event' ? `event:${String(Event)}` : String(MsgType)
}

function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
