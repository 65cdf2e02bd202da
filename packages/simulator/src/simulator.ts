import { fileURLToPath } from 'node:url'
import multipart from '@fastify/multipart'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import { ManualClock, systemClock } from './clock.ts'
import type { ControlContext } from './control/context.ts'
import { accountOf, followerOf } from './control/context.ts'
import { registerControl } from './control/routes.ts'
import { runScript, type ScriptResult, type ScriptStep } from './control/script.ts'
import { attachStream } from './control/stream.ts'
import { sendFirstMessage } from './control/world-routes.ts'
import { createOutboundHttp } from './http-out.ts'
import type { NewAccount } from './model/account.ts'
import { LARGEST_UPLOAD_BYTES } from './model/media-files.ts'
import { World } from './model/world.ts'
import { registerPhone } from './phone-pages.ts'
import { registerPlatform } from './platform/routes.ts'
import type { Clock, OutboundHttp, RandomSource } from './ports.ts'
import { type Acted, Followers } from './push/acting.ts'
import type { FollowerAction } from './push/actions.ts'
import { type RetryContract, WECHAT_RETRIES } from './push/pusher.ts'
import { systemRandom } from './random.ts'
import { StateFolder } from './state/state-folder.ts'
import { VoiceCodec } from './voice/voice-codec.ts'

export interface SimulatorOptions {
  host?: string
  /** 0 takes any free port. */
  port?: number
  accounts?: NewAccount[]
  /** Called on the new world before the first request: for more than accounts. */
  seed?: (world: World) => void
  /** Where the world is kept between two runs; without it every start is a new world. */
  stateFolder?: string
  clock?: Clock
  random?: RandomSource
  http?: OutboundHttp
  retries?: Partial<RetryContract>
  /** Names, besides loopback and addresses, under which the phones and the control API may be reached. */
  allowedHosts?: string[]
  /** Who may show a phone in a frame: CSP sources; any loopback origin by default. */
  frameAncestors?: string[]
}

export interface Simulator {
  url: string
  world: World
  /** Does something with a follower's phone, as the control API's `actions` does. */
  act(accountId: string, followerId: string, action: FollowerAction): Acted
  /** The example follower's first message, once. */
  sendFirstMessage(text: string): { sent: boolean }
  /** Faults, actions and invalidations at given distances. */
  runScript(steps: readonly ScriptStep[]): Promise<ScriptResult>
  /** Resolves when no push is under way. */
  idle(): Promise<void>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const LOOPBACK_SOURCES = ['http://localhost:*', 'https://localhost:*', 'http://127.0.0.1:*', 'https://127.0.0.1:*']
const PHONE_FOLDER = fileURLToPath(new URL('../phone/', import.meta.url))

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock = systemClock, random = systemRandom, http = createOutboundHttp(), allowedHosts = [] } = options
  const world = new World({ clock, random, http })
  const state = options.stateFolder === undefined ? null : new StateFolder(world, options.stateFolder)
  for (const account of options.accounts ?? []) world.putAccount(account)
  options.seed?.(world)
  const followers = new Followers(world, { ...WECHAT_RETRIES, ...options.retries })
  const voices = new VoiceCodec()
  const manualClock = clock instanceof ManualClock ? clock : null
  const context: ControlContext = { world, followers, voices, manualClock }
  const app = createApp(context, allowedHosts, options.frameAncestors ?? LOOPBACK_SOURCES)
  const closeStream = attachStream(app.server, world, allowedHosts)
  const url = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 7400 })
  followers.origin = url
  const close = async () => {
    closeStream()
    await followers.close()
    app.server.closeAllConnections()
    await app.close()
    await voices.close()
    state?.close()
    http.close()
  }
  return {
    url,
    world,
    act: (account, follower, action) =>
      followers.act(accountOf(world, { account }), followerOf(world, { account, follower }), action),
    sendFirstMessage: (text) => sendFirstMessage(context, text),
    runScript: (steps) => runScript(world, followers, steps),
    idle: () => followers.idle(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function createApp(context: ControlContext, allowedHosts: string[], frameAncestors: string[]): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: LARGEST_UPLOAD_BYTES + 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: true, discriminator: true } },
  })
  app.register((platform, _options, done) => {
    platform.removeAllContentTypeParsers()
    platform.register(multipart)
    platform.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body))
    registerPlatform(platform, context.world)
    done()
  })
  app.register((control, _options, done) => {
    registerControl(control, context, allowedHosts)
    done()
  })
  app.register((phone, _options, done) => {
    phone.register(fastifyStatic, { root: PHONE_FOLDER, prefix: '/phone/', index: false })
    registerPhone(phone, frameAncestors)
    done()
  })
  return app
}
