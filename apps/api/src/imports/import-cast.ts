import { createHash } from 'node:crypto'
import { EventChain, type FoundObservables, type SessionEnvelope } from '@hoptrace/events'
import { type Broken, type CastHeader, type ImportedEvent, importedEvents, importedSessionId, readCast } from '@hoptrace/terminal'

/** A file that can be read twice: once to know what it is, and once to import it. */
export type ImportFile = { name: string; open(): AsyncIterable<Uint8Array> }
export type ImportAs = { tenant: string; principal: string; target: string; account: string }
export type Observe = (event: ImportedEvent) => FoundObservables

export type InspectedCast = Broken | { kind: 'good'; sessionId: string; sha256: string; events: number; header: CastHeader }
export type GoodCast = Extract<InspectedCast, { kind: 'good' }>

/**
 * Reads a whole file: is it an asciicast, which session would it be, and of how many events?
 * Nothing of a broken file is imported, so this comes first. Memory: one line.
 */
export async function inspectCast(file: ImportFile, as: ImportAs): Promise<InspectedCast> {
  const hash = createHash('sha256')
  let header: CastHeader | null = null
  let events = 0
  const items = async function* () {
    for await (const item of readCast(digested(file.open(), hash))) {
      if (item.kind === 'header') header = item.header
      yield item
    }
  }
  for await (const event of importedEvents(items(), { name: file.name, sha256: '' })) {
    if (event.kind === 'broken') return event
    events += 1
  }
  const known = header as CastHeader | null
  if (known === null) return { kind: 'broken', line: 1, reason: 'empty' }
  const sha256 = hash.digest('hex')
  return { kind: 'good', sessionId: importedSessionId({ ...as, sha256 }, known.startedAtUs), sha256, events, header: known }
}

export class ImportedFileChangedError extends Error {
  readonly code = 'IMPORTED_FILE_CHANGED'
  readonly retryable = true
  constructor(readonly sessionId: string) {
    super(`The file of session ${sessionId} changed while it was imported`)
  }
}

/**
 * The encoded events of a file that was inspected: the same bytes each time, so that importing twice adds nothing.
 * The session says of itself that it was imported: it did not pass a gateway, and on whose behalf it was is unknown.
 * @param observe finds the observables of an event; without it none are recorded
 * @throws ImportedFileChangedError when the file is no longer what was inspected
 */
export async function* importCast(file: ImportFile, as: ImportAs, inspected: GoodCast, observe?: Observe): AsyncGenerator<Buffer> {
  const { sessionId, sha256, header } = inspected
  const chain = new EventChain(envelopeOf(sessionId, as))
  const hash = createHash('sha256')
  const startedAtUs = header.startedAtUs ?? 0n
  let last: Buffer | null = null
  for await (const event of importedEvents(readCast(digested(file.open(), hash)), { name: file.name, sha256 })) {
    if (event.kind === 'broken') throw new ImportedFileChangedError(sessionId)
    if (last) yield last
    const at = { wallUs: startedAtUs + BigInt(event.elapsedUs), elapsedUs: event.elapsedUs }
    last = chain.next(event.type, event.body, at, observe?.(event))
  }
  // The end is given only for a file that proved to be the one that was inspected.
  if (last === null || hash.digest('hex') !== sha256) throw new ImportedFileChangedError(sessionId)
  yield last
}

function envelopeOf(sessionId: string, { tenant, principal, target, account }: ImportAs): SessionEnvelope {
  return {
    tenant,
    sessionId,
    gatewayId: 'import',
    bootId: sessionId,
    run: null,
    principal,
    rootPrincipal: null,
    lineage: [],
    origin: null,
    target: { name: target, protocol: 'ssh', address: '', account },
  }
}

async function* digested(chunks: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}
