import type { AccountDirectory, ChannelAccount } from './account-directory.ts'
import { type AccountHealth, probeEveryMs } from './account-health.ts'
import type { AccountKey, ClaimedAnswer, DueAnswer, OutboxStore } from './outbox-store.ts'
import { type SendPorts, sendAnswer, type Verdict } from './send-answer.ts'
import type { Settlement, Settler } from './settle.ts'
import type { UploadedMedia } from './translate.ts'
import type { Uploads } from './uploads.ts'

/**
 * Sends what the outbox holds: strictly in order within a conversation, many conversations at once. A claim is committed
 * before the first byte leaves, so that after a crash at any point nothing is sent twice: what was claimed by a server
 * that is gone becomes `unknown`.
 */
export type Delivery = AsyncDisposable & {
  /** Something may be waiting for this account. */
  wake(account: AccountKey): void
  /** Looks for work once: due answers of every account, and claims of servers that are gone. */
  poll(): Promise<void>
  /**
   * Takes an answer back that nobody has begun to send: it is settled as not sent. False when it is on its way or settled.
   */
  withdraw(answer: { organizationId: string; conversationId: string; messageId: string }): Promise<boolean>
  /** Resolves when nothing is being sent and nothing more can be sent now. */
  idle(): Promise<void>
}

export type DeliveryPorts = SendPorts & {
  readonly store: OutboxStore
  readonly directory: AccountDirectory
  readonly health: AccountHealth
  readonly settler: Settler
  readonly uploads: Uploads
  /** Names this run of this server: claims of earlier runs of the same name are dead for certain. */
  readonly server: { readonly name: string; readonly run: string }
  readonly monotonicMs: () => number
  readonly onError: (error: unknown) => void
  /** 0: only `poll` and `wake` do anything. */
  readonly pollEveryMs?: number
  readonly sendsPerAccount?: number
}

const defaultPollEveryMs = 500
const silentServerMs = 15_000
const heartbeatMs = 4_000
/** A claim older than this is asked about again before sending: the process may have been stopped for a while (F19). */
const claimFreshMs = 5_000
const drainWithinMs = 8_000
const mostBackoffMs = 30_000
const invalidMedia = 40007

type Lane = {
  readonly key: AccountKey
  readonly sends: Set<Promise<void>>
  /** Answers whose files are on their way to WeChat: they must not keep others waiting. */
  readonly uploading: Set<string>
  running: Promise<void> | null
  again: boolean
  quietUntilMs: number
}

const emptyLane = (key: AccountKey): Lane => ({
  ...{ key, sends: new Set(), uploading: new Set(), running: null },
  ...{ again: false, quietUntilMs: 0 },
})

export function startDelivery(ports: DeliveryPorts): Delivery {
  const { store } = ports
  const claimId = `${ports.server.name}/${ports.server.run}`
  const lanes = new Map<string, Lane>()
  const pump = createPump(ports, claimId, wake)
  let isClosed = false
  let isFirstPoll = true

  function wake(key: AccountKey): void {
    if (isClosed) return
    const id = `${key.organizationId}\n${key.accountId}`
    const lane = lanes.get(id) ?? emptyLane(key)
    lanes.set(id, lane)
    lane.again = true
    lane.running ??= pumpAll(lane)
      .catch(ports.onError)
      .finally(() => {
        lane.running = null
        // Woken in the very moment in which it ended.
        if (lane.again) wake(key)
      })
  }

  async function pumpAll(lane: Lane): Promise<void> {
    while (lane.again && !isClosed) {
      lane.again = false
      await pump(lane)
    }
  }

  async function poll(): Promise<void> {
    const earlierRunsOf = isFirstPoll ? `${ports.server.name}/` : claimId
    for (const orphan of await store.orphans(claimId, { silentMs: silentServerMs, earlierRunsOf })) {
      await ports.settler.settle(orphan, { outcome: 'unknown', reason: 'the server ended while it was sending' })
    }
    isFirstPoll = false
    for (const key of await store.due()) wake(key)
  }

  const busy = () =>
    [...lanes.values()].flatMap((lane) => [...lane.sends, ...(lane.running === null ? [] : [lane.running])])
  /** Again and again: a look that is under way may still claim and begin to send. */
  async function finished(): Promise<void> {
    for (let work = busy(); work.length > 0; work = busy()) await Promise.all(work)
  }
  const timers = startTimers({
    pollEveryMs: ports.pollEveryMs ?? defaultPollEveryMs,
    poll: () => poll().catch(ports.onError),
    beat: async () => {
      if ([...lanes.values()].some((lane) => lane.sends.size > 0)) await store.touch(claimId).catch(ports.onError)
    },
  })
  return {
    wake,
    poll,
    idle: finished,
    withdraw: (answer) => withdraw(ports, claimId, answer),
    async [Symbol.asyncDispose]() {
      isClosed = true
      await timers.stop()
      // Without a database the outcomes cannot be written: they become `unknown` with the next run.
      const patience = setTimeout(() => ports.settler.close(), drainWithinMs)
      await finished()
      clearTimeout(patience)
      ports.settler.close()
    },
  }
}

async function withdraw(
  { store, settler }: DeliveryPorts,
  claimId: string,
  answer: Parameters<Delivery['withdraw']>[0],
): Promise<boolean> {
  const claimed = await store.withdraw(answer.organizationId, answer.messageId, claimId)
  if (claimed === null) return false
  const reason = 'it was withdrawn: it could not be sent at once'
  await settler.settle({ ...answer, ...claimed }, { outcome: 'not-sent', reason })
  return true
}

/** One look at an account's answers: drops what no try can help, claims what may leave, and sends it. */
function createPump(
  ports: DeliveryPorts,
  claimId: string,
  wake: (key: AccountKey) => void,
): (lane: Lane) => Promise<void> {
  const { store } = ports
  const preparation = createPreparation(ports, claimId, wake)
  const deliverOne = createSender(ports, claimId)

  async function sendSome(
    lane: Lane,
    account: ChannelAccount,
    heads: readonly DueAnswer[],
    isProbe: boolean,
  ): Promise<void> {
    const token = await preparation.tokenFor(lane, account)
    if (token === null) return
    const prepared = await preparation.prepare(lane, account, heads)
    if (prepared.size === 0) return
    ports.failpoint('before_claim')
    const claimedMs = ports.monotonicMs()
    const claims = await store.claim(lane.key, [...prepared.keys()], claimId)
    if (claims.length > 0) ports.failpoint('after_claim')
    for (const claimed of claims) {
      const due = heads.find((one) => one.messageId === claimed.messageId)
      const uploaded = prepared.get(claimed.messageId)
      if (due === undefined || uploaded === undefined) continue
      const send: Promise<void> = deliverOne({ account, due, claimed, claimedMs, uploaded, token, isProbe })
        .catch(ports.onError)
        .finally(() => {
          lane.sends.delete(send)
          wake(lane.key)
        })
      lane.sends.add(send)
    }
  }

  return async (lane) => {
    const room = (ports.sendsPerAccount ?? 16) - lane.sends.size
    const heads = room <= 0 ? [] : await store.heads(lane.key, room, [...lane.uploading])
    if (heads.length === 0) return
    for (const due of heads) {
      const settlement = lostCause(due)
      if (settlement !== null) await preparation.dropUnsent(lane, due, settlement)
    }
    const sendable = heads.filter((due) => lostCause(due) === null)
    const account = await ports.directory.find(lane.key.accountId)
    const hold = await store.hold(lane.key)
    if (sendable.length === 0 || account === null || hold === 'held') return
    const isProbe = hold === 'probing'
    if (isProbe && !(await store.holdFor(lane.key, probeEveryMs, true))) return
    await sendSome(lane, account, isProbe ? sendable.slice(0, 1) : sendable, isProbe)
  }
}

/** What must be at hand before an answer is claimed: the time it takes must not age the claim. */
function createPreparation(ports: DeliveryPorts, claimId: string, wake: (key: AccountKey) => void) {
  /** Claimed like any other, so that no other server sends it meanwhile. */
  async function dropUnsent(lane: Lane, due: DueAnswer, settlement: Settlement): Promise<void> {
    const [claimed] = await ports.store.claim(lane.key, [due.messageId], claimId)
    if (claimed === undefined) return
    await ports.settler.settle({ ...lane.key, conversationId: due.conversationId, ...claimed }, settlement)
    lane.again = true
  }

  function readyOrNot(account: ChannelAccount, due: DueAnswer): ReturnType<Uploads['ready']> {
    try {
      return ports.uploads.ready(account, due.content)
    } catch (error) {
      ports.onError(error)
      return unpreparable(due, error)
    }
  }

  return {
    dropUnsent,
    async tokenFor(lane: Lane, account: ChannelAccount): Promise<string | null> {
      if (lane.quietUntilMs > ports.monotonicMs()) return null
      const token = await ports.custodian.token(account)
      if (token.ok) return token.token
      if (token.cause === 'unavailable') lane.quietUntilMs = ports.monotonicMs() + token.retryAfterMs
      else await ports.health.refused(account, { code: token.code, reason: token.reason, isFault: true })
      return null
    },
    async prepare(lane: Lane, account: ChannelAccount, heads: readonly DueAnswer[]) {
      const prepared = new Map<string, UploadedMedia>()
      for (const due of heads) {
        const upload = readyOrNot(account, due)
        if (upload.kind === 'ready') prepared.set(due.messageId, upload.uploaded)
        if (upload.kind === 'failed') await dropUnsent(lane, due, upload.settlement)
        if (upload.kind === 'uploading') {
          lane.uploading.add(due.messageId)
          lane.again = true
          void upload.done.then(() => {
            lane.uploading.delete(due.messageId)
            wake(lane.key)
          })
        }
      }
      return prepared
    },
  }
}

/** What cannot be prepared at all would otherwise keep its conversation, and the account, waiting for ever (F45). */
function unpreparable(due: DueAnswer, error: unknown): ReturnType<Uploads['ready']> {
  const reason = `it could not be prepared: ${error instanceof Error ? error.message : String(error)}`
  return {
    kind: 'failed',
    settlement: { outcome: 'not-sent', reason: `${reason} (${due.content.type})`.slice(0, 300) },
  }
}

/** What no try can help any more. */
function lostCause(due: DueAnswer): Settlement | null {
  if (due.openid === null) return { outcome: 'not-sent', reason: 'the customer was removed' }
  return due.isExpired ? { outcome: 'expired', reason: 'it could not be sent in time' } : null
}

type Attempt = {
  readonly account: ChannelAccount
  readonly due: DueAnswer
  readonly claimed: ClaimedAnswer
  readonly claimedMs: number
  readonly uploaded: UploadedMedia
  readonly token: string
  readonly isProbe: boolean
}

function createSender(ports: DeliveryPorts, claimId: string): (attempt: Attempt) => Promise<void> {
  const { store, health } = ports

  async function conclude({ account, due, claimed, uploaded }: Attempt, verdict: Verdict): Promise<void> {
    const key = { organizationId: account.organizationId, accountId: account.settings.accountId }
    const settle = (settlement: Settlement) =>
      ports.settler.settle({ ...key, conversationId: due.conversationId, ...claimed }, settlement)
    switch (verdict.kind) {
      case 'accepted':
        return settle({ outcome: 'accepted' })
      case 'refused':
      case 'unknown':
        return settle({ outcome: verdict.kind, code: verdict.code, reason: verdict.reason })
      case 'unsendable':
        ports.onError(new Error(`answer ${due.messageId} cannot be written: ${verdict.reason}`))
        return settle({ outcome: 'not-sent', reason: verdict.reason })
      case 'not-sent':
        return store.release(
          key,
          due.messageId,
          claimId,
          Math.min(mostBackoffMs, 250 * 2 ** Math.min(claimed.attempt, 8)),
        )
      case 'media-lost':
        await ports.uploads.forget(account, due.content, uploaded)
        if (claimed.attempt >= 3) return settle({ outcome: 'refused', code: invalidMedia, reason: verdict.reason })
        return store.release(key, due.messageId, claimId, 0)
      case 'again':
        return store.release(key, due.messageId, claimId, verdict.afterMs)
      case 'account-refused':
        await health.refused(account, verdict)
        return store.release(key, due.messageId, claimId, 0)
      default:
        return verdict satisfies never
    }
  }

  return async (attempt) => {
    const { account, due, uploaded } = attempt
    const isFresh = ports.monotonicMs() - attempt.claimedMs < claimFreshMs
    if (!isFresh && !(await store.touch(claimId, due.messageId))) return
    const answer = { openid: due.openid ?? '', content: due.content, options: due.options, uploaded }
    const verdict = await sendAnswer(ports, account, answer, attempt.token).catch(ports.onError)
    // It may have left: a claim that nobody settles would hold its conversation back for ever.
    if (verdict === undefined) return conclude(attempt, { kind: 'unknown', reason: 'an error of the server' })
    if (attempt.isProbe && (verdict.kind === 'accepted' || verdict.kind === 'refused')) await health.recovered(account)
    await conclude(attempt, verdict)
  }
}

function startTimers(options: { pollEveryMs: number; poll: () => Promise<void>; beat: () => Promise<void> }) {
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isStopped = options.pollEveryMs === 0
  const schedule = (delayMs: number) => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = options.poll().finally(() => schedule(options.pollEveryMs))
    }, delayMs)
    timer.unref()
  }
  schedule(0)
  const heart = isStopped ? undefined : setInterval(() => void options.beat(), heartbeatMs).unref()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      clearInterval(heart)
      await running
    },
  }
}
