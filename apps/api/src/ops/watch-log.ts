import { faultOf, type Log, name } from '@hoptrace/telemetry'
import type { ConflictNotice } from '../health/conflict-watch.ts'
import type { GatewayNotice } from '../health/gateway-watch.ts'

/** Tells the log what the watch over gateways has to say: a gateway that fell silent is an error, once. */
export function logGateways(log: Log): (notice: GatewayNotice) => void {
  return (notice) => {
    if (notice.kind === 'silent') log.error('a gateway has fallen silent', { gateway: name(notice.gatewayId), silentForMs: notice.ageMs })
    if (notice.kind === 'heard') log.info('a gateway is heard again', { gateway: name(notice.gatewayId) })
    if (notice.kind === 'unread') log.warn('it is not known whether gateways are silent', { fault: faultOf(notice.error) })
  }
}

/** Tells the log of conflicts, each once: somebody forged an event, or a recorder's state was copied. */
export function logConflicts(log: Log): (notice: ConflictNotice) => void {
  return (notice) => {
    if (notice.kind === 'unread') return log.warn('it is not known whether sessions are in conflict', { fault: faultOf(notice.error) })
    log.error('two different events stand under one seq of a session', { session: name(notice.sessionId), seq: notice.seq })
  }
}
