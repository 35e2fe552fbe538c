import type { FileHandle } from 'node:fs/promises'
import type { RawMessage } from './batch-consumer.ts'
import { MAX_RECORD_BYTES, RECORD_HEADER_BYTES, readRecords, SEGMENT_HEADER_BYTES } from './spool-format.ts'
import { comparePositions, type SpoolPosition } from './spool-mark.ts'
import { endOfSegment, openSegment, segmentsIn } from './spool-segments.ts'

export type BatchBounds = { messages: number; bytes: number }
export type ReadBatch = { messages: RawMessage[]; end: SpoolPosition; isFull: boolean }

// Small enough to be checked within a few milliseconds of the event loop.
const CHUNK_BYTES = 1024 * 1024
/** Damaged bytes are handed over in pieces of at most this size, so that each can be kept as a dead letter. */
const PIECE_BYTES = 512 * 1024

/** Reads a spool's records in order, up to its durable mark and never past it. */
export class SpoolReader {
  private open: { segment: number; file: FileHandle } | null = null

  constructor(
    private readonly directory: string,
    private readonly source: string,
  ) {}

  /** What stands between `from` and the durable mark, within bounds: the last record may go over the bytes, and a damaged region is read whole. */
  async read(from: SpoolPosition, durable: SpoolPosition, bounds: BatchBounds): Promise<ReadBatch> {
    const messages: RawMessage[] = []
    let at = from
    let bytes = 0
    let isFull = false
    while (comparePositions(at, durable) < 0 && !isFull) {
      const step = await this.step(at, durable, { messages: bounds.messages - messages.length, bytes: bounds.bytes - bytes })
      messages.push(...step.messages)
      bytes += step.messages.reduce((sum, message) => sum + message.value.length, 0)
      if (comparePositions(step.end, at) === 0) break
      at = step.end
      isFull = messages.length >= bounds.messages || bytes >= bounds.bytes
    }
    return { messages, end: at, isFull }
  }

  async close(): Promise<void> {
    await this.open?.file.close()
    this.open = null
  }

  // One chunk of one segment, or the move to the next one.
  private async step(at: SpoolPosition, durable: SpoolPosition, bounds: BatchBounds): Promise<Step> {
    const isClosed = at.segment < durable.segment
    const file = await this.fileOf(at.segment)
    if (file === null) return isClosed ? this.skip(at) : { messages: [], end: at }
    const end = isClosed ? await endOfSegment(this.directory, at.segment) : durable.offset
    const offset = Math.max(at.offset, SEGMENT_HEADER_BYTES)
    if (offset >= end) return isClosed ? this.skip(at) : { messages: [], end: at }
    const chunk = await readChunk(file, offset, end)
    const { records, offset: readTo, stop } = readRecords(chunk, 0)
    const taken = records.slice(0, countWithin(records, bounds))
    const messages = taken.map((record) => this.message(at.segment, offset + record.offset, record.payload))
    const last = taken.at(-1)
    if (last && taken.length < records.length) {
      return { messages, end: { segment: at.segment, offset: offset + last.offset + RECORD_HEADER_BYTES + last.payload.length } }
    }
    const next = { segment: at.segment, offset: offset + readTo }
    if (readTo > 0) return { messages, end: next }
    if (stop === 'sealed' || (stop === 'end' && isClosed)) return this.skip(at)
    // The durable mark stands within a record: wait for the rest of it.
    if (stop === 'more' && !isClosed && chunk.length < MAX_RECORD_BYTES) return { messages, end: next }
    return this.damaged(at.segment, chunk, offset, { end, file })
  }

  // A record whose payload was changed is left behind alone when the one after it can be read; otherwise all up to the segment's end is.
  private async damaged(segment: number, chunk: Buffer, offset: number, upTo: { end: number; file: FileHandle }): Promise<Step> {
    const next = RECORD_HEADER_BYTES + (chunk.length >= 4 ? chunk.readUInt32LE(0) & 0x7fffffff : 0)
    const isAlone = next > RECORD_HEADER_BYTES && (offset + next === upTo.end || (next < chunk.length && isReadable(chunk, next)))
    const end = isAlone ? offset + next : upTo.end
    const messages: RawMessage[] = []
    for (let at = offset; at < end; at += PIECE_BYTES) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, end - at))
      const { bytesRead } = await upTo.file.read(piece, 0, piece.length, at)
      messages.push({ ...this.message(segment, at, piece.subarray(0, bytesRead)), damage: 'crc' })
    }
    return { messages, end: { segment, offset: end } }
  }

  // A segment that should be there and is not was lost or deleted: go on with the next that exists.
  private async skip(at: SpoolPosition): Promise<Step> {
    const next = (await segmentsIn(this.directory)).find((segment) => segment > at.segment)
    return { messages: [], end: next === undefined ? at : { segment: next, offset: SEGMENT_HEADER_BYTES } }
  }

  private message(segment: number, offset: number, value: Buffer): RawMessage {
    return { value, at: { source: this.source, partition: String(segment), offset } }
  }

  private async fileOf(segment: number): Promise<FileHandle | null> {
    if (this.open?.segment === segment) return this.open.file
    await this.close()
    const file = await openSegment(this.directory, segment)
    if (file !== null) this.open = { segment, file }
    return file
  }
}

type Step = { messages: RawMessage[]; end: SpoolPosition }

// Grows past the usual chunk for a record that does not fit in it.
async function readChunk(file: FileHandle, offset: number, end: number): Promise<Buffer> {
  const first = await readAt(file, offset, Math.min(end - offset, CHUNK_BYTES))
  const needed = first.length >= 4 ? (first.readUInt32LE(0) & 0x7fffffff) + RECORD_HEADER_BYTES : 0
  if (needed <= first.length || needed > MAX_RECORD_BYTES) return first
  return readAt(file, offset, Math.min(end - offset, needed))
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  const { bytesRead } = await file.read(buffer, 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

function isReadable(chunk: Buffer, offset: number): boolean {
  const { records, stop } = readRecords(chunk, offset, chunk.length, true)
  return records.length > 0 || stop === 'sealed'
}

// At least one, however large: otherwise a large record would never be read.
function countWithin(records: readonly { payload: Buffer }[], bounds: BatchBounds): number {
  let bytes = 0
  let count = 0
  for (const { payload } of records) {
    bytes += payload.length
    if (count > 0 && (count >= bounds.messages || bytes > bounds.bytes)) break
    count += 1
  }
  return count
}
