import type { FastifyInstance } from 'fastify'

/** Nothing that was begun is given up while it may still end well (F24). */
const finishWithinMs = 10_000

/** Stops listening, lets what was begun finish, and closes what is left after ten seconds. */
export async function drain(app: FastifyInstance, withinMs = finishWithinMs): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), withinMs)
  late.unref()
  try {
    await app.close()
  } finally {
    clearTimeout(late)
  }
}
