import { createHash, type Hash } from 'node:crypto'
import { canonicalAddress, canonicalJson, EventChain, EventTooLargeError, uuidv7 } from '@hoptrace/events'
import type { ImportFile } from '../import-cast.ts'
import { AuditSessions, type FoundEvent, type FoundSession } from './audit-sessions.ts'
import { type AuditCounts, AuditTally } from './audit-tally.ts'
import { readAudit } from './read-audit.ts'

/** Whose cluster, under which name its sessions stand. */
export type AuditAs = { tenant: string; target: string }

export type InspectedAudit = AuditCounts & {
  sha256: string
  /** Of the session that ends last, and how many events it has: when it is stored whole, so is everything. Null where nothing can be read. */
  last: { sessionId: string; events: number } | null
}

const FORMAT = 'kubernetes-audit'

/** Reads a whole file: what sessions would it be, and what in it cannot be read? Bounded memory. */
export async function inspectAudit(file: ImportFile, as: AuditAs): Promise<InspectedAudit> {
  const hash = createHash('sha256')
  const sessions = new AuditSessions({ file: '', sha256: '', format: FORMAT })
  const tally = new AuditTally()
  for await (const item of readAudit(digested(file.open(), hash))) {
    if (item.kind === 'broken') tally.addBroken(item)
    else for (const event of sessions.take(item.event)) tally.add(event)
  }
  for (const event of sessions.finish()) tally.add(event)
  const sha256 = hash.digest('hex')
  const { counts, last } = tally
  return { ...counts, sha256, last: last && { sessionId: sessionIdOf(last.session, as, sha256), events: last.events } }
}

/**
 * The encoded events of a file that was inspected: the same bytes each time, so that importing twice adds nothing.
 * Nobody looked for values in them: they are digested when they are taken in.
 */
export async function* importAudit(file: ImportFile, as: AuditAs, { sha256 }: InspectedAudit): AsyncGenerator<Buffer> {
  const sessions = new AuditSessions({ file: file.name.toWellFormed(), sha256, format: FORMAT })
  const chains = new Map<number, EventChain>()
  const encode = (event: FoundEvent): Buffer => {
    const { session, type } = event
    const chain = chains.get(session.ordinal) ?? chainOf(session, as, sha256)
    if (type === 'session.ended') chains.delete(session.ordinal)
    else chains.set(session.ordinal, chain)
    return encoded(chain, event)
  }
  for await (const item of readAudit(file.open())) {
    if (item.kind === 'event') for (const event of sessions.take(item.event)) yield encode(event)
  }
  for (const event of sessions.finish()) yield encode(event)
}

// A body that does not fit is left out, and says how long it was.
function encoded(chain: EventChain, { type, atUs, elapsedUs, body }: FoundEvent): Buffer {
  const at = { wallUs: atUs, elapsedUs }
  try {
    return chain.next(type, body, at, null)
  } catch (error) {
    if (!(error instanceof EventTooLargeError) || !('body' in body) || !body.body) throw error
    const { data: _, ...rest } = body.body
    return chain.next(type, { ...body, body: rest }, at, null)
  }
}

function chainOf(session: FoundSession, as: AuditAs, sha256: string): EventChain {
  const { principal, account, address, client } = session.caller
  const sessionId = sessionIdOf(session, as, sha256)
  const whose = { run: null, principal, rootPrincipal: null, lineage: [] }
  return new EventChain({
    tenant: as.tenant,
    sessionId,
    gatewayId: 'import',
    bootId: sessionId,
    ...whose,
    origin: address === null ? null : { address: canonicalAddress(address) ?? address, port: 0, client },
    target: { name: as.target, protocol: 'kubernetes', address: '', account },
  })
}

/** A UUIDv7 (RFC 9562) of the session's start; its other bits are a digest of what was imported for whom. */
function sessionIdOf({ ordinal, startedUs }: FoundSession, { tenant, target }: AuditAs, sha256: string): string {
  const digest = createHash('sha256')
    .update(canonicalJson([FORMAT, tenant, target, sha256, ordinal]))
    .digest()
  return uuidv7(Math.floor(startedUs / 1000), digest)
}

async function* digested(chunks: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}
