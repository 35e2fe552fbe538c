import { may } from '../auth/access.ts'
import type { Me } from '../contract/index.ts'
import type { Requester } from '../exports/package/index.ts'

/** Whoever asks, as an export is made for them. */
export function asRequester(me: Me, hasContent: boolean, isRevealed: boolean): Requester {
  return { tenant: me.tenant, name: me.name, subject: me.subject, hasContent, isRevealed, hasAudit: may(me, 'audit') }
}
