import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type CompatibleAnswer, errorFields, jsonType, refusal } from './answer.ts'
import type { Call, Caller } from './call.ts'
import { type CallHead, type Dispatcher, largestBodyBytes } from './dispatch.ts'
import { apiRoots } from './permission-sets.ts'
import { discardBody, readBody } from './read-body.ts'
import type { Traces } from './traces.ts'

export type CompatibleRoutePorts = {
  readonly dispatcher: Dispatcher
  readonly traces: Traces
  readonly nowMs: () => number
}

/** WeChat's API at the server's own origin: an SDK needs only another host. */
export function compatibleRoutes(ports: CompatibleRoutePorts): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    // Whatever the content type says: what a body is, its path says.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    // Fastify refuses types that are none before it asks a parser.
    const types: DeclaredTypes = new WeakMap()
    app.addHook('onRequest', (request, _reply, done) => {
      const { headers } = request.raw
      if (headers['content-type'] !== undefined) types.set(request.raw, headers['content-type'])
      delete headers['content-type']
      done()
    })
    const handle = (request: FastifyRequest, reply: FastifyReply) => answerCall({ ...ports, types }, request, reply)
    for (const root of apiRoots) {
      // A host that was given with a slash at its end makes two of them.
      for (const slashes of ['/', '//'])
        app.route({ method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'], url: `${slashes}${root}/*`, handler: handle })
    }
  }
}

type DeclaredTypes = WeakMap<IncomingMessage, string>
type AnswerPorts = CompatibleRoutePorts & { readonly types: DeclaredTypes }

async function answerCall(ports: AnswerPorts, request: FastifyRequest, reply: FastifyReply) {
  const head = headOf(request, ports)
  const admission = await ports.dispatcher.admit(head)
  if (admission.kind === 'refused') {
    await endUnread(request, reply)
    return send(ports, { request, reply, call: { ...head, body: new Uint8Array() } }, admission)
  }
  const { endpoint, caller, leave } = admission
  try {
    const body = await readBody(request.raw, admission.bodyLimitBytes)
    if (typeof body === 'string') {
      await endUnread(request, reply)
      const call = { ...head, body: new Uint8Array() }
      return send(ports, { request, reply, call }, { answer: refusal(body === 'too-large' ? 45001 : 44002), caller })
    }
    const call = { ...head, body }
    const answer = await ports.dispatcher.run(endpoint, call, caller)
    return send(ports, { request, reply, call }, { answer, caller })
  } finally {
    leave()
  }
}

/** A body longer than any call's is not waited for: the connection ends with the answer. */
async function endUnread(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if ((await discardBody(request.raw, largestBodyBytes)) === 'cut') reply.header('connection', 'close')
}

function headOf(request: FastifyRequest, { nowMs, types }: AnswerPorts): CallHead {
  const at = request.raw.url?.indexOf('?') ?? -1
  const url = request.raw.url ?? ''
  const search = at === -1 ? '' : url.slice(at + 1)
  return {
    method: request.method,
    path: (at === -1 ? url : url.slice(0, at)).replaceAll(/\/{2,}/g, '/'),
    search,
    query: queryOf(search),
    contentType: types.get(request.raw),
    ip: request.ip,
    declaredBytes: declaredBytesOf(request.raw),
    receivedMs: nowMs(),
    origin: `${request.protocol}://${request.host}`,
  }
}

function declaredBytesOf({ headers, method }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY
  return method === 'GET' ? 0 : Number(headers['content-length'] ?? 0)
}

/** Of a name given twice the first counts. */
function queryOf(search: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) query[name] ??= value
  return query
}

type Exchange = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly call: Call }
type Answered = { readonly answer: CompatibleAnswer; readonly caller: Caller | null }

/** HTTP 200 with JSON even for errors (protocol reference, section 0). */
function send(ports: CompatibleRoutePorts, { request, reply, call }: Exchange, { answer, caller }: Answered) {
  reply.header('cache-control', 'no-store')
  switch (answer.kind) {
    case 'json':
      return reply.header('content-type', jsonType).send(Buffer.from(JSON.stringify(answer.fields)))
    case 'error': {
      const rid = ports.traces.draw()
      const body = JSON.stringify(errorFields(answer.errcode, answer.text, rid))
      if (caller !== null) keepTrace(ports, { call, caller, rid, body })
      return reply.header('content-type', jsonType).send(Buffer.from(body))
    }
    case 'bytes':
      return reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body))
    case 'hang-up':
      reply.hijack()
      request.raw.socket.destroy()
      return reply
    default:
      return answer satisfies never
  }
}

type Kept = { readonly call: Call; readonly caller: Caller; readonly rid: string; readonly body: string }

/** The token is left out of what is kept (N6). */
function keepTrace({ traces, nowMs }: CompatibleRoutePorts, { call, caller, rid, body }: Kept): void {
  const rest = call.search.split('&').filter((part) => part !== '' && !/^access_?token=|secret=/i.test(part))
  const app = { organizationId: caller.organizationId, wechatAppId: caller.attached.attachment.wechatAppId }
  traces.keep(app, rid, {
    invoke_time: Math.floor(call.receivedMs / 1000),
    cost_in_ms: nowMs() - call.receivedMs,
    request_url: `${call.path}?${['access_token=ACCESS_TOKEN', ...rest].join('&')}`,
    request_body: Buffer.from(call.body).toString('utf8').slice(0, 2_000),
    response_body: body,
    client_ip: call.ip,
  })
}
