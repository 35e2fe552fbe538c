/** Where a request wants to go. `path` begins with a slash and has the query with it. */
export type Destination =
  | { kind: 'target'; name: string; path: string; host: string; isNamedByHost: boolean }
  | { kind: 'invalid'; message: string }

const BY_NAME = '/targets/'
// RFC 3986, 3.2: a registered name or an address, and a port. No user, no escapes.
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::\d{0,5})?$/
const ABSOLUTE = /^http:\/\/([^/?#]*)(.*)$/is

/**
 * Reads the request's target (RFC 9112, 3.2): by name under `/targets/`, or by the host that the request names, which in
 * the absolute form stands in it and overrides `Host`.
 * @param isTarget is this host name the name or an alias of a target?
 */
export function destinationOf(url: string, hostField: string | null, isTarget: (name: string) => boolean): Destination {
  if (url.includes('#')) return invalid('a request names no fragment')
  const absolute = ABSOLUTE.exec(url)
  if (absolute) return absoluteForm(absolute[1] ?? '', absolute[2] ?? '')
  if (!url.startsWith('/')) return invalid('the request names no path')
  const host = hostField ?? ''
  if (host !== '' && !AUTHORITY.test(host)) return invalid('the field Host is malformed')
  const name = hostNameOf(host)
  if (name !== '' && isTarget(name)) return { kind: 'target', name, path: url, host, isNamedByHost: true }
  if (url.startsWith(BY_NAME)) return underTargets(url, host)
  return { kind: 'target', name, path: url, host, isNamedByHost: true }
}

function absoluteForm(authority: string, rest: string): Destination {
  // RFC 9110, 4.2.4: a user in an http URL is a mistake, or an attack.
  if (!AUTHORITY.test(authority)) return invalid('the host of the request is malformed')
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { kind: 'target', name: hostNameOf(authority), path, host: authority, isNamedByHost: true }
}

function underTargets(url: string, host: string): Destination {
  const [, name = '', rest = ''] = /^\/targets\/([^/?]*)(.*)$/s.exec(url) ?? []
  if (!/^[A-Za-z0-9._-]{1,253}$/.test(name)) return invalid('the request names no target: /targets/NAME/PATH')
  return { kind: 'target', name, path: rest.startsWith('/') ? rest : `/${rest}`, host, isNamedByHost: false }
}

/** Does a server that resolves dot segments, however they are written, leave the path that this stands below? */
export function climbs(path: string): boolean {
  const [bare = ''] = path.split('?', 1)
  return bare.split(/[/\\]|%2f|%5c/i).some((segment) => /^(?:\.|%2e){2}(?:;|%3b|$)/i.test(segment))
}

/** Without its port, and without brackets. */
export function hostNameOf(authority: string): string {
  return authority.replace(/:\d{0,5}$/, '').replace(/^\[(.*)\]$/, '$1')
}

function invalid(message: string): Destination {
  return { kind: 'invalid', message }
}
