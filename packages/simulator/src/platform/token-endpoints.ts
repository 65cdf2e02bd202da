import type { TokenAnswer } from '../model/tokens.ts'
import type { Account, World } from '../model/world.ts'
import { type ApiAnswer, type ApiCall, type Endpoint, json, readJson, refuse, textIn } from './api.ts'

interface Credentials {
  grantType: string | undefined
  appId: string | undefined
  secret: string | undefined
}

type Admitted = { kind: 'account'; account: Account } | { kind: 'refused'; answer: ApiAnswer }

/** Protocol reference, sections 4.1 and 4.2. */
export const tokenEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: '/cgi-bin/token',
    auth: 'none',
    run({ world, call }) {
      const { grant_type: grantType, appid: appId, secret } = call.query
      const admitted = admit(world, call, { grantType, appId, secret })
      return admitted.kind === 'refused' ? admitted.answer : tokenAnswer(admitted.account.tokens.plain())
    },
  },
  {
    method: 'POST',
    path: '/cgi-bin/stable_token',
    auth: 'none',
    run({ world, call }) {
      const body = readJson(call)
      const grantType = textIn(body, 'grant_type')
      const admitted = admit(world, call, { grantType, appId: textIn(body, 'appid'), secret: textIn(body, 'secret') })
      if (admitted.kind === 'refused') return admitted.answer
      return tokenAnswer(admitted.account.tokens.stable(body['force_refresh'] === true))
    },
  },
]

function admit(world: World, call: ApiCall, { grantType, appId, secret }: Credentials): Admitted {
  if (grantType !== 'client_credential') return refused(40002)
  if (!appId) return refused(41002)
  if (!secret) return refused(41004)
  const account = world.accountByAppId(appId)
  if (!account) return refused(40013)
  if (account.settings.appSecret !== secret) return refused(40125)
  if (!mayCall(account.settings.ipWhitelist, call.ip)) return refused(40164, call.ip)
  return account.apiUse.count(call.path) ? { kind: 'account', account } : refused(45009)
}

/** An empty list means that the check is switched off. */
export function mayCall(whitelist: readonly string[], ip: string): boolean {
  return whitelist.length === 0 || whitelist.includes(plainIp(ip))
}

function plainIp(ip: string): string {
  return ip.startsWith('::ffff:') ? ip.slice('::ffff:'.length) : ip
}

function refused(errcode: number, ip?: string): Admitted {
  return { kind: 'refused', answer: ip === undefined ? refuse(errcode) : refuse(errcode, plainIp(ip)) }
}

function tokenAnswer(answer: TokenAnswer): ApiAnswer {
  if (answer.kind === 'refused') return refuse(answer.errcode)
  return json({ access_token: answer.value, expires_in: answer.expiresInSeconds })
}
