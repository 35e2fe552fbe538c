/** A line without its newline, or the fact that it grew past the bound. Lines count from 1. */
export type Line = { number: number; bytes: Buffer } | { number: number; bytes: null }

/**
 * Splits a stream at newlines, holding at most one line of `maxBytes`.
 * Ends after the first line that is longer. A last line without a newline counts; an empty rest does not.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line[]> {
  const held: Buffer[] = []
  let heldBytes = 0
  let number = 1
  for await (const piece of chunks) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const lines: Line[] = []
    let from = 0
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      const bytes = joined(held.splice(0), chunk.subarray(from, end))
      heldBytes = 0
      lines.push({ number, bytes: bytes.length > maxBytes ? null : bytes })
      if (bytes.length > maxBytes) return yield lines
      number += 1
      from = end + 1
    }
    if (lines.length > 0) yield lines
    if (from === chunk.length) continue
    // Copied, because the producer may reuse its chunk.
    held.push(Buffer.from(chunk.subarray(from)))
    heldBytes += chunk.length - from
    if (heldBytes > maxBytes) return yield [{ number, bytes: null }]
  }
  if (heldBytes > 0) yield [{ number, bytes: joined(held, Buffer.alloc(0)) }]
}

function joined(held: Buffer[], rest: Buffer): Buffer {
  return held.length === 0 ? rest : Buffer.concat([...held, rest])
}
