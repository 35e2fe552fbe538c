import { crc32 } from 'node:zlib'

/** A place in a spool: everything before `offset` in `segment`, and every earlier segment. */
export type SpoolPosition = { segment: number; offset: number }

/** The file in the spool's directory that says how far the spool is durable. One pwrite at offset 0 replaces it. */
export const DURABLE_FILE = 'durable'
export const MARK_BYTES = 20

/** u64 segment, u64 offset, u32 CRC-32 of these 16 bytes; little endian. The form of the durable mark and of a tail's cursor. */
export function encodeMark(position: SpoolPosition): Buffer {
  const mark = Buffer.allocUnsafe(MARK_BYTES)
  mark.writeBigUInt64LE(BigInt(position.segment), 0)
  mark.writeBigUInt64LE(BigInt(position.offset), 8)
  mark.writeUInt32LE(crc32(mark.subarray(0, 16)), 16)
  return mark
}

/** Null for a torn mark: the reader caught the writer's pwrite halfway, and tries again. */
export function decodeMark(bytes: Buffer): SpoolPosition | null {
  if (bytes.length !== MARK_BYTES || crc32(bytes.subarray(0, 16)) !== bytes.readUInt32LE(16)) return null
  return { segment: Number(bytes.readBigUInt64LE(0)), offset: Number(bytes.readBigUInt64LE(8)) }
}

/** Negative when `a` comes before `b`. */
export function comparePositions(a: SpoolPosition, b: SpoolPosition): number {
  return a.segment - b.segment || a.offset - b.offset
}
