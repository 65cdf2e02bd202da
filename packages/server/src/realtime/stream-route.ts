import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { WebSocketServer } from 'ws'
import { gatherWrites } from '../database/gathering-socket.ts'
import { credentialOf, isCrossSite } from '../http/authenticate.ts'
import { problemOf, problemType, refusalOf } from '../http/present-error.ts'
import { Refused } from '../http/refused.ts'
import type { Streams } from './stream.ts'

const mostSockets = 10_000

/** GET /v1/stream: the handshake. Cookies are for pages of our own origin; what is no browser sends a token (I-10). */
export function registerStream(
  app: FastifyInstance,
  ports: { readonly streams: Streams; readonly publicOrigin: () => string; readonly isDraining: () => boolean },
): void {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false })
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    try {
      const credential = handshake(request, ports)
      server.handleUpgrade(request, socket, head, (ws) => {
        // A batch of the log holds several events for the same reader, and a list is several parts of one frame.
        gatherWrites(socket)
        ports.streams.accept(ws, credential)
      })
    } catch (thrown) {
      refuseUpgrade(socket, refusalOf(thrown))
    }
  }
  app.server.on('upgrade', onUpgrade)
  app.get('/v1/stream', async (_request, reply) => {
    reply.header('Upgrade', 'websocket')
    throw new Refused('invalid_request', { detail: 'This address speaks WebSocket: see /v1/asyncapi.json.' })
  })
  app.addHook('onClose', async () => {
    app.server.off('upgrade', onUpgrade)
    server.close()
  })
}

function handshake(request: IncomingMessage, ports: Parameters<typeof registerStream>[1]): string | null {
  const path = (request.url ?? '').split('?')[0]
  if (path !== '/v1/stream') throw new Refused('not_found')
  if (ports.isDraining()) throw new Refused('shutting_down')
  if (ports.streams.count >= mostSockets) throw new Refused('overloaded')
  const origin = ports.publicOrigin()
  const credential = credentialOf(request.headers, origin.startsWith('https:'))
  if (credential?.from !== 'header' && isCrossSite(request.headers, origin)) throw new Refused('cross_site')
  return credential?.token ?? null
}

function refuseUpgrade(socket: Duplex, refused: Refused): void {
  const problem = problemOf(refused)
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} Refused\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
