import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LARGEST_UPLOAD_BYTES } from '../model/media-files.ts'
import { registerAccountRoutes } from './account-routes.ts'
import { type ControlContext, ControlError } from './context.ts'
import { registerFollowerRoutes } from './follower-routes.ts'
import { isTrustedRequest } from './guard.ts'
import { registerWorldRoutes } from './world-routes.ts'

/** Everything under `/sim`: what a hand on the phone or a test's script may do. */
export function registerControl(app: FastifyInstance, context: ControlContext, allowedHosts: readonly string[]): void {
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_UPLOAD_BYTES + 1 }, (_request, body, done) =>
    done(null, body),
  )
  app.addHook('onRequest', async ({ headers }) => {
    const { host, origin } = headers
    if (isTrustedRequest({ host, origin }, allowedHosts)) return
    throw new ControlError(403, 'foreign-page', 'Another site may not drive the simulator.')
  })
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error(error)
    const message = status >= 500 ? 'The simulator failed; see its log.' : error.message
    return reply.code(status).send({ error: error.code ?? 'failed', message })
  })
  registerWorldRoutes(app, context)
  registerAccountRoutes(app, context)
  registerFollowerRoutes(app, context)
}
