/** Where reading or writing stands in a buffer of Kafka's record format (https://kafka.apache.org/documentation/#record). */
export type Cursor = { bytes: Buffer; at: number }

const LONGEST_VARINT = 10

/**
 * A zigzag variable-length integer. NaN when the buffer ends within it.
 * Exact to 31 bits, which is more than any length here; longer ones are passed over.
 */
export function readVarint(cursor: Cursor): number {
  let value = 0
  for (let n = 0; n < LONGEST_VARINT; n += 1) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) return Number.NaN
    if (n < 5) value |= (byte & 0x7f) << (7 * n)
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  return Number.NaN
}

/** @param value not negative, below 2^30 */
export function writeVarint(cursor: Cursor, value: number): void {
  let rest = value << 1
  for (; rest > 0x7f; rest >>>= 7) cursor.bytes[cursor.at++] = (rest & 0x7f) | 0x80
  cursor.bytes[cursor.at++] = rest
}

/** Bytes that `writeVarint` takes. @param value not negative, below 2^30 */
export function varintBytes(value: number): number {
  if (value < 1 << 6) return 1
  if (value < 1 << 13) return 2
  if (value < 1 << 20) return 3
  return value < 1 << 27 ? 4 : 5
}
