import { sealPush, writePush } from '@duoke/wechat'
import { createOutboundHttp } from '../http-out.ts'
import { type AccountSettings, completeAccount, type NewAccount } from '../model/account.ts'
import { deriveOpenid } from '../model/follower.ts'
import type { World } from '../model/world.ts'
import { type Clock, type OutboundHttp, type RandomSource, randomToken, toSeconds } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { Latencies } from './histogram.ts'

export interface LoadOptions {
  /** Where to push and how to sign; its `pushUrl` must be set. */
  account: NewAccount
  followers: number
  ratePerSecond: number
  durationMs: number
  /** WeChat gives up after five seconds; a try is not repeated here, so that each counts once. */
  timeoutMs?: number
  text?: (sequence: number) => string
  /** When the followers shall be real to this simulator's API, so that answers to them are taken. */
  world?: World
  clock?: Clock
  random?: RandomSource
  http?: OutboundHttp
  signal?: AbortSignal
}

export interface LoadReport {
  followers: number
  ratePerSecond: number
  scheduled: number
  answered: number
  /** By kind: `status 503`, `timeout`, `ECONNREFUSED` … */
  errors: Record<string, number>
  elapsedMs: number
  /** From the moment each push was due, not from when it could be sent. Answered pushes only. */
  latencyMs: { p50: number; p90: number; p99: number; p999: number; max: number }
}

/** Finer than a millisecond and never set back. */
const monotonicClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

const TICK_MS = 2

/**
 * Text messages of many followers at a steady rate, whatever the server does. The schedule is fixed beforehand and
 * nobody waits for an answer before the next push leaves: a server that stalls is charged for every push that was due
 * meanwhile, so there is no coordinated omission.
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const run = new LoadRun(options)
  try {
    return await run.drive()
  } finally {
    run.close()
  }
}

class LoadRun {
  readonly #options: LoadOptions
  readonly #clock: Clock
  readonly #random: RandomSource
  readonly #http: OutboundHttp
  readonly #settings: AccountSettings
  readonly #openids: string[]
  readonly #latencies = new Latencies()
  readonly #errors = new Map<string, number>()
  readonly #inFlight = new Set<Promise<void>>()
  readonly #firstMsgId: bigint

  constructor(options: LoadOptions) {
    this.#options = options
    this.#clock = options.clock ?? monotonicClock
    this.#random = options.random ?? systemRandom
    this.#http = options.http ?? createOutboundHttp()
    this.#settings = completeAccount(options.account)
    if (this.#settings.pushUrl === null) throw new TypeError('the account to load has no server address')
    this.#openids = Array.from({ length: options.followers }, (_, n) => this.#openid(n))
    this.#firstMsgId = (BigInt(toSeconds(this.#clock.nowMs())) << 32n) | BigInt(this.#random.bytes(1)[0] ?? 0)
  }

  async drive(): Promise<LoadReport> {
    const { ratePerSecond, durationMs, followers } = this.#options
    const scheduled = Math.floor((ratePerSecond * durationMs) / 1000)
    const startMs = this.#clock.nowMs()
    for (let next = 0; next < scheduled && !this.#options.signal?.aborted; ) {
      const due = Math.floor(((this.#clock.nowMs() - startMs) * ratePerSecond) / 1000)
      for (; next <= due && next < scheduled; next++) this.#start(next, startMs + (next * 1000) / ratePerSecond)
      if (next < scheduled) await this.#pause()
    }
    await Promise.all(this.#inFlight)
    const at = (share: number) => this.#latencies.percentile(share)
    return {
      followers,
      ratePerSecond,
      scheduled,
      answered: this.#latencies.count,
      errors: Object.fromEntries(this.#errors),
      elapsedMs: this.#clock.nowMs() - startMs,
      latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) },
    }
  }

  close(): void {
    if (!this.#options.http) this.#http.close()
  }

  #openid(number: number): string {
    const { world, account } = this.#options
    const id = `load-${number}`
    const known = world?.account(account.id)
    if (!world || !known) return deriveOpenid(account.originalId, id)
    const follower = world.follower(account.id, id) ?? world.addFollower(known, { id, name: `Load ${number}` })
    follower.followingSinceMs ??= world.ports.clock.nowMs()
    return follower.openid
  }

  #start(sequence: number, dueMs: number): void {
    const sending = this.#send(sequence, dueMs)
    this.#inFlight.add(sending)
    void sending.finally(() => this.#inFlight.delete(sending))
  }

  async #send(sequence: number, dueMs: number): Promise<void> {
    const openid = this.#openids[sequence % this.#openids.length] ?? ''
    const { world, account, timeoutMs = 5_000 } = this.#options
    const follower = world?.followerByOpenid(account.id, openid)
    if (world && follower) world.openQuota(follower, 'message')
    const expired = new AbortController()
    const cancel = this.#clock.after(timeoutMs, () => expired.abort())
    try {
      const { url, contentType, body } = this.#sealed(sequence, openid)
      const answer = await this.#http.request({ method: 'POST', url, contentType, body, signal: expired.signal })
      if (answer.status === 200) this.#latencies.add(this.#clock.nowMs() - dueMs)
      else this.#fail(`status ${answer.status}`)
    } catch (error) {
      this.#fail(expired.signal.aborted ? 'timeout' : nameOf(error))
    } finally {
      cancel()
    }
  }

  #sealed(sequence: number, openid: string) {
    const { originalId, pushUrl, format } = this.#settings
    const createTime = toSeconds(this.#clock.nowMs())
    const { text = defaultText } = this.#options
    const fields = {
      MsgType: 'text',
      Content: text(sequence),
      MsgId: String(this.#firstMsgId + BigInt(sequence) * 256n),
    }
    const document = writePush({ toUser: originalId, fromUser: openid, createTime, fields }, format)
    const { query, body, contentType } = sealPush(this.#settings, {
      document,
      format,
      toUser: originalId,
      openid,
      timestamp: createTime,
      nonce: String(Buffer.from(this.#random.bytes(4)).readUInt32BE()),
      random16: Buffer.from(randomToken(this.#random, 16), 'latin1'),
    })
    const url = new URL(pushUrl ?? '')
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return { url: url.href, body, contentType }
  }

  #fail(kind: string): void {
    this.#errors.set(kind, (this.#errors.get(kind) ?? 0) + 1)
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(TICK_MS, resolve))
  }
}

function defaultText(sequence: number): string {
  return `第 ${sequence + 1} 条：请问什么时候发货？`
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** A few lines for a terminal. */
export function formatLoadReport(report: LoadReport): string {
  const { latencyMs, errors } = report
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0)
  const perSecond = (report.scheduled / report.elapsedMs) * 1000
  const ms = (value: number) => (Number.isNaN(value) ? '-' : `${value.toFixed(1)} ms`)
  return [
    `${report.scheduled} pushes of ${report.followers} followers at ${report.ratePerSecond}/s (${perSecond.toFixed(1)}/s done)`,
    `answered ${report.answered}, failed ${failed}${failed ? `: ${JSON.stringify(errors)}` : ''}`,
    `from due to answer: p50 ${ms(latencyMs.p50)}  p90 ${ms(latencyMs.p90)}  p99 ${ms(latencyMs.p99)}  p99.9 ${ms(latencyMs.p999)}  max ${ms(latencyMs.max)}`,
  ].join('\n')
}
