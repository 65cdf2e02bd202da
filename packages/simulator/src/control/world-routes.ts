import type { FastifyInstance } from 'fastify'
import { EXAMPLE_ACCOUNT_ID, EXAMPLE_FOLLOWER_ID } from '../model/example-world.ts'
import type { FaultRule } from '../model/faults.ts'
import { QUOTA_TABLES, type QuotaTableId } from '../model/quota.ts'
import { ENDPOINT_PATHS } from '../platform/dispatch.ts'
import { accountOf, type ControlContext, ControlError, followerOf } from './context.ts'
import { CONTROL_OPERATIONS } from './description.ts'
import { advanceSchema, demoSchema, faultSchema, quotaTableSchema, scriptSchema } from './schemas.ts'
import { runScript, type ScriptStep } from './script.ts'
import { STREAM_PATH } from './stream.ts'

const FIRST_MESSAGE = '你好，请问上周下的订单什么时候发货？'

export function registerWorldRoutes(app: FastifyInstance, context: ControlContext): void {
  const { world, followers, manualClock } = context

  app.get('/sim', () => ({
    name: 'Duoke WeChat simulator',
    operations: CONTROL_OPERATIONS,
    stream: { path: STREAM_PATH, does: 'WebSocket: a snapshot, then every event. ?account=&follower= for one phone.' },
    platform: ENDPOINT_PATHS,
    faults: world.faults.list(),
  }))

  app.get('/sim/faults', () => ({ items: world.faults.list() }))
  app.post<{ Body: FaultRule }>('/sim/faults', { schema: { body: faultSchema } }, ({ body }, reply) =>
    reply.code(201).send(world.faults.add(body)),
  )
  app.delete('/sim/faults', () => {
    world.faults.clear()
    return { items: [] }
  })
  app.delete<{ Params: { fault: string } }>('/sim/faults/:fault', ({ params }) => {
    if (world.faults.remove(Number(params.fault))) return { removed: true }
    throw new ControlError(404, 'no-such-fault', 'This fault is not waiting any more.')
  })
  app.post<{ Body: { steps: ScriptStep[] } }>('/sim/script', { schema: { body: scriptSchema } }, ({ body }) =>
    runScript(world, followers, body.steps),
  )

  app.get('/sim/quota-table', () => world.quotaTable)
  app.put<{ Body: { id: QuotaTableId } }>('/sim/quota-table', { schema: { body: quotaTableSchema } }, ({ body }) => {
    world.quotaTable = QUOTA_TABLES[body.id]
    return world.quotaTable
  })

  app.get('/sim/clock', () => ({ nowMs: world.ports.clock.nowMs(), isManual: manualClock !== null }))
  app.post<{ Body: { ms: number } }>('/sim/clock/advance', { schema: { body: advanceSchema } }, async ({ body }) => {
    if (!manualClock) throw new ControlError(409, 'real-clock', 'This simulator runs on real time.')
    await manualClock.advance(body.ms)
    return { nowMs: manualClock.nowMs(), isManual: true }
  })

  app.post<{ Body: { text?: string } | undefined }>(
    '/sim/demo',
    { schema: { body: { anyOf: [{ type: 'null' }, demoSchema] } } },
    ({ body }) => sendFirstMessage(context, body?.text ?? FIRST_MESSAGE),
  )
}

/** Asked twice, it writes once: a second start must not seed again. */
export function sendFirstMessage({ world, followers }: ControlContext, text: string): { sent: boolean } {
  const account = accountOf(world, { account: EXAMPLE_ACCOUNT_ID })
  const follower = followerOf(world, { account: EXAMPLE_ACCOUNT_ID, follower: EXAMPLE_FOLLOWER_ID })
  if (world.chat(follower).some((entry) => entry.from === 'follower')) return { sent: false }
  return { sent: followers.act(account, follower, { type: 'text', text }).kind === 'acted' }
}
