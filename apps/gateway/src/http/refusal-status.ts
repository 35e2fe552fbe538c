import type { DenyReason } from '@hoptrace/events'

/** The status that tells a refusal over HTTP (RFC 9110, 15.5): who is not known gets 401, who may not gets 403. */
export function statusOf(reason: DenyReason): number {
  switch (reason) {
    case 'no-credential':
    case 'unknown-token':
    case 'expired':
    case 'revoked':
      return 401
    case 'unknown-target':
      return 404
    case 'malformed':
      return 400
    case 'runs-stale':
    case 'recording-unavailable':
      return 503
    case 'target-unreachable':
    case 'target-refused':
      return 502
    default:
      return 403
  }
}
