import { isIP } from 'node:net'
import { isSecretName } from './secret-names.ts'

/**
 * Canonical forms of observable values: two spellings of one thing give one form, so that their digests meet.
 * Every function answers null for what is not such a value. Test vectors stand in canonical-value.test.ts.
 */

/**
 * Host name: lower case, without the root's dot (RFC 1123 labels; at least one dot or a known single label is the caller's concern).
 * `service.namespace.svc` is what Kubernetes calls `service.namespace.svc.cluster.local` inside a cluster. Shorter forms stand for
 * themselves: `web.shop` may be a file, or a service of any cluster.
 */
export function canonicalHost(text: string): string | null {
  const named = text.toLowerCase().replace(/\.$/, '')
  const host = named.endsWith('.svc') ? `${named}.cluster.local` : named
  if (host.length > 253 || isIP(host) !== 0) return null
  return host.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) ? host : null
}

// 45 characters of an IPv4-mapped address, brackets, and a zone.
const LONGEST_ADDRESS = 128

/** IPv4 dotted, IPv6 as RFC 5952 renders it, IPv4-mapped IPv6 as IPv4. Zone and brackets are dropped. */
export function canonicalAddress(text: string): string | null {
  if (text.length > LONGEST_ADDRESS) return null
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const family = isIP(bare)
  if (family === 4) return bare
  if (family !== 6) return null
  const compressed = new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(compressed)
  if (!mapped) return compressed
  const [high, low] = [Number.parseInt(mapped[1] ?? '0', 16), Number.parseInt(mapped[2] ?? '0', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** URL without userinfo, fragment and default port; scheme and host in lower case (WHATWG URL). */
export function canonicalUrl(text: string): string | null {
  return bareUrl(text)?.href ?? null
}

function bareUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!url.hostname) return null
  if (url.username !== '') url.username = ''
  if (url.password !== '') url.password = ''
  if (url.hash !== '' || url.href.endsWith('#')) url.hash = ''
  return url
}

/**
 * The forms under which a URL is looked for: as `canonicalUrl` gives it, and without its query, since the same thing is asked for with
 * other parameters. One whose query names a secret has only the second.
 */
export function urlForms(text: string): string[] {
  const url = bareUrl(text)
  if (url === null) return []
  const whole = url.href
  if (!whole.includes('?')) return [whole]
  const isSecret = [...url.searchParams.keys()].some(isSecretName)
  url.search = ''
  return isSecret ? [url.href] : [whole, url.href]
}

/** The password in a URL's userinfo, decoded; null when there is none. */
export function passwordOfUrl(text: string): string | null {
  if (!URL.canParse(text)) return null
  const { password } = new URL(text)
  if (!password) return null
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}

/** Base64 (RFC 4648, standard or URL alphabet) that decodes to printable text; null for anything else. */
export function decodedBase64(text: string): string | null {
  if (text.length < 12 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null
  const plain = Buffer.from(text, 'base64').toString('latin1')
  // Most words are of these letters by chance, and end here.
  if (!/^[\x20-\x7e\t\r\n]+$/.test(plain)) return null
  // Buffer.from skips what it cannot read: only a text that encodes back to itself was base64.
  const encoded = Buffer.from(plain, 'latin1').toString('base64url')
  return encoded === text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') ? plain : null
}
