import ipaddr from 'ipaddr.js'

/** Says whether an outbound request may go to an address: the public internet, or what the operator allowed. */
export type AddressGuard = (address: string) => boolean

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Everything but 2000::/3 is special, reserved or unassigned, and much of it leads into private networks. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Throws a RangeError that names the entry when one is no CIDR and no address. */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const isAllowed = createAllowList(allow)
  return (address) => isAllowed(address) || isPublic(address)
}

/** What the operator allowed, and nothing else. */
export function createAllowList(allow: readonly string[]): AddressGuard {
  const ranges = allow.map(rangeOf)
  return (address) => {
    const parsed = parse(address)
    return parsed !== null && ranges.some((range) => isInside(parsed, range))
  }
}

function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return ipaddr.isValid(address) ? ipaddr.process(address.replace(/%.*$/, '')) : null
}

function isPublic(text: string): boolean {
  const address = parse(text)
  if (address?.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast)
}

function isInside(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, bits)
  return network instanceof ipaddr.IPv6 && address.match(network, bits)
}

function rangeOf(text: string): Range {
  const entry = text.trim()
  try {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry)
    const address = ipaddr.parse(entry)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch {
    throw new RangeError(`"${text}" is neither an address nor a range such as 10.0.0.0/8`)
  }
}
