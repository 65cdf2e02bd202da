import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { digestOf } from './idempotency.ts'
import { Refused } from './refused.ts'

export type Readiness = { readonly ready: boolean; readonly reasons: readonly string[] }

/** The figures of one server. Features register theirs; nothing is shared between two servers in one process. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'duoke_' })
  return registry
}

export function registerProbes(
  app: FastifyInstance,
  ports: { registry: Registry; readiness: () => Promise<Readiness>; metricsToken: string | null },
): void {
  // Alive means that this process answers; a database that is away is no reason to restart it.
  app.get('/healthz', async (_request, reply) => reply.type('application/json').send('{"status":"ok"}'))
  app.get('/readyz', async (_request, reply) => {
    const { ready, reasons } = await ports.readiness()
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', reasons })
  })
  app.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, ports.metricsToken)) throw new Refused('unauthenticated')
    return reply.type(ports.registry.contentType).send(await ports.registry.metrics())
  })
}

/** Loopback is judged by the connection itself: a forwarded address is only what somebody says. */
function mayReadMetrics(request: FastifyRequest, token: string | null): boolean {
  const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token !== null && given !== undefined) {
    return timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(token)))
  }
  const isForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined
  const peer = request.raw.socket.remoteAddress ?? ''
  return token === null && !isForwarded && /^(::ffff:)?127\.|^::1$/.test(peer)
}
