import type { Denial } from '@hoptrace/api'

/** Why an attempt was refused, in words. */
export const denyReasons: Record<NonNullable<Denial['reason']>, string> = {
  'no-credential': 'no credential',
  'unknown-token': 'unknown token',
  expired: 'run expired',
  revoked: 'run revoked',
  'runs-stale': 'runs not up to date',
  'unknown-target': 'unknown target',
  'not-granted': 'not granted',
  'wrong-account': 'wrong account',
  'tls-required': 'TLS required',
  'host-key-changed': 'host key changed',
  'target-unreachable': 'target unreachable',
  'target-refused': 'target refused',
  'recording-unavailable': 'recording unavailable',
  impersonation: 'asked to act as another user',
  malformed: 'malformed request',
}
