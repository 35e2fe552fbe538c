import { BlockList, isIP } from 'node:net'

/** Not to be reached over the internet, or not meant to: IANA's special-purpose registries (RFC 6890), multicast, and what wraps others. */
const SPECIAL: readonly [family: 'ipv4' | 'ipv6', address: string, bits: number][] = [
  ['ipv4', '0.0.0.0', 8],
  ['ipv4', '10.0.0.0', 8],
  ['ipv4', '100.64.0.0', 10],
  ['ipv4', '127.0.0.0', 8],
  ['ipv4', '169.254.0.0', 16],
  ['ipv4', '172.16.0.0', 12],
  ['ipv4', '192.0.0.0', 24],
  ['ipv4', '192.0.2.0', 24],
  ['ipv4', '192.88.99.0', 24],
  ['ipv4', '192.168.0.0', 16],
  ['ipv4', '198.18.0.0', 15],
  ['ipv4', '198.51.100.0', 24],
  ['ipv4', '203.0.113.0', 24],
  ['ipv4', '224.0.0.0', 3],
]
/** Of IPv6 only what is given out as global unicast, less what carries IPv4 addresses, is documentation, or is the protocol's own. */
const GLOBAL_UNICAST: [string, number] = ['2000::', 3]
const NOT_GLOBAL: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const special = new BlockList()
for (const [family, address, bits] of SPECIAL) special.addSubnet(address, bits, family)
for (const [address, bits] of NOT_GLOBAL) special.addSubnet(address, bits, 'ipv6')
const unicast = new BlockList()
unicast.addSubnet(...GLOBAL_UNICAST, 'ipv6')

/** May anybody on the internet have this address? False for what is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special.check(address, 'ipv4')
  return family === 6 && unicast.check(address, 'ipv6') && !special.check(address, 'ipv6')
}
