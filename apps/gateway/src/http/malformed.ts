import type { IncomingMessage } from 'node:http'
import type { Refusal } from './dialect.ts'
import type { HeaderFields } from './header-fields.ts'
import { doubledField } from './presented-token.ts'

const MAX_FIELDS = 128

/**
 * What Node.js lets through and two readers may read in two ways (RFC 9112, 3.2, 6.1 and 6.3), as the refusal that it gets.
 * Null where the head is sound.
 */
export function malformedHead({ method, httpVersion, rawHeaders }: IncomingMessage, fields: HeaderFields): Refusal | null {
  // Its answer is the request as it came to the target, with the gateway's own credential in it (RFC 9110, 9.3.8).
  if (method === 'TRACE') return refusal(501, 'TRACE is not passed on')
  if (rawHeaders.length > 2 * MAX_FIELDS) return refusal(431, `a request has ${MAX_FIELDS} header fields at most`)
  const doubled = doubledField(fields)
  if (doubled !== null) return refusal(400, `the field ${doubled} stands more than once`)
  if (httpVersion !== '1.0' && fields.count('host') === 0) return refusal(400, 'the field Host is missing')
  const coding = fields.first('transfer-encoding')
  if (coding === null) return null
  if (httpVersion === '1.0') return refusal(400, 'HTTP/1.0 has no Transfer-Encoding')
  if (fields.count('content-length') > 0) return refusal(400, 'Content-Length stands beside Transfer-Encoding')
  return coding.trim().toLowerCase() === 'chunked' ? null : refusal(501, 'no transfer coding but chunked is understood')
}

function refusal(status: number, detail: string): Refusal {
  return { status, reason: 'malformed', detail }
}
