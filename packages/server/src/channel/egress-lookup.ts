import dns from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { AddressGuard } from './address-guard.ts'

export type Lookup = LookupFunction
export type Address = { readonly address: string; readonly family: number }
export type Resolve = (hostname: string) => Promise<readonly Address[]>

export const resolveBySystem: Resolve = (hostname) => dns.promises.lookup(hostname, { all: true })

/** While the name service is away the last good answer is believed this long; the certificate's name is checked anyway. */
const lastGoodForMs = 5 * 60_000
const mostRemembered = 1_000

/**
 * Resolves for a connection. The addresses it gives are the ones connected to, so a check made here cannot be fooled by a
 * name that resolves differently the next time.
 */
export function createLookup(options: {
  readonly resolve: Resolve
  readonly nowMs: () => number
  readonly mayReach?: AddressGuard
}): Lookup {
  const lastGood = new Map<string, { readonly addresses: readonly Address[]; readonly atMs: number }>()

  async function addressesOf(hostname: string): Promise<readonly Address[]> {
    try {
      const addresses = await options.resolve(hostname)
      lastGood.delete(hostname)
      lastGood.set(hostname, { addresses, atMs: options.nowMs() })
      if (lastGood.size > mostRemembered) lastGood.delete(lastGood.keys().next().value ?? '')
      return addresses
    } catch (error) {
      const known = lastGood.get(hostname)
      if (known !== undefined && options.nowMs() - known.atMs <= lastGoodForMs) return known.addresses
      throw error
    }
  }

  return (hostname, lookupOptions, callback) => {
    addressesOf(hostname).then(
      (addresses) => {
        const family = familyOf(lookupOptions.family)
        const usable = addresses.filter(
          (entry) => (options.mayReach?.(entry.address) ?? true) && (family === 0 || entry.family === family),
        )
        const first = usable[0]
        if (first === undefined) return callback(refusal(addresses.length), '', 0)
        if (lookupOptions.all === true) callback(null, [...usable])
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}

function familyOf(family: number | 'IPv4' | 'IPv6' | undefined): number {
  if (family === 'IPv4') return 4
  return family === 'IPv6' ? 6 : (family ?? 0)
}

function refusal(found: number): NodeJS.ErrnoException {
  const message = found === 0 ? 'the name has no address' : 'the address is not on the public internet'
  return Object.assign(new Error(message), { code: found === 0 ? 'ENOTFOUND' : 'refused-address' })
}
