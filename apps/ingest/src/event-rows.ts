import { type Observable, recordedTypeOf, type SessionEnvelope, type SessionEvent } from '@hoptrace/events'
import type { ObservableInsert, SessionEventInsert } from '@hoptrace/store'
import { outcomeOf } from './event-outcome.ts'
import { searchText } from './event-text.ts'
import type { RowPieces } from './row-lines.ts'

/** The beginnings of rows: of every event of a session, and of every observable in them. */
export type EnvelopeColumns = { event: Buffer; observable: Buffer }

export function envelopeColumns({ origin, target, ...envelope }: SessionEnvelope): EnvelopeColumns {
  const shared = {
    tenant: envelope.tenant,
    session_id: envelope.sessionId,
    target_name: target?.name ?? '',
    target_protocol: target?.protocol ?? '',
  }
  const who = { run: envelope.run, principal: envelope.principal, root_principal: envelope.rootPrincipal }
  const columns = {
    ...shared,
    ...who,
    gateway_id: envelope.gatewayId,
    boot_id: envelope.bootId,
    lineage: envelope.lineage,
    origin_address: origin?.address ?? '',
    origin_port: origin?.port ?? 0,
    origin_client: origin?.client ?? null,
    target_address: target?.address ?? '',
    target_account: target?.account ?? '',
  } satisfies Partial<SessionEventInsert>
  return { event: beginningWith(columns), observable: beginningWith({ ...shared, ...who } satisfies Partial<ObservableInsert>) }
}

function beginningWith(columns: object): Buffer {
  return Buffer.from(JSON.stringify(columns).slice(0, -1))
}

/**
 * The row of an event, as JSON. Written out: rendering it from an object takes three times as long. What stands here
 * without being escaped was read as digits, hexadecimal digits or a type, which hold nothing to escape. In pieces: most of it
 * is bytes already, which need not become text and bytes again.
 * The content stands in it as the object that it is, which the store keeps as text, byte for byte
 * (input_format_json_read_objects_as_strings): as a string, every mark in it would be escaped, and read back.
 * @param content the canonical JSON that the event's hash proves
 */
export function eventRow(event: SessionEvent, content: Buffer, envelope: EnvelopeColumns): RowPieces {
  const { outcome, isFailure } = outcomeOf(event)
  const text = searchText(event)
  const own =
    `,"seq":${event.seq},"ts":"${event.ts}","elapsed_us":${event.elapsedUs},"type":"${recordedTypeOf(event)}"` +
    `,"outcome":${quoted(outcome)},"is_failure":${isFailure},"text":${quoted(text)}` +
    `,"prev_hash":"${event.prevHash}","hash":"${event.hash}","content":`
  return [envelope.event, own, content, '}']
}

function quoted(text: string): string {
  return text === '' ? '""' : JSON.stringify(text)
}

/**
 * Where each value of an event was seen, a row of JSON each. A refusal stands in the gateway's own stream: whose it was, its body says.
 * @param digestedAt `ingest` for what the event itself does not carry
 */
export function observableRows(
  event: SessionEvent,
  observables: readonly Observable[],
  digestedAt: 'capture' | 'ingest',
  envelope: EnvelopeColumns,
): RowPieces[] {
  if (observables.length === 0) return []
  const by = event.type === 'access.decided' ? event.body.by : null
  const columns = by ? envelopeColumns({ ...event, ...whoIn(event, by) }).observable : envelope.observable
  const digested = digestedAt === 'ingest' ? ',"digested_at":"ingest"' : ''
  const shared =
    `,"seq":${event.seq},"hash":"${event.hash}","ts":"${event.ts}","elapsed_us":${event.elapsedUs}` +
    `,"type":"${recordedTypeOf(event)}"${digested}`
  return observables.map((observable) => [columns, `${shared},${ownMembers(observable)}}`])
}

function whoIn(event: SessionEvent, by: { run: string; principal: string; rootPrincipal: string }) {
  const { run, principal, rootPrincipal } = event
  return { run: run ?? by.run, principal: principal ?? by.principal, rootPrincipal: rootPrincipal ?? by.rootPrincipal }
}

function ownMembers({ digest, kind, keyId, role, value, at, offset }: Observable): string {
  return (
    `"digest":"${digest}","kind":"${kind}","key_id":${quoted(keyId)},"role":"${role}"` +
    `,"value":${value === undefined ? 'null' : quoted(value)},"at":${quoted(at)},"offset":${offset ?? 'null'}`
  )
}
