import { Buffer } from 'node:buffer'

/** A message for any topic. Null as a value is a tombstone: it deletes its key from a compacted topic. */
export type OutgoingMessage = {
  key: string | null
  value: Buffer | string | null
  headers?: Readonly<Record<string, string>>
  /** By default the one that the key hashes to. */
  partition?: number
}

export type BatchBounds = { messages: number; bytes: number }

// Length, offsets, timestamps and counts of a record, each a variable-length integer.
const RECORD_OVERHEAD_BYTES = 24
const HEADER_OVERHEAD_BYTES = 6

/** Bytes that a message takes on the wire before compression, at most. */
export function wireBytes({ key, value, headers = {} }: OutgoingMessage): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '')
  for (const name in headers) bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '')
  return bytes
}

/**
 * Splits messages, in order, into batches within the bounds. A message larger than the bound stands alone.
 * @param isFirst begins a batch of its own with that message
 */
export function inBatches(
  messages: readonly OutgoingMessage[],
  bounds: BatchBounds,
  isFirst: (message: OutgoingMessage) => boolean = () => false,
): OutgoingMessage[][] {
  const batches: OutgoingMessage[][] = []
  let batch: OutgoingMessage[] = []
  let bytes = 0
  for (const message of messages) {
    const size = wireBytes(message)
    if (batch.length > 0 && (batch.length >= bounds.messages || bytes + size > bounds.bytes || isFirst(message))) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(message)
    bytes += size
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
