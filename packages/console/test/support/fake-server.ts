import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ClientFrame, errors, type OperationId, operations, type ServerFrame } from '@duoke/contract'
import { type WebSocket, WebSocketServer } from 'ws'
import { consoleFolder } from '../../src/index.ts'
import { answerOf, Refusal } from './fake-answers.ts'
import type { FakeWorld } from './fake-world.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

/** The policy of the real server (its `security-headers.ts`), so that a page which breaks it breaks here too. */
const policy = (phone: string) =>
  [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:",
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'",
    `frame-src ${phone}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'`,
    "require-trusted-types-for 'script'; trusted-types duoke",
  ].join('; ')

const routes = Object.entries(operations).map(([id, { method, path }]) => ({
  id: id as OperationId, // Object.entries loses the key type
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}))

const routeOf = (request: IncomingMessage, url: URL) =>
  routes.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname))

type Asked = {
  readonly operation: OperationId
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

/** The contract's operations over a world in memory, with the console's built files. */
export class FakeServer implements AsyncDisposable {
  readonly world: FakeWorld
  readonly requests: string[] = []
  /** The same with what came with them. */
  readonly asked: Asked[] = []
  /** Requests that no operation of the contract documents. */
  readonly strays: string[] = []
  signedIn = true
  /** Answers 503 to everything and drops the sockets. */
  down = false
  /** How long a request of an operation takes. */
  readonly takesMs = new Map<OperationId, number>()
  /** Requests whose browser went away before they were answered. */
  readonly abandoned: OperationId[] = []
  /** How long every change takes. */
  slowMs = 0
  /** Takes no sockets. */
  deaf = false
  url = ''
  readonly #http = createServer((request, response) => void this.#serve(request, response))
  readonly #sockets = new Set<WebSocket>()
  readonly #refusals = new Map<OperationId, Refusal>()

  constructor(world: FakeWorld) {
    this.world = world
    world.onChange = (event, conversation) => {
      this.send({ type: 'event', event })
      if (conversation === undefined) return
      const all = [...world.conversations.values()]
      const counts = {
        waiting: all.filter(({ status }) => status === 'waiting').length,
        mine: all.filter(({ assignee }) => assignee === world.selfId).length,
      }
      this.send({ type: 'list', cursor: event.cursor, conversations: [conversation], counts })
    }
  }

  /** Refuses the next request of an operation. */
  refuse(operation: OperationId, ...why: ConstructorParameters<typeof Refusal>): void {
    this.#refusals.set(operation, new Refusal(...why))
  }

  async start(): Promise<this> {
    const sockets = new WebSocketServer({ noServer: true })
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.down || this.deaf) {
        socket.destroy()
        return
      }
      sockets.handleUpgrade(request, socket, head, (opened) => this.#greet(opened))
    })
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}` // it listens on a port
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  cut(code = 1001): void {
    for (const socket of this.#sockets) socket.close(code)
    this.#sockets.clear()
  }

  send(frame: ServerFrame): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify(frame))
  }

  #greet(socket: WebSocket): void {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as ClientFrame // the console's own
      if (frame.type !== 'hello') return
      if (!this.signedIn) {
        socket.close(4401)
        return
      }
      const after = Number(frame.after ?? this.world.position)
      const send = (reply: ServerFrame) => socket.send(JSON.stringify(reply))
      send({ type: 'ready', cursor: String(after), view: frame.view ?? 'agent' })
      for (const event of this.world.events.slice(after)) send({ type: 'event', event })
      this.#sockets.add(socket)
    })
    socket.on('close', () => this.#sockets.delete(socket))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    if (!url.pathname.startsWith('/v1/')) {
      this.#file(url.pathname, response)
      return
    }
    const body = Buffer.concat(await request.toArray())
    if (request.method !== 'GET' && this.slowMs > 0) await new Promise((done) => setTimeout(done, this.slowMs))
    if (!(await this.#takeTime(request, url, response))) return
    try {
      if (this.down) throw new Refusal('shutting_down')
      this.#answer(request, url, body, response)
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal')
      this.#refuse(refusal, response)
      if (!(error instanceof Refusal)) console.error(error)
    }
  }

  /** Whether somebody still waits for the answer. */
  async #takeTime(request: IncomingMessage, url: URL, response: ServerResponse): Promise<boolean> {
    const id = routeOf(request, url)?.id
    const takesMs = id === undefined ? undefined : this.takesMs.get(id)
    if (id === undefined || takesMs === undefined) return true
    await Promise.race([once(response, 'close'), new Promise((done) => setTimeout(done, takesMs))])
    if (response.closed) this.abandoned.push(id)
    return !response.closed
  }

  #answer(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const route = routeOf(request, url)
    if (route === undefined) {
      this.strays.push(`${request.method} ${url.pathname}`)
      throw new Refusal('not_found')
    }
    this.requests.push(`${request.method} ${url.pathname}`)
    const isOpen = route.id === 'signIn' || route.id === 'signInWithLink'
    if (!this.signedIn && !isOpen) throw new Refusal('unauthenticated')
    if (route.id === 'getMedia') {
      const media = this.world.media.get(url.pathname.split('/').at(-1) ?? '')
      if (media === undefined) throw new Refusal('media_expired')
      response.writeHead(200, { 'content-type': media.type }).end(media.bytes)
      return
    }
    const isJson = request.headers['content-type']?.startsWith('application/json') ?? false
    const params = route.pattern.exec(url.pathname)?.groups ?? {}
    const given = isJson ? JSON.parse(String(body)) : body
    this.asked.push({ operation: route.id, query: Object.fromEntries(url.searchParams), body: given })
    const refusal = this.#refusals.get(route.id)
    this.#refusals.delete(route.id)
    if (refusal !== undefined) throw refusal
    const answer = answerOf(this.world, route.id, { params, query: url.searchParams, body: given })
    if (isOpen) this.signedIn = true
    if (route.id === 'signOut') this.signedIn = false
    const headers = { 'content-type': 'application/json', 'duoke-cursor': String(this.world.position) }
    if (answer === undefined) response.writeHead(204).end()
    else response.writeHead(operations[route.id].status, headers).end(JSON.stringify(answer))
  }

  #refuse({ code, errors: fields }: Refusal, response: ServerResponse): void {
    const { status, sentence, whatToDo, retryable } = errors[code]
    const problem = { type: `/docs/errors#${code}`, status, title: sentence, code, whatToDo, retryable, errors: fields }
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
  }

  #file(path: string, response: ServerResponse): void {
    if (path === '/phone') {
      // In the place of the simulator's page, which has an origin and a policy of its own.
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>phone</title><p>phone</p>')
      return
    }
    const name = path === '/' ? '/index.html' : normalize(path)
    try {
      const bytes = readFileSync(join(fileURLToPath(consoleFolder), name))
      const phone = this.world.phoneUrl === null ? "'none'" : new URL(this.world.phoneUrl).origin
      response
        .writeHead(200, { 'content-type': types[extname(name)] ?? '', 'content-security-policy': policy(phone) })
        .end(bytes)
    } catch {
      this.strays.push(path)
      response.writeHead(404).end()
    }
  }
}
