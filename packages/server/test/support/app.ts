// A whole server on a database of its own, and organizations to use it with.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role, Scope, SessionSettings } from '@duoke/contract'
import { pino } from 'pino'
import { type App, createApp } from '../../src/app.ts'
import { readConfig, type SettingName } from '../../src/config.ts'
import type { Overrides } from '../../src/ground.ts'
import { testDatabase } from './database.ts'

export type TestApp = AsyncDisposable & {
  readonly app: App
  readonly url: string
  /** Everything that was logged, one JSON object a line. */
  readonly logged: string[]
  organization(options?: OrganizationOptions): Promise<TestOrganization>
}
export type OrganizationOptions = {
  readonly id?: string
  readonly agents?: readonly {
    readonly id: string
    readonly role?: Role
    readonly password?: string
    readonly capacity?: number
  }[]
  readonly apps?: readonly { readonly id: string; readonly scopes: readonly Scope[] }[]
  readonly vanishedGraceMs?: number
  readonly routing?: 'automatic' | 'manual'
  readonly sessions?: Partial<SessionSettings>
}
export type TestOrganization = {
  readonly id: string
  readonly accountId: string
  token(holder: string | { readonly app: string }, scopes?: readonly Scope[]): Promise<string>
  adminToken(scopes?: readonly Scope[]): Promise<string>
  /** A customer writes; resolves with the conversation. */
  write(openid: string, text: string): Promise<string>
}

export async function startTestApp(
  flags: Partial<Record<SettingName, string>> = {},
  overrides: Overrides = {},
): Promise<TestApp> {
  const stack = new AsyncDisposableStack()
  const data = mkdtempSync(join(tmpdir(), 'duoke-app-'))
  stack.defer(() => rmSync(data, { recursive: true, force: true }))
  const connection = overrides.connection ?? stack.use(await testDatabase()).connection
  const reading = readConfig({}, { port: '0', data, ...flags })
  assert.ok(reading.ok, reading.ok ? '' : reading.problems.join(' '))
  const logged: string[] = []
  const logger = pino({ level: 'info' }, { write: (line) => void logged.push(line) })
  const app = stack.use(await createApp(reading.config, { logger, env: {}, ...overrides, connection }))
  const url = await app.listen()
  return {
    app,
    url,
    logged,
    organization: (options = {}) => makeOrganization(app, options),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function makeOrganization(app: App, options: OrganizationOptions): Promise<TestOrganization> {
  const unique = randomBytes(5).toString('hex')
  const id = options.id ?? `org-${unique}`
  const accountId = `oa-${unique}`
  const applied = await app.operator.apply({
    version: 1,
    organization: {
      id,
      name: `Org ${unique}`,
      vanishedGraceMs: options.vanishedGraceMs ?? 15_000,
      sessions: options.sessions ?? {},
    },
    accounts: [
      {
        id: accountId,
        kind: 'official-account',
        name: '服务号',
        originalId: `gh_${unique}`,
        appId: `wx${unique}`,
        appSecret: `secret-${unique}`,
        token: `token${unique}`,
        encodingAesKey: 'A'.repeat(43),
        apiBase: 'http://127.0.0.1:9',
        ...(options.routing !== undefined && { routing: options.routing }),
      },
    ],
    teams: [{ id: 'presale', name: '售前' }],
    agents: (options.agents ?? [{ id: 'lili', role: 'admin' }]).map(({ id: agentId, ...rest }) => ({
      id: agentId,
      nickname: agentId,
      ...rest,
    })),
    apps: (options.apps ?? []).map((one) => ({ ...one, name: one.id })),
  })
  assert.ok(applied.ok, applied.ok ? '' : `${applied.sentence} ${applied.details.join(' ')}`)
  const made = async (request: Parameters<App['operator']['createToken']>[1]) => {
    const result = await app.operator.createToken(id, request)
    assert.ok(result.ok, result.ok ? '' : result.sentence)
    return result.token
  }
  return {
    id,
    accountId,
    token: (holder, scopes) =>
      made({
        holder: typeof holder === 'string' ? { kind: 'agent', id: holder } : { kind: 'app', id: holder.app },
        ...(scopes !== undefined && { scopes }),
      }),
    adminToken: (scopes) => made({ holder: { kind: 'admin' }, ...(scopes !== undefined && { scopes }) }),
    async write(openid, text) {
      const outcome = await app.ground.log.submit(
        id,
        {
          type: 'customer.act',
          ...{ accountId, openid, act: 'message', kind: 'text', sentAtMs: Date.now() },
          content: { type: 'text', text },
        },
        { lane: 'pushes' },
      )
      assert.ok(outcome.accepted)
      return outcome.result.conversationId ?? ''
    },
  }
}

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Json }
// What an answer is, the test that asked for it says by what it compares.
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export type Json = any

/** One request with a token, a cookie, or nothing. */
export async function ask(
  base: string,
  path: string,
  options: { method?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { token, body } = options
  const response = await fetch(new URL(path, base), {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
}
