import type { FastifyInstance } from 'fastify'

/** The page's own files and nothing else: no script in the markup, no other site, no plug-ins. */
function contentPolicy(frameAncestors: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors 'self' ${frameAncestors.join(' ')}`,
  ].join('; ')
}

export function registerPhone(app: FastifyInstance, frameAncestors: readonly string[]): void {
  const policy = contentPolicy(frameAncestors)
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', policy)
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cache-control', 'no-cache')
  })
  app.get('/', (_request, reply) => reply.sendFile('index.html'))
  app.get('/phone', (_request, reply) => reply.sendFile('index.html'))
}
