import type { Refusal } from './dialect.ts'

const TIMEOUTS: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EMFILE',
])
const MALFORMED: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'])

/** What a fault of the connection to a target means, without a word of what was sent over it. */
export function faultOf(error: unknown): Refusal {
  const code = codeOf(error)
  if (UNREACHABLE.has(code)) return { status: 502, reason: 'target-unreachable', detail: `the target could not be reached (${code})` }
  if (TIMEOUTS.has(code)) return { status: 504, reason: 'target-timeout', detail: 'the target did not answer in time' }
  if (code.startsWith('HPE_') || MALFORMED.has(code) || isBadResponse(error)) {
    return { status: 502, reason: 'target-malformed', detail: `the target's answer is malformed (${code})` }
  }
  if (isTls(code)) return { status: 502, reason: 'target-unreachable', detail: `the target's certificate is not accepted (${code})` }
  return { status: 502, reason: 'target-lost', detail: `the connection to the target was lost (${code})` }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code).slice(0, 64) : 'unknown'
}

// A body or an upgrade that nobody asked for, or 100 where nothing waits for it.
function isBadResponse(error: unknown): boolean {
  return error instanceof Error && (error.message === 'bad response' || error.message === 'bad upgrade')
}

function isTls(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO$)/.test(code)
}
