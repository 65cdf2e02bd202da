import type { Readable } from 'node:stream'
import { type PushQuery, pushSizeLimits } from '@duoke/wechat'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Failpoint } from '../events/failpoint.ts'
import type { PushAnswer, PushOutcome, Receiver } from './receive.ts'

export type PushRoutePorts = {
  readonly receiver: Receiver
  readonly failpoint: Failpoint
  readonly onPush: (outcome: PushOutcome, account: null) => void
  /** From the end of the headers to the end of the body; the HTTP server itself bounds the headers. */
  readonly bodyWithinMs?: number
}

type PushRoute = { Params: { accountId: string }; Querystring: PushQuery }
type PushRequest = FastifyRequest<PushRoute>

/** GET and POST /wechat/{accountId}: the address that is entered in WeChat's console. */
export function pushRoutes(ports: PushRoutePorts): FastifyPluginAsync {
  const bodyWithinMs = ports.bodyWithinMs ?? 3_000
  return async (app: FastifyInstance) => {
    // Whatever the content type says, the bytes are what was signed.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    app.get<PushRoute>('/wechat/:accountId', async (request, reply) => {
      return send(reply, await ports.receiver.verify(request.params.accountId, request.query))
    })
    app.post<PushRoute>('/wechat/:accountId', async (request, reply) => {
      const body = await readBody(request, bodyWithinMs)
      if (typeof body === 'string') {
        ports.onPush(body === 'too-large' ? 'refused:too-large' : 'too-slow', null)
        return cutOff(reply, body)
      }
      return send(reply, await ports.receiver.receive(request.params.accountId, request.query, body))
    })
    app.addHook('onResponse', async (request, reply) => {
      if (request.method === 'POST' && reply.statusCode === 200) ports.failpoint('after_reply')
    })
  }
}

function send(reply: FastifyReply, answer: PushAnswer): FastifyReply {
  if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', String(answer.retryAfterSeconds))
  return reply.code(answer.status).header('content-type', `${answer.contentType}; charset=utf-8`).send(answer.body)
}

/** What was not read is not waited for: the connection ends with the answer. */
function cutOff(reply: FastifyReply, why: 'too-large' | 'too-slow'): FastifyReply {
  return reply
    .code(why === 'too-large' ? 413 : 408)
    .headers({ connection: 'close', 'content-type': 'text/plain; charset=utf-8' })
    .send('refused')
}

/** Counts while reading, so that neither a long nor a slow body costs more than its limit. */
function readBody(request: PushRequest, withinMs: number): Promise<Uint8Array | 'too-large' | 'too-slow'> {
  const stream = request.body instanceof Object && 'on' in request.body ? (request.body as Readable) : request.raw // our content type parser hands the stream on
  const isEncrypted = request.query['encrypt_type'] === 'aes'
  const limit = isEncrypted ? pushSizeLimits.encryptedBytes : pushSizeLimits.plainBytes
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const end = (result: Uint8Array | 'too-large' | 'too-slow') => {
      clearTimeout(timer)
      stream.off('data', onData)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) return end('too-large')
      chunks.push(chunk)
    }
    const timer = setTimeout(() => end('too-slow'), withinMs)
    if (Number(request.headers['content-length'] ?? 0) > limit) return end('too-large')
    stream.on('data', onData)
    stream.once('end', () => end(Buffer.concat(chunks)))
    stream.once('error', () => end('too-slow'))
    stream.once('close', () => end('too-slow'))
  })
}
