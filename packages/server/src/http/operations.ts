import { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { type OperationDeclaration, type OperationId, operationIds, operations } from '@duoke/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { credentialOf, findCaller, isCrossSite, sessionCookie } from './authenticate.ts'
import { type Caller, type FindCaller, holderKey } from './caller.ts'
import type { Handlers } from './handler.ts'
import { digestOf, type Idempotency, type StoredAnswer } from './idempotency.ts'
import { isStorable, type JsonBody } from './json-body.ts'
import { type Limits, rateLimitFields } from './limits.ts'
import { Refused } from './refused.ts'
import { takeItsTime } from './slow-body.ts'
import { readUpload } from './upload.ts'
import { type Check, checkBody, checkQuery } from './validation.ts'

export type OperationPorts = {
  readonly handlers: Handlers
  readonly find: FindCaller
  readonly idempotency: Idempotency
  readonly perToken: { readonly limits: Limits; readonly quota: number }
  readonly perAddress: { readonly limits: Limits; readonly quota: number }
  /** The origin that browsers use; null when it is only known from the address listened on. */
  readonly publicOrigin: () => string
}

type Prepared = {
  readonly id: OperationId
  readonly declaration: OperationDeclaration
  readonly query: Check
  readonly body: Check
}

const unsafe = (declaration: OperationDeclaration) => declaration.method !== 'GET'
const windowSeconds = 60

/** Registers a route for every operation of the contract. */
export function registerOperations(scope: FastifyInstance, ports: OperationPorts): void {
  for (const id of operationIds) {
    const declaration: OperationDeclaration = operations[id]
    const { query, body } = declaration
    const prepared: Prepared = { id, declaration, query: checkQuery(query), body: checkBody(body) }
    scope.route({
      method: declaration.method,
      url: declaration.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => serve(prepared, ports, request, reply),
    })
  }
}

async function serve(prepared: Prepared, ports: OperationPorts, request: FastifyRequest, reply: FastifyReply) {
  const { declaration } = prepared
  refuseDoubledHeaders(request.raw.rawHeaders)
  const caller = await authenticate(declaration, ports, request, reply)
  if (declaration.scope !== null && caller !== null && !caller.scopes.has(declaration.scope)) {
    throw new Refused('insufficient_scope', { detail: declaration.scope })
  }
  const params = checkParams(request.params)
  const query = prepared.query(request.query)
  if (!declaration.upload && request.isMultipart()) throw new Refused('unsupported_media_type')
  const incoming = incomingOf(declaration, request)
  const upload = declaration.upload ? await readUpload(request) : undefined
  // Our own parser made it, or there was none.
  const json = upload === undefined && incoming === undefined ? (request.body as JsonBody | undefined) : undefined
  const body = declaration.upload ? undefined : prepared.body(json?.value)
  // What a file puts in place it puts in place again; an answer to it could not be kept in what it replaces.
  const key = unsafe(declaration) && incoming === undefined ? idempotencyKey(request) : undefined
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const call = (retryKey: string | undefined) =>
    // The handlers' table is typed by operation; a loop over all of them loses which one it is.
    (ports.handlers[prepared.id] as (given: unknown) => Promise<AnyAnswer>)({
      caller,
      params,
      query,
      body,
      upload,
      incoming,
      retryKey,
      ip: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      accept: request.headers.accept ?? '',
      lastEventId: headerOf(request, 'last-event-id'),
      signal: gone.signal,
    })
  if (key === undefined || caller === null) return send(declaration, ports, reply, await call(undefined))
  const retryKey = `idem:${holderKey(caller)}:${prepared.id}:${key}`
  const digest = digestOf(request.url, upload?.bytes ?? json?.bytes ?? '')
  let first: AnyAnswer | undefined
  const stored = await ports.idempotency.run({ org: caller.org, key: `http:${retryKey}`, digest }, async () => {
    first = await call(retryKey)
    return storable(declaration, first)
  })
  if (first !== undefined) return send(declaration, ports, reply, first)
  reply.header('Idempotency-Replayed', 'true').code(stored.status)
  return stored.body === null ? reply.send() : reply.type(jsonType).send(stored.body)
}

/** The body of an operation that takes a file. Others take none, and refuse one unread. */
function incomingOf({ takes }: OperationDeclaration, request: FastifyRequest): Readable | undefined {
  const { body } = request
  if (takes !== undefined && body instanceof IncomingMessage) return takeItsTime(body)
  if (body instanceof IncomingMessage) body.resume()
  if (takes === undefined && !(body instanceof IncomingMessage)) return undefined
  throw new Refused('unsupported_media_type', {
    detail: takes === undefined ? 'Send Content-Type: application/json.' : `Send Content-Type: ${takes}.`,
  })
}

async function authenticate(
  declaration: OperationDeclaration,
  ports: OperationPorts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller | null> {
  const credential = credentialOf(request.headers, isHttps(ports))
  // Signing in has no cookie yet, and must not be done to somebody by another site either.
  const acts = unsafe(declaration) && credential?.from !== 'header'
  if (acts && isCrossSite(request.headers, ports.publicOrigin())) throw new Refused('cross_site')
  try {
    const caller = await findCaller(credential, ports.find)
    countAgainst(ports.perToken, 'token', `${caller.org}/${caller.tokenId}`, reply)
    return caller
  } catch (thrown) {
    const isUnknown = thrown instanceof Refused && thrown.code === 'unauthenticated'
    if (isUnknown) countAgainst(ports.perAddress, 'address', request.ip, reply)
    if (isUnknown && declaration.scope === null) return null
    throw thrown
  }
}

function countAgainst(bucket: OperationPorts['perToken'], policy: string, key: string, reply: FastifyReply): void {
  const taking = bucket.limits.take(key)
  reply.headers(rateLimitFields(policy, bucket.quota, windowSeconds, taking))
  if (!taking.allowed) throw new Refused('too_many_requests', { retryAfterSeconds: taking.waitSeconds })
}

const isHttps = (ports: OperationPorts) => ports.publicOrigin().startsWith('https:')
const jsonType = 'application/json; charset=utf-8'

/** The union of what handlers give back, seen from here. */
type AnyAnswer = {
  readonly body?: unknown
  readonly cursor?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookie?: { readonly token: string; readonly maxAgeSeconds: number } | 'clear'
  readonly file?: Readable | Buffer
  readonly redirect?: string
  readonly stream?: AsyncIterable<string>
  readonly contentType?: string
}

function storable(declaration: OperationDeclaration, answer: AnyAnswer): StoredAnswer {
  return { status: declaration.status, body: declaration.response === undefined ? null : JSON.stringify(answer.body) }
}

function send(
  declaration: OperationDeclaration,
  ports: OperationPorts,
  reply: FastifyReply,
  answer: AnyAnswer,
): FastifyReply {
  reply.code(declaration.status).header('Cache-Control', 'no-store')
  if (answer.cursor !== undefined) reply.header('Duoke-Cursor', answer.cursor)
  if (answer.cookie !== undefined) {
    const { token, maxAgeSeconds } = answer.cookie === 'clear' ? { token: '', maxAgeSeconds: 0 } : answer.cookie
    reply.header('Set-Cookie', sessionCookie(isHttps(ports), token, maxAgeSeconds))
  }
  if (answer.headers !== undefined) reply.headers(answer.headers)
  if (answer.redirect !== undefined) return reply.redirect(answer.redirect, 302)
  if (answer.file !== undefined) return reply.type(answer.contentType ?? 'application/octet-stream').send(answer.file)
  if (answer.stream !== undefined) {
    reply.header('X-Accel-Buffering', 'no').type(answer.contentType ?? 'text/event-stream')
    return reply.send(Readable.from(answer.stream, { objectMode: false }))
  }
  if (declaration.response === undefined) return reply.send()
  return reply.type(jsonType).send(JSON.stringify(answer.body))
}

/** Ids are plain; whatever is not can be nobody's id. */
function checkParams(params: unknown): Record<string, string> {
  const given = Object.entries(params ?? {}).map(([name, value]): [string, string] => [name, String(value)])
  if (given.some(([, value]) => !/^[A-Za-z0-9_-]{1,80}$/.test(value))) throw new Refused('not_found')
  return Object.fromEntries(given)
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = headerOf(request, 'idempotency-key')
  if (key === undefined) return undefined
  if (key.length < 1 || key.length > 200 || !isStorable(key)) {
    throw new Refused('invalid_request', {
      errors: [{ path: '/header/Idempotency-Key', message: 'has 1 to 200 characters' }],
    })
  }
  return key
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

const onlyOnce = new Set([
  'authorization',
  'content-type',
  'content-length',
  'host',
  'idempotency-key',
  'cookie',
  'origin',
])

/** Two of these mean two readings of one request, and somebody who profits from the difference (N4). */
function refuseDoubledHeaders(rawHeaders: readonly string[]): void {
  const seen = new Set<string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (!onlyOnce.has(name)) continue
    if (seen.has(name)) throw new Refused('invalid_request', { detail: `The header ${name} was sent twice.` })
    seen.add(name)
  }
}
