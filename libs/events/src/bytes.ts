import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { lossyText } from './text.ts'

/**
 * Recorded bytes. Valid UTF-8 travels as text, so that it can be searched; anything else as base64.
 * Both decode to the very bytes that were recorded.
 */
export const Bytes = z.union([z.object({ utf8: z.string() }), z.object({ base64: z.string() })])
export type Bytes = z.infer<typeof Bytes>

export function encodeBytes(bytes: Buffer): Bytes {
  return isUtf8(bytes) ? { utf8: bytes.toString('utf8') } : { base64: bytes.toString('base64') }
}

const bulk = new WeakSet<object>()

/** As base64 whatever the bytes are: for bulk that nobody searches. It is copied into its event as it is, where text is escaped at ten times the cost. */
export function encodeBulk(bytes: Buffer): Bytes {
  const encoded = { base64: bytes.toString('base64') }
  bulk.add(encoded)
  return encoded
}

/** Was this made by `encodeBulk`, and so holds base64 for certain? */
export function isBulk(data: unknown): data is { base64: string } {
  return typeof data === 'object' && data !== null && bulk.has(data)
}

export function decodeBytes(bytes: Bytes): Buffer {
  return 'utf8' in bytes ? Buffer.from(bytes.utf8, 'utf8') : Buffer.from(bytes.base64, 'base64')
}

/** Recorded bytes as text. What is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Bytes): string {
  return 'utf8' in bytes ? bytes.utf8.toWellFormed() : lossyText(decodeBytes(bytes))
}

/** What was cut at capture, in the unit of the field it stands beside (bytes, rows or values). Absent when nothing was cut. */
export const Truncation = z.object({ kept: z.int().nonnegative(), total: z.int().nonnegative() })
export type Truncation = z.infer<typeof Truncation>
