import type { FastifyInstance } from 'fastify'
import type { AccountSettings, NewAccount } from '../model/account.ts'
import type { World } from '../model/world.ts'
import { type AccountParams, accountOf, type ControlContext, ControlError } from './context.ts'
import { accountChangeSchema, accountSchema, limitSchema } from './schemas.ts'
import { accountView } from './views.ts'

const DEFAULT_LIST = 1_000

export function registerAccountRoutes(app: FastifyInstance, { world, followers }: ControlContext): void {
  app.get('/sim/accounts', () => ({ items: world.accounts().map(({ settings }) => accountView(settings)) }))

  app.post<{ Body: NewAccount }>('/sim/accounts', { schema: { body: accountSchema } }, (request, reply) => {
    refuseTakenAppId(request.body)
    return reply.code(201).send(accountView(world.putAccount(request.body).settings))
  })

  app.get<{ Params: AccountParams }>('/sim/accounts/:account', ({ params }) =>
    accountView(accountOf(world, params).settings),
  )

  app.patch<{ Params: AccountParams; Body: Partial<AccountSettings> }>(
    '/sim/accounts/:account',
    { schema: { body: accountChangeSchema } },
    ({ params, body }) => {
      const changed = { ...accountOf(world, params).settings, ...body }
      refuseTakenAppId(changed)
      return accountView(world.putAccount(changed).settings)
    },
  )

  app.post<{ Params: AccountParams }>('/sim/accounts/:account/verify', ({ params }) =>
    followers.verify(accountOf(world, params)),
  )

  app.post<{ Params: AccountParams }>('/sim/accounts/:account/tokens/invalidate', ({ params }) => {
    accountOf(world, params).tokens.revokeAll()
    return { invalidated: true }
  })

  app.put<{ Params: AccountParams; Body: { path: string; dailyLimit: number } }>(
    '/sim/accounts/:account/limits',
    { schema: { body: limitSchema } },
    ({ params, body }) => {
      const { apiUse } = accountOf(world, params)
      apiUse.setLimit(body.path, body.dailyLimit)
      return apiUse.of(body.path)
    },
  )

  registerWire(app, world)

  function refuseTakenAppId({ id, appId }: Pick<NewAccount, 'id' | 'appId'>): void {
    const other = world.accountByAppId(appId)
    if (other && other.settings.id !== id) {
      throw new ControlError(409, 'app-id-taken', `Account "${other.settings.id}" has this appId.`)
    }
  }
}

/** What went over the wire, and what may be taken from under it. */
function registerWire(app: FastifyInstance, world: World): void {
  app.post<{ Params: AccountParams & { media: string } }>(
    '/sim/accounts/:account/media/:media/expire',
    ({ params }) => {
      if (world.media.expire(params.account, params.media)) return { expired: true }
      throw new ControlError(404, 'no-such-media', 'There is no such media, or it has expired already.')
    },
  )

  app.get<{ Params: AccountParams }>('/sim/accounts/:account/qrcodes', ({ params }) => {
    const { settings } = accountOf(world, params)
    return { items: world.qrCodes.ofAccount(settings.id) }
  })

  app.get<{ Params: AccountParams }>('/sim/accounts/:account/pushes', ({ params }) => {
    const { settings } = accountOf(world, params)
    return { items: world.journal.pushes(settings.id).slice(-DEFAULT_LIST) }
  })

  app.get<{ Params: AccountParams }>('/sim/accounts/:account/calls', ({ params }) => {
    const { settings } = accountOf(world, params)
    return { items: world.journal.calls(settings.id).slice(-DEFAULT_LIST) }
  })
}
