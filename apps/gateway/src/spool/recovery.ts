import { closeSync, fstatSync, fsyncSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import {
  decodeSegmentHeader,
  previousEndOf,
  readRecords,
  SEGMENT_HEADER_BYTES,
  type SpoolRecord,
  segmentFileName,
  segmentOfFileName,
} from '@hoptrace/bus'
import type { SessionEnvelope } from '@hoptrace/events'
import { z } from 'zod'

/** A session as the spool last knew it: enough to go on numbering and chaining where it stopped. */
export type KnownSession = { envelope: SessionEnvelope; seq: number; hash: string; elapsedUs: number }

export type Recovered = {
  /** Sessions that had not ended when the writer died, boot streams among them, in the order of their ids. */
  open: KnownSession[]
  /** The last gateway's own stream, where that was ended: its last event. */
  closedBoot: { bootId: string; lastSeq: number; hash: string } | null
  /** For the outbox: the next segment, and where the one before it ends. */
  start: { segment: number; previousEnd: number }
}

const Known = z.object({
  seq: z.number(),
  hash: z.string(),
  elapsedUs: z.number(),
  type: z.string(),
  sessionId: z.string(),
  bootId: z.string(),
})
const Checkpoint = z.object({
  sessions: z.array(z.object({ seq: z.number(), hash: z.string(), elapsedUs: z.number(), envelope: z.unknown() })),
})

export function encodeKnownSessions(sessions: readonly KnownSession[]): Buffer {
  return Buffer.from(JSON.stringify({ sessions }))
}

/**
 * Reads what the writer left: what stands from the newest checkpoint on. Its whole records count, durable or not, and
 * are synced before this returns; what is torn behind them never happened.
 */
export function recoverSpool(dir: string): Recovered {
  const segments = readdirSync(dir)
    .map(segmentOfFileName)
    .filter((n) => n !== null)
    .sort((a, b) => b - a)
  const last = segments[0]
  if (last === undefined) return { open: [], closedBoot: null, start: { segment: 0, previousEnd: 0 } }
  const open = new Map<string, KnownSession>()
  const read = sinceCheckpoint(dir, segments)
  let closedBoot: Recovered['closedBoot'] = null
  for (const { records } of read) for (const record of records) closedBoot = note(record, open) ?? closedBoot
  const sessions = [...open.values()].sort((a, b) => (a.envelope.sessionId < b.envelope.sessionId ? -1 : 1))
  return { open: sessions, closedBoot, start: { segment: last + 1, previousEnd: read.at(-1)?.end ?? SEGMENT_HEADER_BYTES } }
}

// In order, from the newest segment that begins with its checkpoint: a writer may die before it has made one.
function sinceCheckpoint(dir: string, newestFirst: readonly number[]): Contents[] {
  const read: Contents[] = []
  for (const segment of newestFirst) {
    const contents = readSegment(join(dir, segmentFileName(segment)), read[0]?.previousEnd ?? null)
    read.unshift(contents)
    if (contents.records[0]?.isCheckpoint) break
  }
  return read
}

/** @returns the gateway's own stream, if this record ends one */
function note(record: SpoolRecord, open: Map<string, KnownSession>): Recovered['closedBoot'] {
  const json: unknown = JSON.parse(record.payload.toString('utf8'))
  if (record.isCheckpoint) {
    for (const session of Checkpoint.parse(json).sessions) {
      const envelope = session.envelope as SessionEnvelope
      open.set(envelope.sessionId, { ...session, envelope })
    }
    return null
  }
  const { seq, hash, elapsedUs, type, sessionId, bootId } = Known.parse(json)
  if (type === 'session.ended') {
    open.delete(sessionId)
    return sessionId === bootId ? { bootId, lastSeq: seq, hash } : null
  }
  open.set(sessionId, { seq, hash, elapsedUs, envelope: open.get(sessionId)?.envelope ?? envelopeOf(json as SessionEnvelope) })
  return null
}

function envelopeOf(event: SessionEnvelope): SessionEnvelope {
  const { tenant, sessionId, gatewayId, bootId, run, principal, rootPrincipal, lineage, origin, target } = event
  return { tenant, sessionId, gatewayId, bootId, run, principal, rootPrincipal, lineage, origin, target }
}

type Contents = {
  records: SpoolRecord[]
  /** Offset behind the last whole record, which is durable by now. */
  end: number
  previousEnd: number | null
}

/** @param knownEnd where the segment ends, as the one after it says */
function readSegment(path: string, knownEnd: number | null): Contents {
  const fd = openSync(path, 'r+')
  try {
    const bytes = Buffer.allocUnsafe(fstatSync(fd).size)
    const length = readSync(fd, bytes, 0, bytes.length, 0)
    if (decodeSegmentHeader(bytes.subarray(0, length)) === null) return { records: [], end: SEGMENT_HEADER_BYTES, previousEnd: null }
    const { records, offset } = readRecords(bytes, SEGMENT_HEADER_BYTES, Math.min(knownEnd ?? length, length), true)
    fsyncSync(fd)
    return { records, end: offset, previousEnd: previousEndOf(bytes) }
  } finally {
    closeSync(fd)
  }
}
