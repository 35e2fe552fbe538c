import { Name } from '@hoptrace/events'
import { Role } from '../../contract/index.ts'
import type { Identity } from '../identity.ts'
import type { OidcOptions } from './oidc-options.ts'

const MAX_GROUPS = 1000
/** Subjects of the server's own: in the log they must be nobody else's. */
const OWN = /^(?:operator$|service:|oidc:)/

/** What a provider's claims make of somebody; or why they are nobody here. */
export type Claimed =
  | { kind: 'person'; identity: Identity }
  | { kind: 'refused'; reason: 'no-subject' | 'no-tenant' | 'no-role'; name: string }

/** @param tenant whose everybody is when no claim names one */
export function personIn(
  claims: Readonly<Record<string, unknown>>,
  options: Pick<OidcOptions, 'claims' | 'groups'>,
  tenant: string,
): Claimed {
  const sub = textIn(claims, 'sub')
  const name = nameIn(claims, options.claims.name)
  if (sub === null) return { kind: 'refused', reason: 'no-subject', name }
  const claimed = options.claims.tenant === null ? tenant : textIn(claims, options.claims.tenant)
  const theirs = Name.safeParse(claimed)
  if (!theirs.success) return { kind: 'refused', reason: 'no-tenant', name }
  const grants = new Set(groupsIn(claims[options.claims.groups]).flatMap((group) => options.groups.get(group) ?? []))
  const roles = Role.options.filter((role) => grants.has(role))
  if (roles.length === 0) return { kind: 'refused', reason: 'no-role', name }
  const subject = OWN.test(sub) ? `oidc:${sub}` : sub
  return { kind: 'person', identity: { subject, name, tenant: theirs.data, roles, mayReveal: grants.has('reveal'), via: 'oidc' } }
}

function nameIn(claims: Readonly<Record<string, unknown>>, claim: string | null): string {
  const names = claim === null ? ['name', 'preferred_username', 'email', 'sub'] : [claim, 'sub']
  return names.map((candidate) => textIn(claims, candidate)).find((text) => text !== null) ?? 'unknown'
}

function textIn(claims: Readonly<Record<string, unknown>>, claim: string): string | null {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : null
  return typeof value === 'string' && value !== '' ? value.toWellFormed().slice(0, 255) : null
}

function groupsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/\s+/).slice(0, MAX_GROUPS)
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_GROUPS).filter((group) => typeof group === 'string')
}
