import type { IncomingHttpHeaders } from 'node:http'
import type { Caller, FindCaller } from './caller.ts'
import { Refused } from './refused.ts'

export type Credential = { readonly token: string; readonly from: 'header' | 'cookie' }

/** `__Host-` binds the cookie to this very origin; browsers take it over https only. */
export function cookieName(isHttps: boolean): string {
  return isHttps ? '__Host-duoke_session' : 'duoke_session'
}

export function sessionCookie(isHttps: boolean, token: string, maxAgeSeconds: number): string {
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${isHttps ? '; Secure' : ''}`
  return `${cookieName(isHttps)}=${token}; ${attributes}`
}

/** The token that a request carries. A header wins over the cookie; a token is never looked for in the address (N6). */
export function credentialOf(headers: IncomingHttpHeaders, isHttps: boolean): Credential | null {
  if (headers.authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,400})$/i.exec(headers.authorization)?.[1]
    if (token === undefined) throw new Refused('unauthenticated', { detail: 'Send Authorization: Bearer TOKEN.' })
    return { token, from: 'header' }
  }
  const cookie = cookieOf(headers.cookie ?? '', cookieName(isHttps))
  return cookie === null ? null : { token: cookie, from: 'cookie' }
}

/** Our cookie's value is a token of ours, which needs no decoding; what is none is no cookie of ours. */
function cookieOf(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, value = ''] = part.trim().split('=', 2)
    if (key === name && /^[A-Za-z0-9._-]{1,400}$/.test(value)) return value
  }
  return null
}

/**
 * Whether a browser says that the request comes from another site, or from another port of this host: cookies know no
 * ports, so the simulator's phone is a stranger too. A client that is no browser sends neither field, and no cookie that it
 * did not earn (I-10).
 */
export function isCrossSite(headers: IncomingHttpHeaders, publicOrigin: string | null): boolean {
  const fetchSite = headers['sec-fetch-site']
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none'
  const { origin, host } = headers
  if (origin === undefined) return false
  return origin !== publicOrigin && origin !== `http://${host}` && origin !== `https://${host}`
}

export async function findCaller(credential: Credential | null, find: FindCaller): Promise<Caller> {
  const caller = credential === null ? null : await find(credential.token)
  if (caller === null) throw new Refused('unauthenticated')
  return caller
}
