/** A line of JSONL. `bytes` is null for one that is longer than a line may be: what it held is not kept in memory. */
export type Line = { number: number; bytes: Buffer | null }

const LINE_FEED = 0x0a

/** Splits bytes that arrive in pieces into lines, in memory of one line. Lines without anything but white space are left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let number = 1
  let held: Buffer[] = []
  let length = 0
  const take = (piece: Buffer) => {
    length += piece.length
    if (length <= maxBytes) held.push(piece)
    else held = []
  }
  const finish = (): Line | null => {
    const line = { number, bytes: length > maxBytes ? null : Buffer.concat(held) }
    number += 1
    held = []
    length = 0
    return line.bytes !== null && isBlank(line.bytes) ? null : line
  }
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let start = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      take(bytes.subarray(start, end))
      const line = finish()
      if (line) yield line
      start = end + 1
    }
    take(bytes.subarray(start))
  }
  const last = finish()
  if (last) yield last
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
