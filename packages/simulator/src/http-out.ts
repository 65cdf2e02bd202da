import http from 'node:http'
import https from 'node:https'
import type { HttpAnswer, HttpRequest, OutboundHttp } from './ports.ts'

/** A reply longer than this is no reply: WeChat's own are a few kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** Built on node:http rather than fetch: one pool that can be closed, and no hidden retries or redirects. */
export function createOutboundHttp(maxSockets = Number.POSITIVE_INFINITY): OutboundHttp {
  const plain = new http.Agent({ keepAlive: true, maxSockets })
  const secure = new https.Agent({ keepAlive: true, maxSockets })
  return {
    request: (request) => send(request, plain, secure),
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

function send(request: HttpRequest, plain: http.Agent, secure: https.Agent): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url)
    const body = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8')
    const headers: http.OutgoingHttpHeaders = { 'user-agent': 'Mozilla/4.0', accept: '*/*' }
    if (body) {
      headers['content-type'] = request.contentType ?? 'text/xml'
      headers['content-length'] = body.length
    }
    const options = { method: request.method, headers, signal: request.signal }
    const outgoing =
      url.protocol === 'https:'
        ? https.request(url, { ...options, agent: secure })
        : http.request(url, { ...options, agent: plain })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      let size = 0
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error('answer larger than 1 MB'))
        else chunks.push(chunk)
      })
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          contentType: incoming.headers['content-type'] ?? '',
          body: Buffer.concat(chunks),
        }),
      )
    })
    outgoing.end(body)
  })
}
