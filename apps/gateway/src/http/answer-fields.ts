import { HeaderFields } from './header-fields.ts'

/** More fields than this, or one that cannot be passed on, and an answer is malformed. */
const MAX_FIELDS = 256

/** The fields of a target's answer, from the raw ones. Null where there are too many. */
export function answerFields(raw: unknown): HeaderFields | null {
  if (!Array.isArray(raw) || raw.length > 2 * MAX_FIELDS) return null
  return new HeaderFields(raw.map(asText))
}

function asText(part: unknown): string {
  return Buffer.isBuffer(part) ? part.toString('latin1') : String(part)
}

/** Can an answer of this status have a body (RFC 9110, 6.4.1)? */
export function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304
}
