// The program of a guide that receives pushes, listening for those of Duoke.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ask, type Json, startTestApp } from './app.ts'
import { runGuide } from './guide-code.ts'
import { jpeg, type SdkStage, setSdkStage } from './sdk-stage.ts'

export type ReceiverStage = SdkStage & {
  /** What the app's delivery log says, oldest first. */
  deliveries(): Promise<Json[]>
  /** The follower does something with the phone; resolves when WeChat has its answer. */
  act(action: Parameters<SdkStage['simulator']['act']>[2]): Promise<void>
  /** A picture that the follower can send, as WeChat names it. */
  readonly picture: string
}

const keys = { token: 'receivertoken', encodingAesKey: 'B'.repeat(43) }

/** `guide` names programs of express and of Node's own server (a function) and koa programs (with a `callback`). */
export async function receiver(guide: string, mode: 'plain' | 'compatible' | 'safe'): Promise<ReceiverStage> {
  const held = new AsyncDisposableStack()
  const test = held.use(await startTestApp({ egressAllow: '127.0.0.0/8' }))
  const stage = held.use(await setSdkStage({ test }))
  const program = runGuide(guide, {
    ...stage.environment(),
    DUOKE_TOKEN: keys.token,
    DUOKE_AES_KEY: keys.encodingAesKey,
  })
  const server = createServer((typeof program === 'function' ? program : program.callback()) as RequestListener) // says the guide
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  held.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // it listens on a port
  const push = { url: `http://127.0.0.1:${port}/wx`, ...keys, mode, format: 'xml' }
  await stage.apply({ apps: [{ id: 'crm', role: 'responder', push }] })
  const image = { bytes: jpeg, extension: 'jpg', contentType: 'image/jpeg', seconds: 0 }
  return {
    ...stage,
    picture: stage.simulator.world.media.add('shop', 'image', image).id,
    async deliveries() {
      const { body } = await ask(test.url, '/v1/apps/crm/deliveries', { token: await stage.adminToken() })
      return body.items.reverse()
    },
    async act(action) {
      const acted = stage.simulator.act('shop', 'wang', action)
      if (acted.kind === 'refused') throw new Error(acted.reason)
      await acted.done
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
