import { isIP } from 'node:net'

export interface RequestOrigin {
  host: string | undefined
  origin: string | undefined
}

/**
 * A page on the internet can make a visitor's browser call a laptop's loopback. It cannot choose the Host header
 * without a name of its own (DNS rebinding), nor leave out Origin: those two are looked at.
 */
export function isTrustedRequest({ host, origin }: RequestOrigin, allowedHosts: readonly string[]): boolean {
  const own = host === undefined ? undefined : read(`http://${host}`)
  if (own === undefined || !isOurName(own.hostname.replace(/^\[|\]$/g, ''), allowedHosts)) return false
  return origin === undefined || read(origin)?.host === own.host
}

function read(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined
}

function isOurName(name: string, allowedHosts: readonly string[]): boolean {
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name)
}
