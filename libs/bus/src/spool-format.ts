import { crc32 } from 'node:zlib'

/**
 * The spool's format on disk: what the gateway writes and the tail reads.
 *
 * A spool is a directory of segments `0000000000.spool`, `0000000001.spool`, …, each preallocated with zeros:
 *
 *     header   32 bytes: magic 'HOPSPOOL', u32 version, u32 reserved, u64 segment number,
 *              u64 offset at which the segment before this one ends (0: there is none)
 *     record   u32 length of the payload, u32 CRC-32 of the payload, the payload; no padding
 *     checkpoint  a record whose length has its highest bit set: the writer's own note, no event; readers pass over it
 *     end      length 0 (preallocated zeros): nothing is written from here on
 *     seal     length 0xFFFFFFFF, u32 0: nothing will ever be written from here on, go on with the next segment
 *
 * A segment ends at its seal, or where the next segment's header says: a file whose sync failed is left as it is,
 * and what was not yet durable in it is written again into the next. The header wins.
 *
 * All numbers are little endian. CRC-32 is zlib's.
 */
export const SPOOL_MAGIC = 'HOPSPOOL'
export const SPOOL_VERSION = 1
export const SEGMENT_HEADER_BYTES = 32
export const RECORD_HEADER_BYTES = 8
export const SEAL_MARKER = 0xffffffff
const CHECKPOINT_BIT = 0x80000000
/** A longer record is taken for damage: an event is at most 512 KiB; a checkpoint may name thousands of sessions. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024

export function segmentFileName(segment: number): string {
  return `${String(segment).padStart(10, '0')}.spool`
}

/** The number in a segment's file name; null for any other file. */
export function segmentOfFileName(name: string): number | null {
  const match = /^(\d{10})\.spool$/.exec(name)
  return match?.[1] === undefined ? null : Number(match[1])
}

/** @param previousEnd offset at which the segment before this one ends; 0 when there is none */
export function encodeSegmentHeader(segment: number, previousEnd = 0): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES)
  header.write(SPOOL_MAGIC, 0, 'latin1')
  header.writeUInt32LE(SPOOL_VERSION, 8)
  header.writeBigUInt64LE(BigInt(segment), 16)
  header.writeBigUInt64LE(BigInt(previousEnd), 24)
  return header
}

/** The segment's number, or null when these are not the first bytes of a segment of this version. */
export function decodeSegmentHeader(bytes: Buffer): number | null {
  if (bytes.length < SEGMENT_HEADER_BYTES || bytes.toString('latin1', 0, 8) !== SPOOL_MAGIC) return null
  if (bytes.readUInt32LE(8) !== SPOOL_VERSION) return null
  return Number(bytes.readBigUInt64LE(16))
}

/** Where the segment before this one ends; null when the header does not say. Read only from a header that `decodeSegmentHeader` accepts. */
export function previousEndOf(header: Buffer): number | null {
  return Number(header.readBigUInt64LE(24)) || null
}

/** @throws RangeError for an empty payload or one above MAX_RECORD_BYTES: neither could be read back */
export function encodeRecord(payload: Buffer): Buffer {
  if (payload.length === 0 || payload.length > MAX_RECORD_BYTES) throw new RangeError(`A record of ${payload.length} bytes has no form`)
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + payload.length)
  record.writeUInt32LE(payload.length, 0)
  record.writeUInt32LE(crc32(payload), 4)
  payload.copy(record, RECORD_HEADER_BYTES)
  return record
}

/** A note of the writer's own: recovery reads it, the tail passes over it. */
export function encodeCheckpoint(payload: Buffer): Buffer {
  const record = encodeRecord(payload)
  record.writeUInt32LE(payload.length + CHECKPOINT_BIT, 0)
  return record
}

/** The seal: the last bytes of a segment that will never be written again. */
export function encodeSeal(): Buffer {
  const seal = Buffer.alloc(RECORD_HEADER_BYTES)
  seal.writeUInt32LE(SEAL_MARKER, 0)
  return seal
}

export type SpoolRecord = {
  /** Offset of the record's header in the buffer that was read. */
  offset: number
  payload: Buffer
  isCheckpoint: boolean
}

/**
 * Why reading stopped at `offset`.
 * - `more`: the buffer ends before the record does
 * - `end`: nothing is written from here on, yet
 * - `sealed`: the segment ends here for good
 * - `corrupt`: the length is impossible or the CRC does not match
 */
export type ReadStop = 'more' | 'end' | 'sealed' | 'corrupt'
export type ReadResult = {
  records: SpoolRecord[]
  /** First byte that was not read: where to go on. */
  offset: number
  stop: ReadStop
}

/**
 * Reads whole records from `buffer[offset, end)`. Incremental: call again from `offset` with more bytes. Payloads are views, not copies.
 * Checkpoints are left out unless asked for.
 */
export function readRecords(buffer: Buffer, offset: number, end = buffer.length, withCheckpoints = false): ReadResult {
  const records: SpoolRecord[] = []
  let at = offset
  for (;;) {
    if (at + RECORD_HEADER_BYTES > end) return { records, offset: at, stop: 'more' }
    const head = buffer.readUInt32LE(at)
    if (head === 0) return { records, offset: at, stop: 'end' }
    if (head === SEAL_MARKER) return { records, offset: at, stop: 'sealed' }
    const isCheckpoint = head >= CHECKPOINT_BIT
    const length = isCheckpoint ? head - CHECKPOINT_BIT : head
    if (length > MAX_RECORD_BYTES) return { records, offset: at, stop: 'corrupt' }
    const next = at + RECORD_HEADER_BYTES + length
    if (next > end) return { records, offset: at, stop: 'more' }
    const payload = buffer.subarray(at + RECORD_HEADER_BYTES, next)
    if (crc32(payload) !== buffer.readUInt32LE(at + 4)) return { records, offset: at, stop: 'corrupt' }
    if (!isCheckpoint || withCheckpoints) records.push({ offset: at, payload, isCheckpoint })
    at = next
  }
}
