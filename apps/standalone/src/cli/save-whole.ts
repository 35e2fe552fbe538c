import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { CliError, ExitCode } from './exit.ts'

export type SavedFile = { file: string; bytes: number; sha256: string }

/**
 * Saves a download under its name once all of it is there; until then it has another, and what is cut short is taken away.
 * Only its owner can read it.
 * @throws CliError
 */
export async function saveWhole(body: ReadableStream<Uint8Array>, file: string, onProgress: (bytes: number) => void): Promise<SavedFile> {
  const part = `${file}.part`
  const hash = createHash('sha256')
  let bytes = 0
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.length
      onProgress(bytes)
      yield chunk
    }
  }
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    await pipeline(Readable.fromWeb(body as WebStream), counted, createWriteStream(part, { mode: 0o600 }), { signal: interrupted.signal })
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    const isOurs = error instanceof Error && 'syscall' in error && 'path' in error
    const why = isOurs
      ? `${file} cannot be written: ${String('code' in error ? error.code : error.message)}`
      : 'The download broke off before its end'
    throw new CliError(ExitCode.failure, `${why}. Nothing was kept.`)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
  return { file, bytes, sha256: hash.digest('hex') }
}
