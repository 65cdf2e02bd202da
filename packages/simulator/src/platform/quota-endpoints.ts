import type { Account, World } from '../model/world.ts'
import {
  type ApiAnswer,
  type ApiContext,
  type Endpoint,
  json,
  OK,
  type OpenContext,
  readJson,
  refuse,
  textIn,
} from './api.ts'

/** Protocol reference, sections 4.4 and 4.5. */
export const quotaEndpoints: Endpoint[] = [
  { method: 'POST', path: '/cgi-bin/clear_quota', auth: 'token', run: clearQuota },
  { method: 'POST', path: '/cgi-bin/clear_quota/v2', auth: 'none', run: clearQuotaBySecret },
  { method: 'POST', path: '/cgi-bin/openapi/quota/get', auth: 'token', run: quotaOfPath },
  { method: 'POST', path: '/cgi-bin/openapi/quota/clear', auth: 'token', run: clearPath },
  { method: 'GET', path: '/cgi-bin/getcallbackip', auth: 'token', run: callbackIps },
  { method: 'GET', path: '/cgi-bin/get_api_domain_ip', auth: 'token', run: () => json({ ip_list: ['127.0.0.1'] }) },
  { method: 'POST', path: '/cgi-bin/callback/check', auth: 'token', run: callbackCheck },
]

function clearQuota({ call, account, settings }: ApiContext): ApiAnswer {
  if (textIn(readJson(call), 'appid') !== settings.appId) return refuse(40013)
  return cleared(account)
}

function clearQuotaBySecret({ world, call }: OpenContext): ApiAnswer {
  const body = readJson(call)
  const account = accountOf(world, textIn(body, 'appid'))
  if (!account) return refuse(40013)
  return textIn(body, 'appsecret') === account.settings.appSecret ? cleared(account) : refuse(40125)
}

function accountOf(world: World, appId: string | undefined): Account | undefined {
  return appId === undefined ? undefined : world.accountByAppId(appId)
}

function cleared(account: Account): ApiAnswer {
  return account.apiUse.clearAll() ? OK : refuse(48006)
}

function quotaOfPath({ call, account }: ApiContext): ApiAnswer {
  const path = textIn(readJson(call), 'cgi_path') ?? ''
  if (!path.startsWith('/')) return refuse(76003)
  const use = account.apiUse.of(path)
  if (!use) return refuse(path.startsWith('/sns/') ? 76022 : 76021)
  const quota = { daily_limit: use.dailyLimit, used: use.used, remain: Math.max(0, use.dailyLimit - use.used) }
  return json({ errcode: 0, errmsg: 'ok', quota })
}

function clearPath({ call, account }: ApiContext): ApiAnswer {
  const path = textIn(readJson(call), 'cgi_path') ?? ''
  if (!path.startsWith('/')) return refuse(76003)
  account.apiUse.clearPath(path)
  return OK
}

/** This simulator pushes from wherever it runs; loopback is what a laptop's server sees. */
function callbackIps(): ApiAnswer {
  return json({ ip_list: ['127.0.0.1', '::1'] })
}

function callbackCheck({ settings }: ApiContext): ApiAnswer {
  const host = settings.pushUrl === null ? '127.0.0.1' : new URL(settings.pushUrl).hostname
  return json({
    dns: [{ ip: host, real_operator: 'DEFAULT' }],
    ping: [{ ip: host, from_operator: 'DEFAULT', package_loss: '0%', time: '1.000ms' }],
  })
}
