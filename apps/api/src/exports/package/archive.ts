import { Spool } from './spool.ts'
import { TAR_BLOCK, TAR_END, tarHeader, tarPadding } from './tar.ts'

export const SUMS_NAME = 'SHA256SUMS'

/** A tar archive that is made while it is read: one folder, its files one after the other, each digested. */
export class Archive {
  /** One line of JSON a file that stands in it, in order: `path`, `bytes`, `sha256`. */
  readonly files: Spool
  private readonly sums: Spool

  private constructor(
    private readonly folder: string,
    private readonly mtimeSeconds: number,
    spools: readonly [Spool, Spool],
  ) {
    this.files = spools[0]
    this.sums = spools[1]
  }

  static async open(folder: string, mtimeSeconds: number): Promise<Archive> {
    return new Archive(folder, mtimeSeconds, [await Spool.open(), await Spool.open()])
  }

  /** A file of these bytes. */
  async *file(path: string, chunks: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
    const spool = await Spool.of(chunks)
    try {
      yield* this.spooled(path, spool)
    } finally {
      await spool.close()
    }
  }

  /** A file of what a spool holds; the spool stays open. */
  async *spooled(path: string, spool: Spool): AsyncGenerator<Buffer> {
    const { bytes, sha256 } = spool
    yield* this.bare(path, spool)
    await this.files.write(`${JSON.stringify({ path, bytes, sha256 })}\n`)
    // GNU coreutils, sha256sum: digest, two spaces, name.
    await this.sums.write(`${sha256}  ${path}\n`)
  }

  /** The digests of all files before it, and the end. */
  async *end(): AsyncGenerator<Buffer> {
    yield* this.bare(SUMS_NAME, this.sums)
    yield TAR_END
  }

  async close(): Promise<void> {
    await Promise.all([this.files.close(), this.sums.close()])
  }

  private async *bare(path: string, spool: Spool): AsyncGenerator<Buffer> {
    const { bytes } = spool
    yield tarHeader({ path: `${this.folder}/${path}`, bytes, mtimeSeconds: this.mtimeSeconds })
    yield* spool.read()
    // An empty chunk would be none to a stream.
    if (bytes % TAR_BLOCK !== 0) yield tarPadding(bytes)
  }
}
