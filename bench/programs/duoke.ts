// Duoke as it ships: the whole server with its defaults, in a process of its own, with agents who are online.
import { createApp, readConfig } from '@duoke/server'
import { account, agentCount, capacityEach, organization } from '../account.ts'
import { addressOf, type BenchApp, callsPerMinute } from '../apps.ts'
import { answerCalls } from './calls.ts'
import { readUsage } from './usage.ts'

export type DuokeStarted = {
  readonly port: number
  readonly agentTokens: readonly string[]
  readonly adminToken: string
}

const agentIds = Array.from({ length: agentCount }, (_, index) => `agent-${index}`)

const handlers = {
  async start(input: { databaseUrl: string; dataDir: string; apps: readonly BenchApp[] }): Promise<DuokeStarted> {
    const { databaseUrl, dataDir, apps } = input
    const given = { port: '0', data: dataDir, databaseUrl, rateLimit: '10000000', logLevel: 'warn' }
    const reading = readConfig({}, { ...given, egressAllow: '127.0.0.0/8' })
    if (!reading.ok) throw new Error(reading.problems.join('\n'))
    const app = await createApp(reading.config)
    process.once('SIGTERM', () => void app[Symbol.asyncDispose]().then(() => process.exit()))
    const url = await app.listen()
    const applied = await app.operator.apply({ ...configuration, apps: apps.map(configurationOf) })
    if (!applied.ok) throw new Error([applied.sentence, ...applied.details].join('\n'))
    const tokenOf = async (holder: Parameters<typeof app.operator.createToken>[1]['holder']) => {
      const made = await app.operator.createToken(organization, { holder })
      if (!made.ok) throw new Error(made.sentence)
      return made.token
    }
    const agentTokens: string[] = []
    for (const id of agentIds) agentTokens.push(await tokenOf({ kind: 'agent', id }))
    for (const token of agentTokens) await goOnline(url, token)
    return { port: Number(new URL(url).port), agentTokens, adminToken: await tokenOf({ kind: 'admin' }) }
  },
  usage: readUsage,
}
export type DuokeHandlers = typeof handlers
answerCalls(handlers)

async function goOnline(url: string, token: string): Promise<void> {
  const answer = await fetch(new URL('/v1/me/presence', url), {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'online' }),
  })
  if (!answer.ok) throw new Error(`Going online was answered with ${answer.status}: ${await answer.text()}`)
}

const { id, originalId, appId, token, encodingAesKey } = account
const configuration = {
  version: 1,
  organization: { id: organization, name: 'Bench' },
  teams: [{ id: 'service', name: '客服' }],
  accounts: [
    {
      ...{ id, originalId, appId, token, encodingAesKey },
      kind: 'official-account',
      name: 'Bench',
      appSecret: '0123456789abcdef0123456789abcdef',
      mode: 'safe',
      // Nobody answers there: no message of the bench leaves the machine.
      apiBase: 'http://127.0.0.1:9',
    },
  ],
  agents: agentIds.map((agentId, index) => ({
    id: agentId,
    nickname: `客服${index}`,
    teams: ['service'],
    capacity: capacityEach,
  })),
}

function configurationOf(app: BenchApp) {
  const { encodingAesKey, token: pushToken, port } = app
  const push =
    port === null ? null : { url: addressOf(port), token: pushToken, encodingAesKey, mode: 'safe', format: 'xml' }
  return {
    id: app.id,
    name: app.id,
    rateLimit: callsPerMinute,
    scopes: ['messages:read', 'messages:send', 'sessions:manage', 'agents:manage'],
    accounts: [{ account: id, appId: app.appId, appSecret: app.appSecret, role: app.role, push }],
  }
}
