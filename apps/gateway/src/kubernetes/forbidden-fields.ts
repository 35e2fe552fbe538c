import { printable } from '@hoptrace/events'
import type { HeaderFields } from '../http/index.ts'

/** `as`: who the caller wanted to be, for people. */
export type ForbiddenField = { detail: string; as: string }

const MAX_NAME = 128

/**
 * A header field by which a caller would act as somebody else with the gateway's credential: impersonation
 * (`Impersonate-User`, `-Group`, `-Uid`, `-Extra-…`), and what an authenticating proxy in front of the server would
 * vouch for (`X-Remote-…`). Null where there is none.
 */
export function forbiddenField(fields: HeaderFields): ForbiddenField | null {
  const field = fields.list.find(([name]) => name.startsWith('impersonate-') || name.startsWith('x-remote-'))
  if (!field) return null
  const [name, value] = field
  return {
    detail: `${printable(name.slice(0, MAX_NAME))} is not passed on: nobody acts as another user`,
    as: `as ${value.slice(0, MAX_NAME)}`,
  }
}
