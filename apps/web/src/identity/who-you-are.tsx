import type { Me } from '@hoptrace/api'
import { Recorded } from '../ui/recorded.tsx'

/** Who holds all of them may do everything, and everybody knows. */
const ALL_ROLES = 4

const VIA: Record<Me['via'], string> = { operator: 'by a one-time link', oidc: 'at the identity provider', service: 'by a service token' }

/** One sentence on who is signed in, and with which rights. */
export function WhoYouAre({ me }: { me: Me }) {
  return (
    <span className="who">
      You are <Recorded text={me.name} limit={80} /> ({rolesOf(me)}) in tenant <Recorded text={me.tenant} limit={80} />, signed in{' '}
      {VIA[me.via]}.
    </span>
  )
}

/** `investigator, auditor`, and whether secrets are open too, which no role says. */
export function rolesOf({ roles, rights }: Me): string {
  if (roles.length === 0) return 'no role'
  const isOpen = rights.includes('reveal') && roles.length < ALL_ROLES
  return [...roles, ...(isOpen ? ['may reveal'] : [])].join(', ')
}
