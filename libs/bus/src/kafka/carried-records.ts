import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type Cursor, readVarint, varintBytes, writeVarint } from './varint.ts'

/**
 * The client library writes each header of a message through buffers of its own, which is most of what publishing
 * costs. So a message's key, value and headers are written here at once, in Kafka's record format, and handed to the
 * library as the value of a message that has nothing else; when it has put a batch together and asks for it to be
 * packed, they are set free. What goes to the broker are ordinary records.
 */

/** Tells what is carried from any other value; nobody outside this process can know it. */
const MARK = randomBytes(16)
/** What the library writes for a message without a key. */
const NO_KEY = -1

/** Writes key, value and headers of a record, behind the mark. */
export function carry(key: Buffer, value: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(headers).flat()
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const counted = (length: number) => varintBytes(length) + length
  const size = MARK.length + counted(key.length) + counted(value.length) + varintBytes(texts.length / 2)
  const cursor: Cursor = { bytes: Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + counted(length), size)), at: 0 }
  write(cursor, MARK)
  writeVarint(cursor, key.length)
  write(cursor, key)
  writeVarint(cursor, value.length)
  write(cursor, value)
  writeVarint(cursor, texts.length / 2)
  for (const [i, text] of texts.entries()) {
    writeVarint(cursor, lengths[i] ?? 0)
    cursor.at += cursor.bytes.write(text, cursor.at)
  }
  return cursor.bytes
}

/** Sets free what is carried in concatenated records; other records stay as they are. */
export function setFree(records: Buffer): Buffer {
  const from: Cursor = { bytes: records, at: 0 }
  const to: Cursor = { bytes: Buffer.allocUnsafe(records.length), at: 0 }
  while (from.at < records.length) {
    const start = from.at
    const length = readVarint(from)
    const end = from.at + length
    if (!(length > 0 && end <= records.length)) throw new RangeError('Records end within one')
    if (!freeOne(from, to, end)) write(to, records.subarray(start, end))
    from.at = end
  }
  return to.bytes.subarray(0, to.at)
}

// Attributes, timestamp and offset stay; then comes what was carried, in place of no key, the value and no headers.
function freeOne(from: Cursor, to: Cursor, end: number): boolean {
  const { bytes, at: start } = from
  from.at += 1
  readVarint(from) // timestamp delta
  readVarint(from) // offset delta
  const prefix = bytes.subarray(start, from.at)
  if (readVarint(from) !== NO_KEY) return false
  const valueBytes = readVarint(from)
  const value = bytes.subarray(from.at, from.at + Math.max(0, valueBytes))
  if (from.at + valueBytes + 1 !== end || value.compare(MARK, 0, MARK.length, 0, Math.min(MARK.length, value.length)) !== 0) return false
  const body = value.subarray(MARK.length)
  writeVarint(to, prefix.length + body.length)
  write(to, prefix)
  write(to, body)
  return true
}

function write(cursor: Cursor, bytes: Buffer): void {
  bytes.copy(cursor.bytes, cursor.at)
  cursor.at += bytes.length
}
