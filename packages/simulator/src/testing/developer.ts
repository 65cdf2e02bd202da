import http from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  answerVerification,
  openPush,
  type PassiveReply,
  type Push,
  type PushCredentials,
  sealReply,
  writeReply,
} from '@duoke/wechat'
import type { DataFormat, NewAccount } from '../model/account.ts'

/** What the developer's server does with one push; `hang` never answers. */
export type Behaviour =
  | { kind: 'acknowledge' }
  | { kind: 'reply'; reply: PassiveReply; toUser?: string; inClear?: boolean }
  | { kind: 'body'; body: string; status?: number }
  | { kind: 'hang' }

/** A developer's server for the tests: real HTTP, real signatures, behaviour by the test. */
export class DeveloperServer {
  readonly pushes: Push[] = []
  readonly refusals: string[] = []
  readonly #account: NewAccount
  readonly #server: http.Server
  #url = ''
  behave: (push: Push, count: number) => Behaviour = () => ({ kind: 'acknowledge' })

  constructor(account: NewAccount) {
    this.#account = account
    this.#server = http.createServer((request, response) => {
      void this.#handle(request, response)
    })
  }

  static async start(account: NewAccount): Promise<DeveloperServer> {
    const developer = new DeveloperServer(account)
    await new Promise<void>((resolve) => developer.#server.listen(0, '127.0.0.1', resolve))
    // The address of a TCP server that listens is an object.
    const { port } = developer.#server.address() as AddressInfo
    developer.#url = `http://127.0.0.1:${port}/wechat/one?tenant=a%20b`
    return developer
  }

  get url(): string {
    return this.#url
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const query = Object.fromEntries(new URL(request.url ?? '/', 'http://developer').searchParams)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.method === 'GET') {
      const verified = answerVerification(this.#credentials(), query)
      response.writeHead(verified.ok ? 200 : 403).end(verified.ok ? verified.echo : '')
      return
    }
    const opened = openPush(this.#credentials(), {
      query,
      body: Buffer.concat(chunks),
      nowSeconds: Number(query['timestamp']),
    })
    if (!opened.ok) {
      this.refusals.push(opened.reason)
      response.writeHead(403).end()
      return
    }
    this.pushes.push(opened.push)
    this.#answer(response, opened.push, opened.keyIndex)
  }

  #answer(response: http.ServerResponse, push: Push, keyIndex: number | undefined): void {
    const behaviour = this.behave(push, this.pushes.length)
    switch (behaviour.kind) {
      case 'hang':
        return
      case 'acknowledge':
        response.end('success')
        return
      case 'body':
        response.writeHead(behaviour.status ?? 200).end(behaviour.body)
        return
      case 'reply':
        response.end(this.#sealed(push, behaviour, keyIndex))
        return
      default: {
        const missed: never = behaviour
        throw new TypeError(String(missed))
      }
    }
  }

  #sealed(push: Push, behaviour: Behaviour & { kind: 'reply' }, keyIndex: number | undefined): string {
    const format: DataFormat = this.#account.format ?? 'xml'
    const address = {
      toUser: behaviour.toUser ?? push.fromUser,
      fromUser: push.toUser,
      createTime: push.createTime,
    }
    const document = writeReply(behaviour.reply, address, format)
    return sealReply(this.#credentials(), {
      document,
      format,
      timestamp: 1713424427,
      nonce: '415670741',
      random16: Buffer.from('0123456789abcdef'),
      keyIndex: behaviour.inClear ? undefined : keyIndex,
    })
  }

  #credentials(): PushCredentials {
    const { token, encodingAesKey = 'A'.repeat(43), appId, mode = 'safe' } = this.#account
    return { tokens: [token], encodingAesKeys: [encodingAesKey], appId, mode }
  }
}
