import type { FastifyInstance } from 'fastify'
import type { Acted } from '../push/acting.ts'
import type { FollowerAction } from '../push/actions.ts'
import {
  type AccountParams,
  accountOf,
  type ControlContext,
  ControlError,
  type FollowerParams,
  followerOf,
} from './context.ts'
import { FOLLOWER, registerPhoneFiles } from './phone-files.ts'
import { actionSchema, followerSchema } from './schemas.ts'
import { followerView } from './views.ts'

interface NewFollower {
  id?: string
  name: string
  openid?: string
  follows?: boolean
}

export function registerFollowerRoutes(app: FastifyInstance, { world, followers, voices }: ControlContext): void {
  app.get<{ Params: AccountParams }>('/sim/accounts/:account/followers', ({ params }) => {
    const { settings } = accountOf(world, params)
    return { items: world.followersOf(settings.id).map((follower) => followerView(world, follower)) }
  })

  app.post<{ Params: AccountParams; Body: NewFollower }>(
    '/sim/accounts/:account/followers',
    { schema: { body: followerSchema } },
    ({ params, body }, reply) => {
      const account = accountOf(world, params)
      const { id, openid } = body
      if (id !== undefined && world.follower(params.account, id)) throw taken('id')
      if (openid !== undefined && world.followerByOpenid(params.account, openid)) throw taken('openid')
      const follower = world.addFollower(account, body)
      if (body.follows) follower.followingSinceMs = world.ports.clock.nowMs()
      return reply.code(201).send(followerView(world, follower))
    },
  )

  app.get<{ Params: FollowerParams }>(FOLLOWER, ({ params }) => followerView(world, followerOf(world, params)))

  app.get<{ Params: FollowerParams; Querystring: { after?: string } }>(`${FOLLOWER}/chat`, ({ params, query }) => {
    const after = Number(query.after ?? 0)
    return { items: world.chat(followerOf(world, params)).filter((entry) => !(entry.id <= after)) }
  })

  app.post<{ Params: FollowerParams; Body: FollowerAction; Querystring: { wait?: string } }>(
    `${FOLLOWER}/actions`,
    { schema: { body: actionSchema } },
    async ({ params, body, query }, reply) => {
      const acted = followers.act(accountOf(world, params), followerOf(world, params), body)
      return reply.code(202).send(await actedView(acted, query.wait === '1'))
    },
  )

  registerPhoneFiles(app, { world, voices })
}

function taken(what: 'id' | 'openid'): ControlError {
  return new ControlError(409, 'follower-exists', `A follower of this account has this ${what}.`)
}

async function actedView(acted: Acted, isToWait: boolean) {
  if (acted.kind === 'refused') throw new ControlError(409, acted.reason, 'The phone cannot do that now.')
  if (isToWait) await acted.done
  return { entries: acted.entries, pushes: acted.pushes }
}
