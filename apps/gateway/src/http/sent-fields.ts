import { RUN_TOKEN } from '../access/run-token.ts'
import { endToEnd, type Field, type HeaderFields } from './header-fields.ts'
import type { CredentialField } from './target-credential.ts'

export type SentOptions = {
  host: string
  /** The run token, which goes no further than this gateway, in whichever field it stands. */
  token: string | null
  /** Does the target take the caller's own `Authorization`, beside the run token? */
  isCallers: boolean
  /** The gateway's own credential. */
  credential: CredentialField | null
  isUpgrade: boolean
}

/** Which servers that tell hyphens and underscores apart no more (CGI, RFC 3875, 4.1.18) would take for others. */
const NEVER_UNDERSCORED: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'content-type', 'hoptrace-token'])

/** Does this field hold the run token? It is neither passed on nor recorded. */
export function holdsToken([name, value]: Field, token: string | null): boolean {
  if (name === 'hoptrace-token') return true
  if (token === null || token.length < 8) return false
  return value.includes(token) || basicPair([name, value]).includes(token)
}

// Another run's is no credential of a target's either.
function holdsAnyToken(field: Field): boolean {
  return `${field[1]} ${basicPair(field)}`.search(RUN_TOKEN) >= 0
}

function basicPair([name, value]: Field): string {
  if (name !== 'authorization' && name !== 'proxy-authorization') return ''
  const [, encoded = ''] = /^\s*basic\s+(\S+)/i.exec(value) ?? []
  return Buffer.from(encoded, 'base64').toString('latin1')
}

/** Would a server take this field for another, which the gateway alone may set? */
function isDisguised(name: string, credential: CredentialField | null): boolean {
  if (!name.includes('_')) return false
  const plain = name.replaceAll('_', '-')
  return NEVER_UNDERSCORED.has(plain) || plain === credential?.name
}

/** The fields of a request as they go to the target, names and values in turn. */
export function sentFields(fields: HeaderFields, { host, token, isCallers, credential, isUpgrade }: SentOptions): string[] {
  const passed = endToEnd(fields, (field) => {
    const [name] = field
    if (name === 'host' || name === 'expect' || holdsToken(field, token) || holdsAnyToken(field)) return true
    if (isDisguised(name, credential)) return true
    if (name === 'authorization' && !isCallers) return true
    // Without an extension, messages are what they look like on the wire.
    if (isUpgrade && name === 'sec-websocket-extensions') return true
    return name === credential?.name
  })
  const own = credential === null ? [] : [credential.name, credential.value]
  return ['host', host, ...passed, ...own]
}
