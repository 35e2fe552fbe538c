import type { EventBody } from '@hoptrace/events'
import type { AnswerHead } from './dialect.ts'
import { hostNameOf } from './request-target.ts'

type Redirect = EventBody<'http.response'>['redirect']
const REDIRECTS: ReadonlySet<number> = new Set([201, 300, 301, 302, 303, 307, 308])

/**
 * Where an answer sends the caller, and whether that is another host than the target's. It is passed on, never followed.
 * @param isOwn is this host name one of the target's?
 */
export function redirectOf({ status, fields }: AnswerHead, isOwn: (host: string) => boolean): Redirect {
  const to = REDIRECTS.has(status) ? fields.first('location') : null
  if (to === null) return undefined
  return { isElsewhere: leadsElsewhere(to, isOwn), to }
}

function leadsElsewhere(to: string, isOwn: (host: string) => boolean): boolean {
  const base = 'http://target.invalid/'
  if (!URL.canParse(to, base)) return true
  const { hostname, protocol } = new URL(to, base)
  if (!/^(?:https?|wss?):$/.test(protocol)) return true
  return hostname !== 'target.invalid' && !isOwn(hostNameOf(hostname))
}
