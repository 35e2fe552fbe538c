import { isUtf8 } from 'node:buffer'

/** Raw bytes of one terminal event: at six characters for each control byte it still encodes below 512 KiB. */
export const PIECE_BYTES = 64 * 1024

/**
 * Cuts bytes into pieces of at most 64 KiB; joined they are the same bytes. Where a UTF-8 sequence lies across the
 * ends, its parts stand in pieces of their own, so that the text between stays text and can be searched.
 */
export function piecesOf(bytes: Buffer): Buffer[] {
  if (bytes.length === 0) return []
  if (bytes.length <= PIECE_BYTES) return isUtf8(bytes) ? [bytes] : textApart(bytes)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = cutBefore(bytes, at + PIECE_BYTES)
    pieces.push(...textApart(bytes.subarray(at, end)))
    at = end
  }
  return pieces
}

function textApart(bytes: Buffer): Buffer[] {
  let start = 0
  while (start < 3 && start < bytes.length && isContinuation(bytes[start])) start += 1
  const end = bytes.length - unfinishedAtEnd(bytes)
  const middle = bytes.subarray(start, end)
  if (start === 0 && end === bytes.length) return [bytes]
  if (middle.length === 0 || !isUtf8(middle)) return [bytes]
  return [bytes.subarray(0, start), middle, bytes.subarray(end)].filter((piece) => piece.length > 0)
}

function cutBefore(bytes: Buffer, limit: number): number {
  if (limit >= bytes.length) return bytes.length
  let cut = limit
  while (limit - cut < 3 && isContinuation(bytes[cut])) cut -= 1
  return isContinuation(bytes[cut]) ? limit : cut
}

/** Bytes of a UTF-8 sequence that the end cuts short. */
function unfinishedAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (isContinuation(byte)) continue
    return lengthOfSequence(byte) > back ? back : 0
  }
  return 0
}

function lengthOfSequence(first: number): number {
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
