import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ProblemError } from '../http/problem.ts'

/** The body of a request, kept in a file of its own while `use` reads it, as often as it likes. */
export async function withReceivedFile<T>(
  body: Readable,
  maxBytes: number,
  use: (open: () => AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'hoptrace-import-'))
  try {
    const path = join(directory, 'body')
    await pipeline(bounded(body, maxBytes), createWriteStream(path, { mode: 0o600 }))
    return await use(() => createReadStream(path))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function* bounded(body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new ProblemError('TOO_LARGE', `A file may have ${maxBytes} bytes.`)
    yield chunk
  }
}
