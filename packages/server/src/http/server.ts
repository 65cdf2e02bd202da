import { randomUUID } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import { operations } from '@duoke/contract'
import multipart from '@fastify/multipart'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, fastify, LogController } from 'fastify'
import { acceptOnlyJson } from './json-body.ts'
import { presentError, problemOf, problemType } from './present-error.ts'
import { Refused } from './refused.ts'
import { everyAnswer, overHttps } from './security-headers.ts'
import { mayTakeLong } from './slow-body.ts'
import { uploadLimitBytes } from './upload.ts'

export type HttpOptions = {
  /** Networks of proxies whose X-Forwarded-For is believed. A number of hops is never accepted (N2). */
  readonly trustProxy: readonly string[]
  readonly log: FastifyBaseLogger
  /** Browsers reach us over https, whoever ends it. */
  readonly isHttps: boolean
}

const bodyLimitBytes = 1024 * 1024

/** The HTTP server without any route. Features add theirs; everything that is true of all requests is said here. */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.log,
    // What is worth logging is logged where it happens, without the query string, which may hold a secret of others (N6).
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    bodyLimit: bodyLimitBytes,
    // Slow headers and slow bodies end with the connection (F31, N5); the channel is stricter about its own.
    http: { headersTimeout: 3000, connectionsCheckingInterval: 500 },
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    // The trace id is ours alone: a client must not write into our log.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200, querystringParser: parseQuery },
    clientErrorHandler: answerUnreadable,
    // What is no URL never reaches a hook.
    frameworkErrors: (error, request, reply) => void presentError(error, request, reply),
  })
  const headers = options.isHttps ? { ...everyAnswer, ...overHttps } : everyAnswer
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Kept open, the connection of a request that was still running would hold the stop up.
    if (isClosing) reply.header('Connection', 'close')
    done()
  })
  app.setErrorHandler((error, request, reply) => presentError(error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request)
    if (allowed.length > 0) reply.header('Allow', allowed.join(', '))
    return presentError(new Refused(allowed.length > 0 ? 'method_not_allowed' : 'not_found'), request, reply)
  })
  return app
}

/** A scope for the REST interface: JSON bodies, and multipart where an operation takes a file. */
export function restScope(app: FastifyInstance, register: (scope: FastifyInstance) => void): void {
  void app.register((scope, _options, done) => {
    acceptOnlyJson(scope)
    void scope.register(multipart, {
      limits: { fileSize: uploadLimitBytes + 1, files: 1, fields: 10, parts: 11, fieldSize: 1000, headerPairs: 50 },
    })
    register(scope)
    done()
  })
}

export function urlOf(app: FastifyInstance): string {
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return `http://${hostOf(address)}:${address.port}`
}

function hostOf({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return family === 'IPv6' ? `[${address}]` : address
}

/** A name given twice becomes a list, which no schema accepts (N4). */
function parseQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const before = query[name]
    query[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return query
}

const declared = Object.values(operations).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}))

function methodsOf(request: FastifyRequest): string[] {
  const path = request.url.split('?')[0] ?? ''
  return declared.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
}

/** What is no HTTP is answered as far as it can be, and the connection ends. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'invalid_request'
  if (code === 'request_timeout' && mayTakeLong(socket)) return
  const problem = problemOf(new Refused(code))
  const body = JSON.stringify(problem)
  const line = code === 'request_timeout' ? '408 Request Timeout' : '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
