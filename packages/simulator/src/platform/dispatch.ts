import { errorMessage } from '@duoke/wechat'
import type { ApiFault } from '../model/faults.ts'
import type { CallRecord } from '../model/journal.ts'
import type { Account, World } from '../model/world.ts'
import { randomHex, toSeconds } from '../ports.ts'
import { agentEndpoints } from './agent-endpoints.ts'
import { type ApiAnswer, type ApiCall, ApiRefusal, type Endpoint, json, readJson, refuse, textIn } from './api.ts'
import { mediaEndpoints } from './media-endpoints.ts'
import { menuEndpoints } from './menu-endpoints.ts'
import { messageEndpoints } from './message-endpoints.ts'
import { qrEndpoints } from './qr-endpoints.ts'
import { quotaEndpoints } from './quota-endpoints.ts'
import { tagEndpoints } from './tag-endpoints.ts'
import { tokenEndpoints } from './token-endpoints.ts'
import { userEndpoints } from './user-endpoints.ts'

const ENDPOINTS = new Map(
  [
    ...tokenEndpoints,
    ...messageEndpoints,
    ...mediaEndpoints,
    ...userEndpoints,
    ...tagEndpoints,
    ...qrEndpoints,
    ...quotaEndpoints,
    ...agentEndpoints,
    ...menuEndpoints,
  ].map((endpoint) => [endpoint.path, endpoint]),
)

export const ENDPOINT_PATHS: readonly string[] = [...ENDPOINTS.keys()]

export interface Dispatched {
  answer: ApiAnswer
  fault: ApiFault | undefined
}

/** Decides the fault first, because some faults keep the work from being done at all. */
export async function dispatch(world: World, call: ApiCall): Promise<Dispatched> {
  const account = callerOf(world, call)
  const openid = openidIn(call)
  const fault = world.faults.takeForApi({ account: account?.settings.id, path: call.path, openid })
  if (fault?.kind === 'delay') await pause(world, fault.ms)
  const recorded = isWorkDone(fault)
  const answer = recorded ? work(world, call, account) : json({})
  const record: CallRecord = {
    atMs: world.ports.clock.nowMs(),
    account: account?.settings.id ?? null,
    method: call.method,
    path: call.path,
    openid: openid ?? null,
    errcode: toldErrcode(answer, fault),
    fault: fault?.kind ?? null,
    recorded: recorded && answer.kind !== 'error',
  }
  world.recordCall(record)
  return { answer: fault?.kind === 'errcode' ? refuse(fault.errcode) : answer, fault }
}

function isWorkDone(fault: ApiFault | undefined): boolean {
  switch (fault?.kind) {
    case undefined:
    case 'delay':
    case 'hang':
    case 'truncated-json':
    case 'doubled-json':
      return true
    case 'cut':
      return fault.when !== 'before'
    case 'errcode':
    case 'html':
      return fault.recorded === true
    default: {
      const missed: never = fault
      return missed
    }
  }
}

function toldErrcode(answer: ApiAnswer, fault: ApiFault | undefined): number | null {
  if (fault?.kind === 'errcode') return fault.errcode
  if (fault && fault.kind !== 'delay') return null
  return answer.kind === 'error' ? answer.errcode : 0
}

function work(world: World, call: ApiCall, account: Account | undefined): ApiAnswer {
  const endpoint = ENDPOINTS.get(call.path)
  if (!endpoint) return refuse(40066)
  const wrongMethod = refusalOfMethod(endpoint, call.method)
  if (wrongMethod) return wrongMethod
  try {
    return endpoint.auth === 'none' ? endpoint.run({ world, call }) : runWithToken(world, call, endpoint, account)
  } catch (error) {
    if (error instanceof ApiRefusal) return refuse(error.errcode)
    throw error
  }
}

function refusalOfMethod(endpoint: Endpoint, method: string): ApiAnswer | undefined {
  if (endpoint.method === 'either' || endpoint.method === method) return undefined
  return refuse(endpoint.method === 'GET' ? 43001 : 43002)
}

function runWithToken(
  world: World,
  call: ApiCall,
  endpoint: Endpoint & { auth: 'token' },
  account: Account | undefined,
): ApiAnswer {
  const token = call.query['access_token']
  if (!token) return refuse(41001)
  if (!account) return refuse(40014)
  const state = account.tokens.stateOf(token)
  switch (state) {
    case 'valid':
      break
    case 'replaced':
      return refuse(40001)
    case 'expired':
      return refuse(42001)
    case 'unknown':
      return refuse(40014)
    default: {
      const missed: never = state
      return missed
    }
  }
  if (!account.apiUse.count(call.path)) return refuse(45009)
  return endpoint.run({ world, call, account, settings: account.settings })
}

/** Whose call this is, as far as it says: by token, or by appid where there is no token yet. */
function callerOf(world: World, call: ApiCall): Account | undefined {
  const token = call.query['access_token']
  if (token) return world.accounts().find((account) => account.tokens.stateOf(token) !== 'unknown')
  const appId = call.query['appid'] ?? fieldIn(call, 'appid')
  return appId === undefined ? undefined : world.accountByAppId(appId)
}

function openidIn(call: ApiCall): string | undefined {
  return call.query['openid'] ?? fieldIn(call, 'touser')
}

function fieldIn(call: ApiCall, name: string): string | undefined {
  if (call.upload || call.body.length === 0) return undefined
  try {
    return textIn(readJson(call), name)
  } catch {
    return undefined
  }
}

function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => void world.ports.clock.after(ms, resolve))
}

/** As in production, the text ends in a trace that nobody may compare with. */
export function errorBody(world: World, errcode: number, hint: string | undefined): Readonly<Record<string, unknown>> {
  const { random, clock } = world.ports
  const rid = `${toSeconds(clock.nowMs()).toString(16)}-${randomHex(random, 8)}-${randomHex(random, 8)}`
  return { errcode, errmsg: `${sentence(errcode, hint)} rid: ${rid}` }
}

function sentence(errcode: number, hint: string | undefined): string {
  if (errcode === 40164 && hint) return `invalid ip ${hint} ipv6 ::ffff:${hint}, not in whitelist`
  return errorMessage(errcode)
}
