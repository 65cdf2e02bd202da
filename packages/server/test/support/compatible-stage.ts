// A whole server with the simulator as its WeChat, and apps that speak WeChat's interface to it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ConfigurationDocument, Scope } from '@duoke/contract'
import { type Clock, type Simulator, startSimulator } from '@duoke/simulator'
import type { Overrides } from '../../src/ground.ts'
import { type Json, startTestApp, type TestApp } from './app.ts'
import { eventually } from './channel-stage.ts'

export const allAppScopes: readonly Scope[] = [
  ...(['messages:read', 'messages:send', 'messages:send:any', 'sessions:manage', 'agents:manage'] as const),
  ...(['agents:read', 'records:read', 'media', 'customers:read', 'conversations:read'] as const),
]

export type StageApp = {
  readonly id: string
  readonly scopes?: readonly Scope[]
  readonly rateLimit?: number
  readonly allowedAddresses?: readonly string[]
  readonly agentNames?: 'pass' | 'map' | 'omit'
  /** Otherwise one of its own. */
  readonly appId?: string
  readonly role?: 'responder' | 'observer'
  readonly push?: Json
}
export type CompatibleStage = AsyncDisposable & {
  readonly test: TestApp
  readonly simulator: Simulator
  readonly organizationId: string
  readonly accountId: string
  /** The account's follower `wang`. */
  readonly openid: string
  readonly secrets: Readonly<Record<'appId' | 'appSecret' | 'token' | 'encodingAesKey', string>>
  appIdOf(app: string): string
  /** The secret of an app, under which it gets its tokens. */
  secretOf(app: string): string
  apply(
    changes: Partial<Pick<ConfigurationDocument, 'agents' | 'teams'>> & { apps?: readonly StageApp[] },
  ): Promise<void>
  token(app?: string): Promise<string>
  /** A call with the app's token; what it is answered, parsed. */
  call(path: string, body?: unknown, options?: CallOptions): Promise<Json>
  /** The follower writes, and Duoke has it. */
  write(text: string): Promise<void>
  /** What the follower's phone shows of the account. */
  phone(): string[]
  calls(path: string): number
  setStatus(agentId: string, status: 'online' | 'away' | 'offline'): Promise<void>
  adminToken(): Promise<string>
}
export type CallOptions = {
  readonly app?: string
  readonly token?: string
  readonly url?: string
  readonly headers?: Record<string, string>
}

export type StageOptions = {
  readonly apps?: readonly StageApp[]
  readonly test?: TestApp
  readonly overrides?: Overrides
  /** Otherwise the simulator's. */
  readonly apiBase?: string
  /** The simulator's time. */
  readonly clock?: Clock
  /** What the document says of the account besides what every stage does. */
  readonly account?: Partial<NonNullable<ConfigurationDocument['accounts']>[number]>
  readonly people?: Pick<ConfigurationDocument, 'agents' | 'teams'>
}

export async function setCompatibleStage(options: StageOptions = {}): Promise<CompatibleStage> {
  const held = new AsyncDisposableStack()
  const id = randomBytes(4).toString('hex')
  const simulator = held.use(await startSimulator({ port: 0, ...(options.clock && { clock: options.clock }) }))
  const test = options.test ?? held.use(await startTestApp({}, options.overrides))
  const secrets = {
    ...{ appId: `wx${id}${id}`, appSecret: `account-secret-${id}` },
    ...{ token: `token${id}`, encodingAesKey: 'A'.repeat(43) },
  }
  const account = simulator.world.putAccount({
    ...{ id: 'shop', name: 'Acme', ...secrets, mode: 'safe', originalId: `gh_${id}` },
    pushUrl: `${test.url}/wechat/oa-${id}`,
  })
  const follower = simulator.world.addFollower(account, { id: 'wang', name: '王' })
  follower.followingSinceMs = (options.clock ?? { nowMs: Date.now }).nowMs()
  const facts: Facts = {
    ...{ test, simulator, organizationId: `org-${id}`, accountId: `oa-${id}`, openid: follower.openid, secrets },
    appIdOf: (app) => `wx${app.replaceAll('-', '')}${id}`,
    secretOf: (app) => `app-secret-of-${app}-${id}`,
  }
  const apply = createApply(facts, options, `gh_${id}`)
  await apply({})
  return {
    ...facts,
    apply,
    ...callsOf(facts),
    ...peopleOf(facts),
    calls: (path) => simulator.world.journal.calls().filter((call) => call.path === path).length,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

type Facts = Pick<
  CompatibleStage,
  'test' | 'simulator' | 'organizationId' | 'accountId' | 'openid' | 'secrets' | 'appIdOf' | 'secretOf'
>

function createApply(facts: Facts, options: StageOptions, originalId: string): CompatibleStage['apply'] {
  const { accountId, appIdOf, secretOf } = facts
  let apps = options.apps ?? [{ id: 'crm' }]
  const attached = ({ id, scopes = allAppScopes, agentNames, appId = appIdOf(id), role, push, ...rest }: StageApp) => ({
    ...{ id, name: id, scopes: [...scopes], ...rest },
    accounts: [
      {
        ...{ account: accountId, appId, appSecret: secretOf(id), role: role ?? ('observer' as const) },
        ...(push !== undefined && { push }),
        ...(agentNames !== undefined && { agentNames }),
      },
    ],
  })
  return async (changes) => {
    apps = changes.apps ?? apps
    const document = {
      ...documentOf({ ...facts, originalId, more: options.account }, options.apiBase ?? facts.simulator.url),
      ...options.people,
      ...changes,
      apps: apps.map(attached),
    }
    const applied = await facts.test.app.operator.apply(document as ConfigurationDocument, { prune: true }) // readonly lists are lists
    assert.ok(applied.ok, applied.ok ? '' : `${applied.sentence} ${applied.details.join(' ')}`)
  }
}

function callsOf({ test, appIdOf, secretOf }: Facts): Pick<CompatibleStage, 'token' | 'call'> {
  const tokens = new Map<string, Promise<string>>()
  const fetchToken = async (app: string) => {
    const query = `grant_type=client_credential&appid=${appIdOf(app)}&secret=${secretOf(app)}`
    const answer = (await (await fetch(`${test.url}/cgi-bin/token?${query}`)).json()) as Json
    assert.ok(answer.access_token, JSON.stringify(answer))
    return String(answer.access_token)
  }
  const token = (app = 'crm') => {
    const known = tokens.get(app) ?? fetchToken(app)
    tokens.set(app, known)
    return known
  }
  return {
    token,
    async call(path, body, { app, token: given, url = test.url, headers = {} } = {}) {
      const access = given ?? (await token(app))
      const response = await fetch(`${url}${path}${path.includes('?') ? '&' : '?'}access_token=${access}`, {
        headers,
        ...(body !== undefined && { method: 'POST', body: bodyOf(body) }),
      })
      return JSON.parse(await response.text())
    },
  }
}

function peopleOf(facts: Facts): Pick<CompatibleStage, 'write' | 'phone' | 'setStatus' | 'adminToken'> {
  const { test, simulator, organizationId } = facts
  return {
    async write(text) {
      const acted = simulator.act('shop', 'wang', { type: 'text', text })
      assert.ok(acted.kind !== 'refused')
      await acted.done
    },
    phone() {
      const follower = simulator.world.follower('shop', 'wang')
      const chat = follower === undefined ? [] : simulator.world.chat(follower)
      return chat.flatMap((entry) => {
        if (entry.from !== 'account') return []
        return [entry.content.kind === 'text' ? entry.content.text : entry.content.kind]
      })
    },
    async setStatus(agentId, status) {
      const who = { actor: { kind: 'agent', agentId }, agentId } as const
      const outcome = await test.app.ground.log.submit(
        organizationId,
        { type: 'agent.set-status', ...who, status, cause: 'chosen' },
        { lane: 'agents' },
      )
      assert.ok(outcome.accepted)
    },
    async adminToken() {
      const made = await test.app.operator.createToken(organizationId, { holder: { kind: 'admin' } })
      assert.ok(made.ok)
      return made.token
    },
  }
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> | FormData {
  if (typeof body === 'string' || body instanceof FormData) return body
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body)
}

type AccountFacts = Facts & { readonly originalId: string; readonly more: StageOptions['account'] }

function documentOf(
  { organizationId, accountId, secrets, originalId, more }: AccountFacts,
  apiBase: string,
): ConfigurationDocument {
  return {
    version: 1,
    organization: { id: organizationId, name: 'Acme', timeZone: 'Asia/Shanghai' },
    accounts: [
      {
        ...{ id: accountId, kind: 'official-account', name: 'Acme 服务号', wechatId: 'acme', originalId, apiBase },
        ...{ appId: secrets.appId, appSecret: secrets.appSecret, token: secrets.token },
        encodingAesKey: secrets.encodingAesKey,
        ...more,
      },
    ],
    agents: [
      { id: 'lili', nickname: '莉莉', role: 'agent', capacity: 5 },
      { id: 'bob', nickname: '小波', role: 'agent', capacity: 5 },
    ],
  } as ConfigurationDocument // a document as somebody would write it
}

export { eventually }
