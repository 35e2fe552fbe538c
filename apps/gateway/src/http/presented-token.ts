import type { Presented } from '../access/access-control.ts'
import { schemeCredential } from './credential-fields.ts'
import type { HeaderFields } from './header-fields.ts'

/** Where a run token may stand, the first that is there: so that `Authorization` is left to a target's own credential. */
const TOKEN_FIELDS = ['hoptrace-token', 'proxy-authorization', 'authorization'] as const
export type TokenField = (typeof TOKEN_FIELDS)[number]

export type PresentedToken = { presented: Presented; field: TokenField | null }

/** The run token that a caller presents: `Hoptrace-Token`, or a bearer token or a password of Basic in the others. */
export function presentedToken(fields: HeaderFields): PresentedToken {
  for (const field of TOKEN_FIELDS) {
    const value = fields.first(field)
    if (value === null) continue
    const secret = field === 'hoptrace-token' ? value.trim() : schemeCredential(value)
    return { presented: secret === '' ? { method: 'none' } : { method: 'bearer', secret }, field }
  }
  return { presented: { method: 'none' }, field: null }
}

/** Fields that may stand once at most: of two, nobody can tell which one counts. */
export function doubledField(fields: HeaderFields): string | null {
  for (const name of ['host', ...TOKEN_FIELDS]) if (fields.count(name) > 1) return name
  return null
}
