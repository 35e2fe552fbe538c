import { canonicalJson } from './canonical-json.ts'
import type { SessionEnvelope } from './session-event.ts'

/** What stands between the members of an encoded event that differ from one event of a session to the next. */
export type EnvelopeText = {
  /** From the body to `elapsedUs`. */
  toElapsed: string
  /** From there to `observables`. */
  toObservables: string
  /** From there, or from what was cut of them, to `prevHash`. */
  toPrevHash: string
  /** From there to `seq`. */
  toSeq: string
  /** From there to `ts`. */
  toTs: string
}

/** The canonical JSON of a session's envelope, cut where an event's own members stand: it is the same in every event of the session. */
export function envelopeText(envelope: SessionEnvelope): EnvelopeText {
  const json = canonicalJson
  const { bootId, gatewayId, lineage, origin, principal, rootPrincipal, run, sessionId, target, tenant } = envelope
  return {
    toElapsed: `,"bootId":${json(bootId)},"elapsedUs":`,
    toObservables: `,"gatewayId":${json(gatewayId)},"lineage":${json(lineage)},"observables":`,
    toPrevHash: `,"origin":${json(origin)},"prevHash":"`,
    toSeq: `","principal":${json(principal)},"rootPrincipal":${json(rootPrincipal)},"run":${json(run)},"seq":`,
    toTs: `,"sessionId":${json(sessionId)},"target":${json(target)},"tenant":${json(tenant)},"ts":"`,
  }
}
