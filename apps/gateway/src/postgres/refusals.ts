import type { DenyReason } from '@hoptrace/events'
import type { TargetConnectionError } from './target-connection-error.ts'

const SQLSTATES: Record<DenyReason, string> = {
  'no-credential': '28P01',
  'unknown-token': '28P01',
  expired: '28P01',
  revoked: '28P01',
  'runs-stale': '57P03',
  'unknown-target': '3D000',
  'not-granted': '28000',
  'wrong-account': '28000',
  'tls-required': '28000',
  'host-key-changed': '28000',
  'target-unreachable': '08001',
  'target-refused': '08004',
  'recording-unavailable': '57P03',
  impersonation: '28000',
  malformed: '08P01',
}

/** The SQLSTATE with which a refusal reaches the caller (PostgreSQL documentation, "PostgreSQL Error Codes"). */
export function sqlstateOf(reason: DenyReason): string {
  return SQLSTATES[reason]
}

/** A target's own state where it says something of what the caller asked for; else that of a connection which did not come about. */
export function sqlstateOfTarget(error: TargetConnectionError): string {
  if (error.problem === 'database' || error.problem === 'busy') return error.sqlstate ?? '08004'
  return error.isRefusal ? '08004' : '08001'
}
