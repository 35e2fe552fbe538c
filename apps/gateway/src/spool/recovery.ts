import { closeSync, fstatSync, fsyncSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { decodeSegmentHeader, readRecords, SEGMENT_HEADER_BYTES, type SpoolRecord, segmentFileName, segmentOfFileName } from '@hoptrace/bus'
import type { SessionEnvelope } from '@hoptrace/events'
import { z } from 'zod'

/** A session as the spool last knew it: enough to go on numbering and chaining where it stopped. */
export type KnownSession = { envelope: SessionEnvelope; seq: number; hash: string; elapsedUs: number }

export type Recovered = {
  /** Sessions that had not ended when the writer died, boot streams among them, in the order of their ids. */
  open: KnownSession[]
  /** For the outbox: the next segment, and where the one before it ends. */
  start: { segment: number; previousEnd: number }
}

const Known = z.object({
  seq: z.number(),
  hash: z.string(),
  elapsedUs: z.number(),
  type: z.string(),
  sessionId: z.string(),
})
const Checkpoint = z.object({
  sessions: z.array(z.object({ seq: z.number(), hash: z.string(), elapsedUs: z.number(), envelope: z.unknown() })),
})

export function encodeKnownSessions(sessions: readonly KnownSession[]): Buffer {
  return Buffer.from(JSON.stringify({ sessions }))
}

/**
 * Reads what the writer left: the last segment from its checkpoint on. Its whole records count, durable or not, and
 * are synced before this returns; what is torn behind them never happened.
 */
export function recoverSpool(dir: string): Recovered {
  const last = readdirSync(dir)
    .map(segmentOfFileName)
    .filter((n) => n !== null)
    .sort((a, b) => a - b)
    .at(-1)
  if (last === undefined) return { open: [], start: { segment: 0, previousEnd: 0 } }
  const open = new Map<string, KnownSession>()
  const end = readSegment(join(dir, segmentFileName(last)), (record) => note(record, open))
  const sessions = [...open.values()].sort((a, b) => (a.envelope.sessionId < b.envelope.sessionId ? -1 : 1))
  return { open: sessions, start: { segment: last + 1, previousEnd: end } }
}

function note(record: SpoolRecord, open: Map<string, KnownSession>): void {
  const json: unknown = JSON.parse(record.payload.toString('utf8'))
  if (record.isCheckpoint) {
    for (const session of Checkpoint.parse(json).sessions) {
      const envelope = session.envelope as SessionEnvelope
      open.set(envelope.sessionId, { ...session, envelope })
    }
    return
  }
  const { seq, hash, elapsedUs, type, sessionId } = Known.parse(json)
  if (type === 'session.ended') open.delete(sessionId)
  else open.set(sessionId, { seq, hash, elapsedUs, envelope: open.get(sessionId)?.envelope ?? envelopeOf(json as SessionEnvelope) })
}

function envelopeOf(event: SessionEnvelope): SessionEnvelope {
  const { tenant, sessionId, gatewayId, bootId, run, principal, rootPrincipal, lineage, origin, target } = event
  return { tenant, sessionId, gatewayId, bootId, run, principal, rootPrincipal, lineage, origin, target }
}

// Returns the offset behind the last whole record, which is durable by then.
function readSegment(path: string, onRecord: (record: SpoolRecord) => void): number {
  const fd = openSync(path, 'r+')
  try {
    const bytes = Buffer.allocUnsafe(fstatSync(fd).size)
    const length = readSync(fd, bytes, 0, bytes.length, 0)
    if (decodeSegmentHeader(bytes.subarray(0, length)) === null) return SEGMENT_HEADER_BYTES
    const { records, offset } = readRecords(bytes, SEGMENT_HEADER_BYTES, length, true)
    for (const record of records) onRecord(record)
    fsyncSync(fd)
    return offset
  } finally {
    closeSync(fd)
  }
}
