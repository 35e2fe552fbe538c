import { canonicalAddress, canonicalHost } from '@hoptrace/events'

/**
 * Does this name a machine inside, of which a gateway could know? A private (RFC 1918), link-local (RFC 3927, RFC 4291) or unique local
 * (RFC 4193) address; a name of one label, or under one of these suffixes. Never loopback (RFC 6761 for its names).
 * @param suffixes in lower case, without a leading dot
 */
export function isInternalHost(host: string, suffixes: readonly string[]): boolean {
  const address = canonicalAddress(host)
  if (address !== null) return isInternalAddress(address)
  const name = canonicalHost(host)
  if (name === null || isLoopbackName(name)) return false
  return !name.includes('.') || isShortAddress(name) || suffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))
}

// `10.1`, `010.0.0.1`, `0x0a.0.0.1`: what inet_aton(3) reads as an address nobody writes but to be read otherwise.
function isShortAddress(name: string): boolean {
  return /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){1,3}$/.test(name) && !name.startsWith('127.')
}

function isInternalAddress(address: string): boolean {
  if (address.includes(':')) return /^(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(address)
  return /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(address)
}

function isLoopbackName(name: string): boolean {
  return (
    name === 'localhost' || name.endsWith('.localhost') || /^localhost[46]?(?:\.localdomain[46]?)?$|^ip6-(?:localhost|loopback)$/.test(name)
  )
}
