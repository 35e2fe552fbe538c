import { Buffer } from 'node:buffer'
import { type Cursor, readVarint } from './varint.ts'

/**
 * Reading headers is most of what the client library does to receive a message, and most handlers never look at them.
 * So they are hidden from it, and read when somebody asks: while the records of a batch are unpacked, the count of
 * each record's headers moves to its attributes, which are a byte that Kafka's record format does not use, and a zero
 * takes its place. The headers themselves stay where they are: behind the value, in the same buffer.
 */

/** Smaller buffers may share their memory with others, and would not be recognised. */
const LEAST_BYTES = Buffer.poolSize
/** A count up to this takes one byte. */
const MOST_HEADERS = 63

const unpacked = new WeakSet<ArrayBufferLike>()

/** Hides the headers of concatenated records, in place. What is not of the expected form stays as it is, for the library to refuse. */
export function hideHeaders(records: Buffer): Buffer {
  if (records.length <= LEAST_BYTES) return records
  unpacked.add(records.buffer)
  const cursor: Cursor = { bytes: records, at: 0 }
  while (cursor.at < records.length) {
    const end = readVarint(cursor) + cursor.at
    if (!(end > cursor.at && end <= records.length)) break
    hideHeadersOf(cursor, end)
    cursor.at = end
  }
  return records
}

function hideHeadersOf(cursor: Cursor, end: number): void {
  const { bytes, at: attributes } = cursor
  bytes[attributes] = 0
  cursor.at += 1
  readVarint(cursor) // timestamp delta
  readVarint(cursor) // offset delta
  const keyBytes = readVarint(cursor)
  cursor.at += Math.max(0, keyBytes)
  const valueBytes = readVarint(cursor)
  // An empty value has no place in the buffer behind which headers could be found.
  if (!(valueBytes > 0)) return
  cursor.at += valueBytes
  const count = cursor.at
  const headers = readVarint(cursor)
  if (!(cursor.at <= end && headers > 0 && headers <= MOST_HEADERS)) return
  bytes[attributes] = headers
  bytes[count] = 0
}

/** The headers that were hidden behind this value; null when none were, and the library has read them. */
export function hiddenHeaders(value: Buffer, count: number): Record<string, string> | null {
  if (count <= 0 || count > MOST_HEADERS || !unpacked.has(value.buffer)) return null
  const bytes = Buffer.from(value.buffer)
  const cursor: Cursor = { bytes, at: value.byteOffset + value.length + 1 }
  // No prototype: names come from whoever published.
  const headers: Record<string, string> = Object.create(null)
  for (let n = 0; n < count; n += 1) {
    const name = readText(cursor)
    const text = readText(cursor)
    if (name === null) break
    if (text !== null && !(name in headers)) headers[name] = text
  }
  return headers
}

function readText(cursor: Cursor): string | null {
  const length = readVarint(cursor)
  if (!(length >= 0 && cursor.at + length <= cursor.bytes.length)) return null
  const text = cursor.bytes.toString('utf8', cursor.at, cursor.at + length)
  cursor.at += length
  return text
}
