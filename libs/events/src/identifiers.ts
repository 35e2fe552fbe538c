import { z } from 'zod'

// One check a value here and below: events are read by the hundred thousand, and each further check of a string costs four times as much.

/** UUID of any version (RFC 9562), in lower case, so that one id has one form. */
export const Uuid = z
  .string()
  .regex(/^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-(?:0{4}-){3}0{12}|f{8}-(?:f{4}-){3}f{12})$/)
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)
/** Microseconds since the Unix epoch, as a decimal string: above 2^53 a JSON number is not safe. */
export const WallMicros = z.string().regex(/^[0-9]{1,19}$/)
export const Protocol = z.enum(['postgres', 'ssh', 'kubernetes', 'http'])
export type Protocol = z.infer<typeof Protocol>
/** Names that people give to tenants, targets and agent templates. */
export const Name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/)

/**
 * UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.
 * @param unixMs milliseconds since the epoch
 * @param random at least 10 bytes; the caller's, so that the same input gives the same id
 */
export function uuidv7(unixMs: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(unixMs, 0, 6)
  Buffer.from(random).copy(bytes, 6, 0, 10)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The milliseconds since the epoch that a UUIDv7 carries. */
export function uuidv7Millis(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
