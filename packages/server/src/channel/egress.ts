import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type AddressGuard, createAddressGuard, createAllowList } from './address-guard.ts'
import { createLookup, type Lookup, type Resolve, resolveBySystem } from './egress-lookup.ts'

/**
 * The one way out over HTTP. It tells what was provably never sent (no byte of the request left) from what may have
 * arrived, because only the first may be sent again by itself. It follows no redirect: the address that was checked is
 * the address that is spoken to.
 */
export type Egress = {
  request(request: EgressRequest): Promise<EgressResult>
  close(): void
}

export type EgressRequest = {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  /**
   * `operator`: the address is the operator's own word. `guarded`: somebody else chose it, so it must be public or allowed.
   * `app-push`: likewise, with an allow-list of its own; on the public internet only the ports 80 and 443, which are all
   * that WeChat pushes to (protocol reference, section 1.1).
   */
  readonly trust: 'operator' | 'guarded' | 'app-push'
  /** Asking twice does no harm: repeated once when a kept connection turns out to be dead. GET and HEAD are. */
  readonly idempotent?: boolean
  /** Called when the whole request was given to the socket, before an answer. */
  readonly onWritten?: () => void
}

export type EgressResponse = {
  readonly status: number
  readonly headers: Readonly<http.IncomingHttpHeaders>
  readonly body: Uint8Array
}

export type EgressResult =
  | { readonly sent: 'not-sent'; readonly error: EgressError }
  | ({ readonly sent: 'yes' } & EgressResponse)
  | { readonly sent: 'unknown'; readonly error: EgressError }

/** A code that machines compare (`ECONNREFUSED`, `deadline`, `refused-address`, …) and words for people. Never the URL: it may hold a token. */
export type EgressError = { readonly code: string; readonly message: string }

export type EgressOptions = {
  /** CIDRs that guarded requests may reach although they are not public. */
  readonly allow: readonly string[]
  /** The same for pushes to apps, on any port. */
  readonly allowPushes?: readonly string[]
  readonly resolve?: Resolve
  readonly nowMs?: () => number
  /** Certificates to trust beside the system's. */
  readonly ca?: string | readonly string[]
  readonly connectionsPerHost?: number
}

/** Shorter than the idle time of common servers, so that a kept connection is rarely one that the other side just closed. */
const keptForMs = 4_000
const connectWithinMs = 10_000

export function createEgress(options: EgressOptions): Egress {
  const { allow, allowPushes = [] } = options
  const lookups = { resolve: options.resolve ?? resolveBySystem, nowMs: options.nowMs ?? Date.now }
  const guarded = (mayReach: AddressGuard) => ({
    mayReach,
    pool: createPool(options, createLookup({ ...lookups, mayReach })),
  })
  // Pools apart: a connection made on the operator's word must never carry a guarded request.
  const ways = {
    operator: { mayReach: () => true, pool: createPool(options, createLookup(lookups)) },
    guarded: guarded(createAddressGuard(allow)),
    'app-push': guarded(createAddressGuard(allowPushes)),
    'app-push at an unusual port': guarded(createAllowList(allowPushes)),
  }
  return {
    async request(request) {
      const url = URL.parse(request.url)
      const way = ways[request.trust === 'app-push' && url?.port !== '' ? 'app-push at an unusual port' : request.trust]
      const target = checkTarget(request, url, way.mayReach)
      if ('code' in target) return { sent: 'not-sent', error: target }
      const attempt = () => exchange(request, target, way.pool[target.protocol])
      const first = await attempt()
      const repeatable = request.idempotent ?? (request.method === 'GET' || request.method === 'HEAD')
      return first.deadConnection && repeatable ? (await attempt()).result : first.result
    },
    close() {
      for (const { pool } of Object.values(ways)) for (const agent of Object.values(pool)) agent.destroy()
    },
  }
}

type Pool = { readonly 'http:': http.Agent; readonly 'https:': https.Agent }
type Target = { readonly url: URL; readonly protocol: 'http:' | 'https:' }

function checkTarget(request: EgressRequest, url: URL | null, mayReach: AddressGuard): Target | EgressError {
  if (url === null) return { code: 'bad-url', message: 'the address is no URL' }
  const protocol = url.protocol
  if (protocol !== 'http:' && protocol !== 'https:')
    return { code: 'bad-url', message: 'only http and https are spoken' }
  if (request.trust !== 'operator') {
    if (url.username !== '' || url.password !== '') return { code: 'bad-url', message: 'a name or password in the URL' }
    // A literal never passes through the lookup, so it is checked here.
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0 && !mayReach(literal)) return refusedAddress
  }
  return { url, protocol }
}

const refusedAddress: EgressError = { code: 'refused-address', message: 'the address is not on the public internet' }

function createPool(options: EgressOptions, lookup: Lookup): Pool {
  const settings = {
    keepAlive: true,
    timeout: keptForMs,
    maxSockets: options.connectionsPerHost ?? 64,
    maxFreeSockets: 16,
    scheduling: 'lifo' as const,
    lookup,
    ...(options.ca === undefined ? {} : { ca: [...[options.ca].flat()] }),
  }
  return {
    'http:': handOverWhenConnected(new http.Agent(settings)),
    'https:': handOverWhenConnected(new https.Agent(settings)),
  }
}

/**
 * An agent normally hands a socket over while it still connects, and the request is written into its buffer. Here a
 * request gets its socket only after the connection, and the TLS handshake with the certificate's check, are done:
 * a request that never got a socket was provably never sent.
 */
function handOverWhenConnected<A extends http.Agent>(agent: A): A {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, handOver) => {
    const socket = connect(options)
    if (socket === null || socket === undefined || handOver === undefined)
      throw new TypeError('the agent made no socket')
    const settle = (error: Error | null) => {
      clearTimeout(deadline)
      socket.off('error', settle)
      socket.off('close', onClose)
      // The agent ignores the socket when there is an error.
      handOver(error, socket)
    }
    const onClose = () => settle(Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' }))
    const late = () => socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }))
    const deadline = setTimeout(late, connectWithinMs)
    socket.once('error', settle)
    socket.once('close', onClose)
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => settle(null))
    return undefined
  }
  return agent
}

type Exchange = { readonly result: EgressResult; readonly deadConnection: boolean }

function exchange(request: EgressRequest, target: Target, agent: http.Agent): Promise<Exchange> {
  return new Promise((resolve) => {
    const body = typeof request.body === 'string' ? Buffer.from(request.body, 'utf8') : request.body
    const outgoing = (target.protocol === 'https:' ? https : http).request(target.url, {
      agent,
      method: request.method,
      headers: {
        'accept-encoding': 'identity',
        ...request.headers,
        ...(body && { 'content-length': body.byteLength }),
      },
    })
    let hasSocket = false
    let answered = false
    const finish = (result: EgressResult) => {
      clearTimeout(deadline)
      const deadConnection = outgoing.reusedSocket && !answered && result.sent === 'unknown' && isReset(result.error)
      resolve({ result, deadConnection })
      if (result.sent !== 'yes') outgoing.destroy()
    }
    const fail = (error: EgressError) => finish({ sent: hasSocket ? 'unknown' : 'not-sent', error })
    const deadline = setTimeout(
      () => fail({ code: 'deadline', message: `no answer within ${request.timeoutMs} ms` }),
      request.timeoutMs,
    )
    outgoing.once('socket', (_socket: Duplex) => {
      hasSocket = true
    })
    if (request.onWritten !== undefined) outgoing.once('finish', request.onWritten)
    outgoing.on('error', (error) => fail(wordsFor(error)))
    outgoing.once('close', () => {
      if (!answered) fail({ code: 'ECONNRESET', message: 'the connection ended before an answer' })
    })
    outgoing.once('response', (incoming) => {
      answered = true
      readAnswer(incoming, request.maxResponseBytes).then(
        (bytes) => finish({ sent: 'yes', status: incoming.statusCode ?? 0, headers: incoming.headers, body: bytes }),
        (error) => fail(wordsFor(error)),
      )
    })
    outgoing.end(body)
  })
}

async function readAnswer(incoming: http.IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Without an encoding a response yields bytes.
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBytes)
      throw Object.assign(new Error(`the answer is longer than ${maxBytes} bytes`), { code: 'too-long' })
    chunks.push(chunk)
  }
  if (!incoming.complete) throw Object.assign(new Error('the answer ended too early'), { code: 'cut-off' })
  return Buffer.concat(chunks)
}

function isReset(error: EgressError): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}

function wordsFor(error: unknown): EgressError {
  if (!(error instanceof Error)) return { code: 'failed', message: 'the request failed' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'failed'
  return { code, message: error.message }
}
