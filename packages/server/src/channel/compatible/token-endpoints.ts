import { timingSafeEqual } from 'node:crypto'
import type { AttachmentDirectory, ChannelAttachment } from '../attachment-directory.ts'
import { addressRefusal, isAllowedAddress } from './address-list.ts'
import { CallRefused, type CompatibleAnswer, done, json } from './answer.ts'
import { digestOf } from './app-token-store.ts'
import type { AppTokens, Granted } from './app-tokens.ts'
import { type Call, type Caller, type Fields, readFields, textIn } from './call.ts'
import type { CallCounts } from './call-counts.ts'
import { dailyLimits } from './call-counts.ts'
import { type CallLimits, defaultCallsPerMinute } from './call-limits.ts'
import type { Endpoint } from './endpoint.ts'
import { scopesOfPath } from './permission-sets.ts'
import type { Traces } from './traces.ts'

export type TokenPorts = {
  readonly attachments: AttachmentDirectory
  readonly tokens: AppTokens
  readonly counts: CallCounts
  readonly limits: CallLimits
  readonly traces: Traces
  /** Where pushes to apps come from and where this interface is: this server's own addresses. */
  readonly ownAddresses: () => readonly string[]
  /** Whether a path is one that we answer ourselves. */
  readonly isOwnPath: (path: string) => boolean
}

const smallBodyBytes = 64 * 1024

/** Tokens, quotas and traces (protocol reference, sections 4.1 to 4.5). */
export function tokenEndpoints(ports: TokenPorts): readonly Endpoint[] {
  const { tokens } = ports
  return [
    {
      path: '/cgi-bin/token',
      method: 'GET',
      auth: 'none',
      bodyLimitBytes: smallBodyBytes,
      async run(call) {
        const attached = await admit(ports, call, call.query, 'secret')
        return tokenAnswer(await tokens.plain(identityOf(attached)))
      },
    },
    {
      path: '/cgi-bin/stable_token',
      method: 'POST',
      auth: 'none',
      bodyLimitBytes: smallBodyBytes,
      async run(call) {
        const fields = readFields(call)
        const attached = await admit(ports, call, fields, 'secret')
        return tokenAnswer(await tokens.stable(identityOf(attached), fields['force_refresh'] === true))
      },
    },
    {
      path: '/cgi-bin/clear_quota/v2',
      method: 'POST',
      auth: 'none',
      bodyLimitBytes: smallBodyBytes,
      async run(call) {
        const attached = await admit(ports, call, readFields(call), 'appsecret')
        return clearAll(ports, attached)
      },
    },
    ...quotaEndpoints(ports),
    { path: '/cgi-bin/getcallbackip', method: 'either', auth: 'token', scopes: [], run: async () => addresses(ports) },
    {
      path: '/cgi-bin/get_api_domain_ip',
      method: 'either',
      auth: 'token',
      scopes: [],
      run: async () => addresses(ports),
    },
  ]
}

function quotaEndpoints(ports: TokenPorts): readonly Endpoint[] {
  return [
    {
      path: '/cgi-bin/clear_quota',
      method: 'POST',
      auth: 'token',
      scopes: [],
      async run(call, { attached }) {
        if (textIn(readFields(call), 'appid') !== attached.attachment.wechatAppId) throw new CallRefused(40013)
        return clearAll(ports, attached)
      },
    },
    {
      path: '/cgi-bin/openapi/quota/clear',
      method: 'POST',
      auth: 'token',
      scopes: [],
      async run(call, caller) {
        await ports.counts.clearPath(countedOf(caller.attached), pathIn(ports, call))
        return done
      },
    },
    {
      path: '/cgi-bin/openapi/quota/get',
      method: 'POST',
      auth: 'token',
      scopes: [],
      run: (call, caller) => tellQuota(ports, call, caller),
    },
    {
      path: '/cgi-bin/openapi/rid/get',
      method: 'POST',
      auth: 'token',
      scopes: [],
      async run(call, caller) {
        const rid = textIn(readFields(call), 'rid')
        if (rid === undefined || !/^[0-9a-f]{1,16}(-[0-9a-f]{8}){2}$/.test(rid)) throw new CallRefused(40097)
        const request = await ports.traces.find(countedOf(caller.attached), rid)
        if (request === null) throw new CallRefused(76001, 'rid not found')
        return json({ errcode: 0, errmsg: 'ok', request })
      },
    },
  ]
}

function identityOf({ organizationId, app, attachment }: ChannelAttachment) {
  return { organizationId, appId: app.appId, wechatAppId: attachment.wechatAppId }
}

function countedOf({ organizationId, attachment }: ChannelAttachment) {
  return { organizationId, wechatAppId: attachment.wechatAppId }
}

/** Who calls without a token, by appid and secret. */
async function admit(ports: TokenPorts, call: Call, fields: Fields, secretName: string): Promise<ChannelAttachment> {
  if (secretName === 'secret' && textIn(fields, 'grant_type') !== 'client_credential') throw new CallRefused(40002)
  const appId = textIn(fields, 'appid')
  const secret = textIn(fields, secretName)
  if (!appId) throw new CallRefused(41002)
  if (!secret) throw new CallRefused(41004)
  if (!ports.limits.mayGuess(call.ip)) throw new CallRefused(45011)
  const attached = await ports.attachments.byWechatAppId(appId)
  if (attached === null || !isSame(attached.secrets.appSecret, secret)) {
    ports.limits.guessedWrong(call.ip)
    throw new CallRefused(attached === null ? 40013 : 40125)
  }
  if (!isAllowedAddress(attached.app.allowedAddresses, call.ip)) throw new CallRefused(40164, addressRefusal(call.ip))
  const leave = ports.limits.enter({ ...identityOf(attached), attached })
  if (leave === null) throw new CallRefused(45011)
  leave()
  if (!(await ports.counts.count(countedOf(attached), call.path))) throw new CallRefused(45009)
  return attached
}

/** Digests have one length, so that neither the secret's beginning nor its length shows in the time it takes. */
function isSame(secret: string, given: string): boolean {
  return timingSafeEqual(digestOf(secret), digestOf(given))
}

function tokenAnswer(granted: Granted | null): CompatibleAnswer {
  if (granted === null) throw new CallRefused(45009)
  return json({ access_token: granted.token, expires_in: granted.expiresInSeconds })
}

async function clearAll({ counts }: TokenPorts, attached: ChannelAttachment): Promise<CompatibleAnswer> {
  if (!(await counts.clearAll(countedOf(attached)))) throw new CallRefused(48006)
  return done
}

function pathIn(ports: TokenPorts, call: Call): string {
  const path = textIn(readFields(call), 'cgi_path')
  if (path === undefined || !/^\/[\w/-]{1,200}$/.test(path)) throw new CallRefused(76003)
  if (path.startsWith('/sns/') || path.startsWith('/cgi-bin/component/')) throw new CallRefused(76022)
  if (!ports.isOwnPath(path) && scopesOfPath(path).length === 0) throw new CallRefused(76021)
  return path
}

/** A path without a limit of its own has what the app may call in a day at all. */
async function tellQuota(ports: TokenPorts, call: Call, { attached }: Caller): Promise<CompatibleAnswer> {
  const path = pathIn(ports, call)
  const perMinute = attached.app.rateLimit ?? defaultCallsPerMinute
  const dailyLimit = dailyLimits[path] ?? perMinute * 24 * 60
  const used = await ports.counts.used(countedOf(attached), path)
  return json({
    errcode: 0,
    errmsg: 'ok',
    quota: { daily_limit: dailyLimit, used, remain: Math.max(0, dailyLimit - used) },
    rate_limit: { call_count: perMinute, refresh_second: 60 },
  })
}

function addresses({ ownAddresses }: TokenPorts): CompatibleAnswer {
  return json({ ip_list: [...ownAddresses()] })
}
