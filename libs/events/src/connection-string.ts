/** What a connection string names; what it does not say is null. */
export type ConnectionParts = {
  host: string | null
  port: number | null
  account: string | null
  database: string | null
  password: string | null
}

const MAX_LENGTH = 4096
const URL_START = /^[a-z][a-z0-9+.-]{0,30}:\/\//i

/**
 * Reads libpq's two forms, `host=db port=5432 user=app` with values in quotes or bare, and `postgresql://app@db:5432/orders`
 * (PostgreSQL documentation, "Connection Strings"); URLs of other databases, too. Null for what is neither. A socket's
 * directory is no host.
 */
export function connectionParts(text: string): ConnectionParts | null {
  const trimmed = text.trim()
  if (trimmed.length > MAX_LENGTH) return null
  return URL_START.test(trimmed) ? partsOfUrl(trimmed) : partsOfKeywords(trimmed)
}

function partsOfUrl(text: string): ConnectionParts | null {
  if (!URL.canParse(text)) return null
  const { hostname, port, username, password, pathname, searchParams } = new URL(text)
  return {
    host: hostOf(searchParams.get('host') ?? decoded(hostname).replace(/^\[|\]$/g, '')),
    port: portOf(searchParams.get('port') ?? port),
    account: searchParams.get('user') ?? (decoded(username) || null),
    database: searchParams.get('dbname') ?? (decoded(pathname.split('/')[1] ?? '') || null),
    password: searchParams.get('password') ?? (decoded(password) || null),
  }
}

function partsOfKeywords(text: string): ConnectionParts | null {
  const said = new Map<string, string>()
  const pairs = /\s*([a-z_]{1,32})\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))/gy
  for (const [, key = '', quoted, bare] of text.matchAll(pairs)) said.set(key, (quoted ?? bare ?? '').replace(/\\(.)/gs, '$1'))
  if (said.size === 0) return null
  return {
    host: hostOf(said.get('host') ?? said.get('hostaddr') ?? ''),
    port: portOf(said.get('port') ?? ''),
    account: said.get('user') || null,
    database: said.get('dbname') || null,
    password: said.get('password') || null,
  }
}

// Of several hosts, which are tried in turn, the first.
function hostOf(text: string): string | null {
  const host = text.split(',')[0] ?? ''
  return host === '' || host.startsWith('/') || host.startsWith('@') ? null : host
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}/.exec(text)?.[0]
  return port === undefined || Number(port) > 65_535 ? null : Number(port)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
