// An app that attaches to the account with an SDK from npm, and what Duoke's own interface shows of what it did.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ask, type Json } from './app.ts'
import { type CompatibleStage, type StageOptions, setCompatibleStage } from './compatible-stage.ts'
import { type GuideEnvironment, runGuide } from './guide-code.ts'

export type SdkStage = CompatibleStage & {
  /** The client of a guide, as the app of this name. */
  client(guide: string, app?: string): Json
  /** What the guide says to set. */
  environment(app?: string): GuideEnvironment
  /** Agents as the console lists them, by id. */
  agents(): Promise<Record<string, Json>>
  conversation(): Promise<Json>
  /** Oldest first. */
  messages(): Promise<Json[]>
  /** The follower writes again, after WeChat's clock of whole seconds has gone on: the five answers are new ones. */
  writeAgain(): Promise<void>
  readonly files: Readonly<Record<'image' | 'thumb' | 'voice' | 'video', string>>
}

export const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
const contents = {
  image: { name: 'a.jpg', bytes: jpeg },
  thumb: { name: 't.jpg', bytes: jpeg },
  voice: { name: 'v.amr', bytes: Buffer.from('#!AMR\n\u0004'.padEnd(200, 'x')) },
  video: {
    name: 'v.mp4',
    bytes: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypmp42'), Buffer.alloc(100)]),
  },
}

export async function setSdkStage(options: StageOptions = {}): Promise<SdkStage> {
  const held = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'duoke-sdk-'))
  held.defer(() => rmSync(folder, { recursive: true, force: true }))
  const file = (kind: keyof typeof contents) => {
    const path = join(folder, contents[kind].name)
    writeFileSync(path, contents[kind].bytes)
    return path
  }
  const files = { image: file('image'), thumb: file('thumb'), voice: file('voice'), video: file('video') }
  const stage = held.use(await setCompatibleStage(options))
  const { url } = stage.test
  const environment = (app = 'crm') => ({
    DUOKE_URL: url,
    DUOKE_APP_ID: stage.appIdOf(app),
    DUOKE_APP_SECRET: stage.secretOf(app),
    CACHE_FOLDER: folder,
  })
  const read = async (path: string): Promise<Json[]> => {
    const { body } = await ask(url, path, { token: await stage.adminToken() })
    return body.items
  }
  const conversation = async () => (await read('/v1/conversations'))[0]
  return {
    ...stage,
    environment,
    files,
    client: (guide, app) => runGuide(guide, environment(app)),
    agents: async () => Object.fromEntries((await read('/v1/agents')).map((agent) => [agent.id, agent])),
    conversation,
    async writeAgain() {
      await wait(1_100)
      await stage.write('more')
    },
    async messages() {
      const { id } = await conversation()
      return (await read(`/v1/conversations/${id}/messages`)).reverse()
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
