import type { SessionEvent } from '@hoptrace/events'
import type { ObservableInsert, SessionEventInsert } from '@hoptrace/store'
import { outcomeOf } from './event-outcome.ts'
import { searchText } from './event-text.ts'

/** @param content the canonical JSON that the event's hash proves */
export function eventRow(event: SessionEvent, content: string): SessionEventInsert {
  const { origin, target } = event
  const { outcome, isFailure } = outcomeOf(event)
  return {
    tenant: event.tenant,
    session_id: event.sessionId,
    seq: event.seq,
    ts: event.ts,
    elapsed_us: event.elapsedUs,
    gateway_id: event.gatewayId,
    boot_id: event.bootId,
    run: event.run,
    principal: event.principal,
    root_principal: event.rootPrincipal,
    lineage: event.lineage,
    origin_address: origin?.address ?? '',
    origin_port: origin?.port ?? 0,
    origin_client: origin?.client ?? null,
    target_name: target?.name ?? '',
    target_protocol: target?.protocol ?? '',
    target_address: target?.address ?? '',
    target_account: target?.account ?? '',
    type: event.type,
    outcome,
    is_failure: isFailure,
    text: searchText(event),
    content,
    prev_hash: event.prevHash,
    hash: event.hash,
  }
}

/** A refusal stands in the gateway's own stream: whose it was, its body says. */
export function observableRows(event: SessionEvent): ObservableInsert[] {
  const by = event.type === 'access.decided' ? event.body.by : null
  return event.observables.map((observable) => ({
    tenant: event.tenant,
    digest: observable.digest,
    kind: observable.kind,
    key_id: observable.keyId,
    role: observable.role,
    value: observable.value ?? null,
    session_id: event.sessionId,
    seq: event.seq,
    hash: event.hash,
    ts: event.ts,
    elapsed_us: event.elapsedUs,
    at: observable.at,
    offset: observable.offset ?? null,
    run: event.run ?? by?.run ?? null,
    principal: event.principal ?? by?.principal ?? null,
    root_principal: event.rootPrincipal ?? by?.rootPrincipal ?? null,
    target_name: event.target?.name ?? '',
    target_protocol: event.target?.protocol ?? '',
    type: event.type,
  }))
}
