import { createHash } from 'node:crypto'
import { type FileDigest, MANIFEST_NAME, manifestOf, renderManifest } from './manifest.ts'
import type { Export } from './session-export.ts'

/** Writes one file somewhere: resolves once all of it is written. */
export type WriteFile = (name: string, chunks: AsyncIterable<Buffer>) => Promise<void>

/** Writes every file of an export, each rendered once, and its manifest last: an export without a manifest is not whole. */
export async function writeExport(exported: Export, write: WriteFile): Promise<FileDigest[]> {
  const digests: FileDigest[] = []
  for (const { name, mediaType, render } of exported.files) {
    const counted = new Counted(render())
    await write(name, counted)
    digests.push({ name, mediaType, ...counted.result() })
  }
  const manifest = renderManifest(manifestOf(exported, digests))
  await write(
    MANIFEST_NAME,
    (async function* () {
      yield manifest
    })(),
  )
  return digests
}

/** Passes chunks on and counts and digests them on their way. */
class Counted implements AsyncIterable<Buffer> {
  private readonly hash = createHash('sha256')
  private bytes = 0

  constructor(private readonly chunks: AsyncIterable<Buffer>) {}

  async *[Symbol.asyncIterator]() {
    for await (const chunk of this.chunks) {
      this.hash.update(chunk)
      this.bytes += chunk.length
      yield chunk
    }
  }

  result(): { bytes: number; sha256: string } {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') }
  }
}
