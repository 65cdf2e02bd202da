import ipaddr from 'ipaddr.js'

/** Whether a call's address is in the app's list; an empty list lets everybody in. An entry that is no address lets nobody in. */
export function isAllowedAddress(list: readonly string[], ip: string): boolean {
  if (list.length === 0) return true
  if (!ipaddr.isValid(ip)) return false
  const address = ipaddr.process(ip)
  return list.some((entry) => isInside(address, entry.trim()))
}

function isInside(address: ipaddr.IPv4 | ipaddr.IPv6, entry: string): boolean {
  try {
    const [network, bits] = entry.includes('/') ? ipaddr.parseCIDR(entry) : rangeOfOne(ipaddr.process(entry))
    if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, bits)
    return network instanceof ipaddr.IPv6 && address.match(network, bits)
  } catch {
    return false
  }
}

function rangeOfOne(address: ipaddr.IPv4 | ipaddr.IPv6): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** As WeChat writes it (protocol reference, section 4.1). */
export function addressRefusal(ip: string): string {
  const plain = ip.startsWith('::ffff:') ? ip.slice('::ffff:'.length) : ip
  return plain.includes(':')
    ? `invalid ip ${plain}, not in whitelist`
    : `invalid ip ${plain} ipv6 ::ffff:${plain}, not in whitelist`
}
