import { anId, RecordedSession } from '../testing/recorded-session.ts'

export const MINUTE_MS = 60_000
export const SPOOL = { level: 'filling', bytes: 900, maxBytes: 1000 } as const

/** A gateway's own stream whose first event is a heartbeat. @param open sessions with their last seq */
export function aBeatingGateway(gatewayId: string, atMs: number, tenant = 'default', open: [string, number][] = []): RecordedSession {
  const bootId = anId(atMs)
  const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
  const envelope = { ...nobody, sessionId: bootId, bootId, gatewayId, tenant }
  return new RecordedSession(envelope, atMs).add('gateway.heartbeat', { open, spool: SPOOL })
}
