import type { z } from 'zod'
import type { Grant } from '../bodies/grant.ts'
import { GrantRequest } from './grant-request.ts'

/** How a grant is written on one line. */
export const GRANT_SYNTAX = 'target:protocol[+forward][,key=pattern|pattern…]…'

export type ReadGrant = { kind: 'grant'; grant: GrantRequest } | { kind: 'invalid'; problem: string }

const KEYS = { kubernetes: ['namespaces', 'resources', 'verbs'], http: ['methods', 'paths'] } as const

/** Reads `orders:postgres`, `bastion:ssh+forward` or `prod:kubernetes,namespaces=shop,resources=pods/*,verbs=get|list`. */
export function readGrant(text: string): ReadGrant {
  const [head = '', ...parts] = text.split(/,(?=[a-z]+=)/)
  const match = /^([^:,]+):([a-z]+)(\+forward)?$/.exec(head)
  if (!match) return invalid(`write ${GRANT_SYNTAX}`)
  const [, target, protocol = '', forward] = match
  const keys: readonly string[] = protocol === 'kubernetes' || protocol === 'http' ? KEYS[protocol] : []
  const stated = parts.map((part): [string, string[]] => {
    const at = part.indexOf('=')
    return [part.slice(0, at), part.slice(at + 1).split('|')]
  })
  const names = stated.map(([key]) => key)
  const stray = names.find((key) => !keys.includes(key))
  if (stray) return invalid(`${stray} does not narrow a grant for ${protocol}${keys.length > 0 ? `: ${keys.join(', ')} do` : ''}`)
  if (new Set(names).size < names.length) return invalid('state each of them once, its patterns with | between')
  const scope = stated.length === 0 ? {} : { [protocol]: Object.fromEntries(stated) }
  const read = GrantRequest.safeParse({ target, protocol, ...(forward ? { forward: true } : {}), ...scope })
  return read.success ? { kind: 'grant', grant: read.data } : invalid(problemOf(read.error))
}

/** The same grant on one line. */
export function grantText({ target, protocol, forward, kubernetes, http }: Grant): string {
  const scope = Object.entries({ ...kubernetes, ...http }).flatMap(([key, patterns]) => (patterns ? [`,${key}=${patterns.join('|')}`] : []))
  return `${target}:${protocol}${forward ? '+forward' : ''}${scope.join('')}`
}

function problemOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.slice(0, 2).join('.')}: ${message}`).join('; ')
}

function invalid(problem: string): ReadGrant {
  return { kind: 'invalid', problem }
}
