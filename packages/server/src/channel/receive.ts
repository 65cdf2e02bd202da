import { isDeepStrictEqual } from 'node:util'
import {
  acknowledgement,
  answerVerification,
  type DocumentFormat,
  type OpenedPush,
  openPush,
  type PushCredentials,
  type PushQuery,
  type PushRefusal,
  sealReply,
  writeReply,
} from '@duoke/wechat'
import type { CommandAttachment } from '../conversation/attachment.ts'
import type { Failpoint } from '../events/failpoint.ts'
import type { Log } from '../events/log.ts'
import { CommandParked, LogUnavailable, type Outcome } from '../events/outcome.ts'
import type { AccountDirectory, ChannelAccount } from './account-directory.ts'
import type { Arbitration, PassiveAnswer } from './app-pushes/arbitrate.ts'
import { clearPushOf } from './app-pushes/seal.ts'
import { mediaOf, passiveReplyOf, type TranslatedPush, translatePush } from './translate.ts'

/** What is answered to WeChat. */
export type PushAnswer = {
  readonly status: 200 | 403 | 404 | 503
  readonly body: string
  readonly contentType: 'text/plain' | 'text/xml' | 'application/json'
  readonly retryAfterSeconds?: number
}

/** What became of a push, for the figures. Refusals say why there, and nowhere else. */
export type PushOutcome =
  | 'taken'
  | 'repeated'
  | 'nobody'
  | 'verified'
  | 'unknown-account'
  | 'unavailable'
  | 'too-slow'
  | 'parked'
  | `refused:${PushRefusal | 'no-echo' | 'too-large'}`

export type ReceivePorts = {
  readonly directory: AccountDirectory
  readonly log: Pick<Log, 'submit'>
  /** Apps that may give the passive reply are asked through this. */
  readonly arbitration: Pick<Arbitration, 'choose' | 'chosen'>
  readonly nowMs: () => number
  readonly drawMediaId: () => string
  readonly randomBytes: (count: number) => Uint8Array
  readonly failpoint: Failpoint
  readonly onPush: (outcome: PushOutcome, account: ChannelAccount | null) => void
  readonly onError: (error: unknown) => void
  /** WeChat hangs up after five seconds; it is told to come again well before. */
  readonly answerWithinMs?: number
  /** The same while apps are asked, who have three seconds together (F58). */
  readonly answerAskedWithinMs?: number
}

export type Receiver = {
  verify(accountId: string, query: PushQuery): Promise<PushAnswer>
  receive(accountId: string, query: PushQuery, body: Uint8Array): Promise<PushAnswer>
}

/** Every refusal looks the same: nobody can find out by asking which check failed. */
const refused: PushAnswer = { status: 403, body: 'refused', contentType: 'text/plain' }
const notFound: PushAnswer = { status: 404, body: 'refused', contentType: 'text/plain' }
const acknowledged: PushAnswer = { status: 200, body: acknowledgement, contentType: 'text/plain' }
const comeAgain = (seconds: number): PushAnswer => ({
  status: 503,
  body: 'unavailable',
  contentType: 'text/plain',
  retryAfterSeconds: seconds,
})

/** A repetition that waits for what another server decides has as long as the first. */
const defaultAskedWithinMs = 3_400

type Patience = { readonly arrivedMs: number; isAsking: boolean }
type Genuine = { readonly account: ChannelAccount; readonly credentials: PushCredentials; readonly opened: Opened }
type Opened = Extract<OpenedPush, { ok: true }>

export function createReceiver(ports: ReceivePorts): Receiver {
  const examine = createExamination(ports)
  const take = createTaking(ports)
  const { answerWithinMs = 2_400, answerAskedWithinMs = defaultAskedWithinMs } = ports

  function refuse(account: ChannelAccount | null, reason: PushRefusal | 'no-echo'): PushAnswer {
    ports.onPush(account === null ? 'unknown-account' : `refused:${reason}`, account)
    return account === null ? notFound : refused
  }

  /** The push is not lost when time is over: the log takes it or not, and the repetition learns which. */
  async function inTime(answer: (patience: Patience) => Promise<PushAnswer>): Promise<PushAnswer> {
    const patience: Patience = { arrivedMs: ports.nowMs(), isAsking: false }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<PushAnswer>((resolve) => {
      const giveUp = () => {
        ports.onPush('too-slow', null)
        resolve(comeAgain(1))
      }
      timer = setTimeout(() => {
        if (!patience.isAsking) giveUp()
        else timer = setTimeout(giveUp, answerAskedWithinMs - answerWithinMs)
      }, answerWithinMs)
    })
    try {
      return await Promise.race([answer(patience), late])
    } catch (error) {
      if (!(error instanceof LogUnavailable)) ports.onError(error)
      ports.onPush(error instanceof CommandParked ? 'parked' : 'unavailable', null)
      return comeAgain(error instanceof LogUnavailable ? error.retryAfterSeconds : 3)
    } finally {
      clearTimeout(timer)
    }
  }

  async function verify(accountId: string, query: PushQuery): Promise<PushAnswer> {
    const { account, checked } = await examine(accountId, (credentials) => answerVerification(credentials, query))
    if (account === null || !checked.ok) return refuse(account, checked.ok ? 'not-signed' : checked.reason)
    ports.onPush('verified', account)
    return { status: 200, body: checked.echo, contentType: 'text/plain' }
  }

  async function receive(
    accountId: string,
    query: PushQuery,
    body: Uint8Array,
    patience: Patience,
  ): Promise<PushAnswer> {
    const nowSeconds = Math.floor(ports.nowMs() / 1000)
    const found = await examine(accountId, (credentials) => openPush(credentials, { query, body, nowSeconds }))
    const { account, credentials, checked } = found
    if (account === null || !checked.ok) return refuse(account, checked.ok ? 'not-signed' : checked.reason)
    return take({ account, credentials, opened: checked }, patience)
  }

  return {
    verify: (accountId, query) => inTime(() => verify(accountId, query)),
    receive: (accountId, query, body) => inTime((patience) => receive(accountId, query, body, patience)),
  }
}

/** What only the account's own secrets let through; the directory is asked again before anybody is refused. */
function createExamination({ directory, randomBytes }: Pick<ReceivePorts, 'directory' | 'randomBytes'>) {
  /** Whoever asks for an account that does not exist waits as long as for one that does. */
  const nobodys = credentialsForNobody(randomBytes)

  return async <T extends { readonly ok: boolean }>(
    accountId: string,
    check: (credentials: PushCredentials) => T,
  ): Promise<{
    readonly account: ChannelAccount | null
    readonly credentials: PushCredentials
    readonly checked: T
  }> => {
    const account = await directory.find(accountId)
    const credentials = account === null ? nobodys : directory.credentials(account)
    const checked = check(credentials)
    if (account !== null && checked.ok) return { account, credentials, checked }
    const newer = await directory.findAgain(accountId)
    if (newer === null || newer === account) return { account: newer, credentials, checked }
    const newerCredentials = directory.credentials(newer)
    if (isDeepStrictEqual(newerCredentials, credentials)) return { account: newer, credentials, checked }
    return { account: newer, credentials: newerCredentials, checked: check(newerCredentials) }
  }
}

type Taken = { readonly outcome: Outcome; readonly reply: PassiveAnswer }

/** Gives a genuine push to the log, once, and says what to answer. */
function createTaking(ports: ReceivePorts): (genuine: Genuine, patience: Patience) => Promise<PushAnswer> {
  /** Pushes being taken, by key: a repetition waits for the first one's outcome. */
  const flights = new Map<string, Promise<Taken>>()

  function takeOnce(account: ChannelAccount, translated: TranslatedPush, patience: Patience): Promise<Taken> {
    const flightKey = `${account.organizationId}\n${translated.key}`
    const running = flights.get(flightKey)
    if (running !== undefined) {
      patience.isAsking = true
      return running.then(({ outcome, reply }) =>
        outcome.accepted ? { outcome: { ...outcome, repeated: true }, reply } : { outcome, reply },
      )
    }
    const flight = taken(ports, account, translated, patience).finally(() => flights.delete(flightKey))
    flights.set(flightKey, flight)
    return flight
  }

  return async (genuine, patience) => {
    const { account, opened } = genuine
    const { accountId } = account.settings
    const { push, document } = opened
    const translated = translatePush(push, { accountId, document, drawMediaId: ports.drawMediaId })
    if (translated === null) {
      ports.onPush('nobody', account)
      return acknowledged
    }
    ports.failpoint('after_receive')
    const { outcome, reply } = await takeOnce(account, translated, patience)
    if (!outcome.accepted) {
      ports.onPush(outcome.code === 'not_found' ? 'unknown-account' : 'unavailable', account)
      return outcome.code === 'not_found' ? notFound : comeAgain(1)
    }
    ports.onPush(outcome.repeated ? 'repeated' : 'taken', account)
    ports.failpoint('before_reply')
    return replyTo(ports, genuine, reply)
  }
}

/** Appends what the customer did; where apps may answer it, asks them, and appends whose answer counts. */
async function taken(
  ports: ReceivePorts,
  account: ChannelAccount,
  { command, key, media }: TranslatedPush,
  patience: Patience,
): Promise<Taken> {
  const { organizationId } = account
  const files = media.map(({ mediaId, kind, upstreamId }) => ({ mediaId, kind, wechatMediaId: upstreamId }))
  const attachment: CommandAttachment | undefined = files.length === 0 ? undefined : { media: files }
  const outcome = await ports.log.submit(organizationId, command, { lane: 'pushes', key, attachment })
  if (!outcome.accepted) return { outcome, reply: undefined }
  const { asks = [], conversationId, messageId, passiveReply } = outcome.result
  if (asks.length === 0 || conversationId === undefined || messageId === undefined) {
    return { outcome, reply: passiveReply }
  }
  patience.isAsking = true
  const { arrivedMs } = patience
  const which = { organizationId, conversationId, messageId }
  const received = outcome.events.find((event) => event.type === 'message.received')
  const push = clearPushOf(command.raw)
  if (received === undefined || push === null) {
    const untilMs = arrivedMs + (ports.answerAskedWithinMs ?? defaultAskedWithinMs)
    return { outcome, reply: await ports.arbitration.chosen(which, untilMs) }
  }
  const { content, accountId } = command
  const question = { ...which, accountId, asks, push, content, position: received.position, arrivedMs }
  return { outcome, reply: await ports.arbitration.choose(question) }
}

function replyTo(ports: ReceivePorts, { credentials, opened }: Genuine, answer: PassiveAnswer): PushAnswer {
  if (answer === undefined) return acknowledged
  const files = new Map(Object.entries(answer.media ?? {}))
  if (mediaOf(answer.content).some(({ mediaId }) => !files.has(mediaId))) return acknowledged
  const reply = passiveReplyOf(answer.content, files)
  if (reply === null) return acknowledged
  const timestamp = Math.floor(ports.nowMs() / 1000)
  const address = { toUser: opened.push.fromUser, fromUser: opened.push.toUser, createTime: timestamp }
  const body = sealReply(credentials, {
    document: writeReply(reply, address, opened.format),
    format: opened.format,
    timestamp,
    nonce: nonceOf(ports.randomBytes),
    random16: ports.randomBytes(16),
    keyIndex: opened.keyIndex,
    tokenIndex: opened.tokenIndex,
  })
  return { status: 200, body, contentType: contentTypes[opened.format] }
}

const contentTypes: Readonly<Record<DocumentFormat, 'text/xml' | 'application/json'>> = {
  xml: 'text/xml',
  json: 'application/json',
}

function credentialsForNobody(randomBytes: (count: number) => Uint8Array): PushCredentials {
  const secret = Buffer.from(randomBytes(32))
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, 'x')
  return {
    appId: 'wx0000000000000000',
    mode: 'safe',
    tokens: [secret.slice(0, 32)],
    encodingAesKeys: [secret.slice(0, 43)],
  }
}

/** Ten digits, as WeChat's own. */
function nonceOf(randomBytes: (count: number) => Uint8Array): string {
  return [...randomBytes(10)].map((byte) => byte % 10).join('')
}
