/** A line without its end, or the fact that it is longer than is read. Lines count from 1. */
export type AuditLine = { number: number; bytes: Buffer | null }

/** Splits a stream at its line ends, holding one line of at most `maxBytes`. A longer one is passed over, and the next ones are read. */
export async function* auditLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<AuditLine> {
  let held: Buffer[] = []
  let length = 0
  let number = 1
  const take = (piece: Buffer) => {
    length += piece.length
    // Copied, because the producer may reuse its chunk.
    if (length <= maxBytes) held.push(Buffer.from(piece))
    else held = []
  }
  const line = (): AuditLine => {
    const bytes = length <= maxBytes ? Buffer.concat(held) : null
    held = []
    length = 0
    return { number, bytes }
  }
  for await (const piece of chunks) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    let from = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      take(chunk.subarray(from, end))
      yield line()
      number += 1
      from = end + 1
    }
    take(chunk.subarray(from))
  }
  if (length > 0) yield line()
}
