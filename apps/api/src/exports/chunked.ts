const CHUNK = 64 * 1024

/** Gathers pieces of text into chunks that are worth a write: at least 64 Ki characters, the last one what is left. */
export async function* chunked(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let held = ''
  for await (const piece of pieces) {
    held += piece
    if (held.length < CHUNK) continue
    yield Buffer.from(held, 'utf8')
    held = ''
  }
  if (held !== '') yield Buffer.from(held, 'utf8')
}
