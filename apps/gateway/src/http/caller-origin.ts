import { printable } from '@hoptrace/events'
import type { HeaderFields } from './header-fields.ts'

const CLIENT_NAME_LENGTH = 256

/** The client's software as it names itself. */
export function clientNameOf(fields: HeaderFields): string | null {
  const name = fields.first('user-agent')
  return name ? printable(name.slice(0, CLIENT_NAME_LENGTH)).toWellFormed() : null
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  return address === '::1' || /^(?:::ffff:)?127\./.test(address)
}
