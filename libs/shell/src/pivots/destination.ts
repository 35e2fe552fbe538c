/** `user@host:port` in its parts; each may be absent. */
export type Destination = { account: string | null; host: string | null; port: number | null }

const LONGEST_NAME = 512

/** Reads `[user@]host[:port]`, with IPv6 in brackets. A name that only a shell could tell (`$HOST`) is null. */
export function destinationOf(text: string): Destination {
  const at = text.lastIndexOf('@')
  const account = at > 0 ? (text.slice(0, at).split(':')[0] ?? null) : null
  const rest = text.slice(at + 1)
  const bracketed = /^\[([^\]]{1,128})\](?::(\d{1,5}))?$/.exec(rest)
  if (bracketed) return { account, host: literal(bracketed[1] ?? ''), port: portOf(bracketed[2]) }
  const colon = rest.indexOf(':')
  const isOnly = colon >= 0 && colon === rest.lastIndexOf(':')
  return isOnly
    ? { account, host: literal(rest.slice(0, colon)), port: portOf(rest.slice(colon + 1)) }
    : { account, host: literal(rest), port: null }
}

/** Reads `scheme://[user@]host[:port][/path]`; null where it is none. The path has no slash at its start. */
export function destinationOfUrl(text: string): (Destination & { scheme: string; path: string }) | null {
  if (text.length > LONGEST_NAME * 8 || !URL.canParse(text)) return null
  const url = new URL(text)
  if (!url.hostname) return null
  return {
    scheme: url.protocol.slice(0, -1),
    account: url.username ? decoded(url.username) : null,
    host: literal(decoded(url.hostname).replace(/^\[|\]$/g, '')),
    port: portOf(url.port),
    path: url.pathname.replace(/^\//, ''),
  }
}

export function portOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return null
  const port = Number(text)
  return port > 0 && port < 65_536 ? port : null
}

/** A word that no shell would change; null for others, and for what is too long to be a name. */
export function literal(text: string): string | null {
  return text === '' || text.length > LONGEST_NAME || /[$`*?\s\p{Cc}]/u.test(text) ? null : text
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
