import type { Me, Role } from '../contract/index.ts'
import { ALL_ROLES, rightsOf } from './rights.ts'

/** Who somebody is, before it is asked what they may do. */
export type Identity = { subject: string; name: string; tenant: string; roles: readonly Role[]; mayReveal: boolean; via: Me['via'] }

/** Whoever holds the operator's token of a standalone server holds the server. */
export function operatorOf(tenant: string): Identity {
  return { subject: 'operator', name: 'operator', tenant, roles: ALL_ROLES, mayReveal: true, via: 'operator' }
}

export function meOf({ subject, name, tenant, roles, mayReveal, via }: Identity, method: Me['method'], signOutUrl?: string): Me {
  const rights = rightsOf(roles, mayReveal)
  return { subject, name, tenant, roles: [...roles], rights, method, via, ...(signOutUrl === undefined ? {} : { signOutUrl }) }
}
