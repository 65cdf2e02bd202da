// An app's server as a stock SDK would make it, and as a hostile one would not.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import {
  answerVerification,
  type DocumentFormat,
  openPush,
  type PassiveReply,
  type Push,
  type PushCredentials,
  type PushMode,
  type PushRefusal,
  sealReply,
  writeReply,
} from '@duoke/wechat'

export type StubPush = {
  readonly push: Push
  readonly document: string
  readonly role: string | null
  readonly query: URLSearchParams
  readonly atMs: number
  /** MsgId, or for events what happened and when. */
  readonly id: string
}

export type Behaviour =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'reply'; readonly reply: PassiveReply; readonly toUser?: string; readonly signedWith?: string }
  | { readonly kind: 'body'; readonly body: string | Uint8Array; readonly status?: number; readonly location?: string }
  | { readonly kind: 'hang' }
  /** Promises more than it sends, and ends the connection. */
  | { readonly kind: 'half' }
  | { readonly kind: 'after'; readonly ms: number; readonly next: Behaviour }

export type StubApp = AsyncDisposable & {
  readonly url: string
  readonly settings: StubSettings
  readonly pushes: StubPush[]
  readonly refusals: PushRefusal[]
  readonly verifications: number
  behave: (push: StubPush) => Behaviour
  /** Refuses connections until it is up again; both do nothing when it is so already. */
  stop(): Promise<void>
  up(): Promise<void>
}

export type StubSettings = {
  readonly wechatAppId: string
  readonly token: string
  readonly encodingAesKey: string
  readonly mode: PushMode
  readonly format: DocumentFormat
}

export const acknowledge = (): Behaviour => ({ kind: 'acknowledge' })
export const say = (content: string): Behaviour => ({ kind: 'reply', reply: { type: 'text', content } })

export function stubSettings(changes: Partial<StubSettings> = {}): StubSettings {
  return {
    wechatAppId: `wx${randomBytes(8).toString('hex')}`,
    token: `token${randomBytes(6).toString('hex')}`,
    encodingAesKey: randomBytes(40).toString('hex').slice(0, 43),
    mode: 'safe',
    format: 'xml',
    ...changes,
  }
}

export async function startStubApp(changes: Partial<StubSettings> = {}): Promise<StubApp> {
  const settings = stubSettings(changes)
  const credentials: PushCredentials = {
    ...{ appId: settings.wechatAppId, mode: settings.mode },
    ...{ tokens: [settings.token], encodingAesKeys: [settings.encodingAesKey] },
  }
  let verifications = 0
  let port = 0
  let server = createServer()
  const app = {
    get url() {
      return `http://127.0.0.1:${port}/wx?own=1`
    },
    settings,
    pushes: [] as StubPush[],
    refusals: [] as PushRefusal[],
    get verifications() {
      return verifications
    },
    behave: (_push: StubPush): Behaviour => ({ kind: 'acknowledge' }),
    async stop() {
      if (!server.listening) return
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    async up() {
      if (server.listening) return
      server = createServer((request, response) => {
        serve(request, response).catch(() => response.destroy())
      })
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('no address')
      port = address.port
    },
    [Symbol.asyncDispose]: () => app.stop(),
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = new URL(request.url ?? '', 'http://app').searchParams
    if (request.method === 'GET') {
      const verified = answerVerification(credentials, Object.fromEntries(query))
      verifications += 1
      response.writeHead(verified.ok ? 200 : 403).end(verified.ok ? verified.echo : 'refused')
      return
    }
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)) // without an encoding it yields bytes
    const nowSeconds = Math.floor(Date.now() / 1000)
    const opened = openPush(credentials, { query: Object.fromEntries(query), body, nowSeconds })
    if (!opened.ok) {
      app.refusals.push(opened.reason)
      response.writeHead(403).end('refused')
      return
    }
    const { push, document } = opened
    const received = { push, document, query, role: query.get('duoke_role'), atMs: Date.now(), id: idOf(push) }
    app.pushes.push(received)
    await answer(response, app.behave(received), (reply) => replyBody(settings, credentials, push, reply))
  }

  await app.up()
  return app
}

type Replying = Extract<Behaviour, { kind: 'reply' }>

async function answer(response: ServerResponse, behaviour: Behaviour, write: (reply: Replying) => string) {
  switch (behaviour.kind) {
    case 'acknowledge':
      response.end('success')
      return
    case 'hang':
      return
    case 'half':
      response.writeHead(200, { 'content-length': '1000' }).write('<xml><Encrypt>')
      response.socket?.end()
      return
    case 'body': {
      const headers = behaviour.location === undefined ? {} : { location: behaviour.location }
      response.writeHead(behaviour.status ?? 200, headers).end(behaviour.body)
      return
    }
    case 'after':
      await wait(behaviour.ms, undefined, { ref: false })
      return answer(response, behaviour.next, write)
    case 'reply':
      response.end(write(behaviour))
      return
    default:
      behaviour satisfies never
  }
}

function replyBody(settings: StubSettings, credentials: PushCredentials, push: Push, replying: Replying): string {
  const { reply, toUser, signedWith } = replying
  const createTime = Math.floor(Date.now() / 1000)
  const address = { toUser: toUser ?? push.fromUser, fromUser: push.toUser, createTime }
  const own = signedWith === undefined ? credentials : { ...credentials, tokens: [signedWith] }
  return sealReply(own, {
    document: writeReply(reply, address, settings.format),
    format: settings.format,
    timestamp: createTime,
    nonce: '1234567890',
    random16: randomBytes(16),
    keyIndex: settings.mode === 'plain' ? undefined : 0,
  })
}

export function idOf(push: Push): string {
  if ('msgId' in push && push.msgId !== undefined && push.kind !== 'event') return push.msgId
  const event = push.kind === 'event' ? push.event : push.kind === 'unknown' ? (push.event ?? push.msgType) : push.kind
  return `${event}@${push.createTime}`
}
