import { createHash } from 'node:crypto'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CHUNK = 64 * 1024

/**
 * A file that only this process can reach: it loses its name as soon as it is open, so that nothing of a recording stays on the
 * disk, whatever ends the download. What is written is counted and digested on its way, and may be read often.
 *
 * A tar header tells the size before the bytes. To render every file twice, once to count it, would read the store twice, hold
 * its reader for as long as the slowest client takes, and differ where something was stored in between. Memory would not do: a
 * session can be larger than that. TMPDIR needs room for the largest file of an export, and for its lists.
 */
export class Spool {
  private readonly hash = createHash('sha256')
  private held: Buffer[] = []
  private heldBytes = 0
  private written = 0
  private digest: string | null = null

  private constructor(private readonly file: FileHandle) {}

  static async open(): Promise<Spool> {
    // 0700, as mkdtemp makes it.
    const directory = await mkdtemp(join(tmpdir(), 'hoptrace-export-'))
    try {
      return new Spool(await open(join(directory, 'spool'), 'wx+', 0o600))
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  /** A spool of all of these. */
  static async of(chunks: AsyncIterable<string | Buffer>): Promise<Spool> {
    const spool = await Spool.open()
    try {
      for await (const chunk of chunks) await spool.write(chunk)
      return spool
    } catch (error) {
      await spool.close()
      throw error
    }
  }

  get bytes(): number {
    return this.written + this.heldBytes
  }

  /** In hex; nothing is written after it was asked for. */
  get sha256(): string {
    this.digest ??= this.hash.digest('hex')
    return this.digest
  }

  async write(chunk: string | Buffer): Promise<void> {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk
    this.hash.update(bytes)
    this.held.push(bytes)
    this.heldBytes += bytes.length
    if (this.heldBytes >= CHUNK) await this.flush()
  }

  /** From the beginning, each time. */
  async *read(): AsyncGenerator<Buffer> {
    await this.flush()
    for (let position = 0; position < this.written; ) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position)
      if (bytesRead === 0) throw new Error('A spool of an export ends before its end')
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  /** The same by lines, without their line feeds. */
  async *lines(): AsyncGenerator<string> {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of this.read()) {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let from = 0
      for (let end = all.indexOf(0x0a); end >= 0; end = all.indexOf(0x0a, from)) {
        yield all.toString('utf8', from, end)
        from = end + 1
      }
      rest = Buffer.from(all.subarray(from))
    }
    if (rest.length > 0) yield rest.toString('utf8')
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  private async flush(): Promise<void> {
    const chunk = Buffer.concat(this.held)
    this.held = []
    this.heldBytes = 0
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.file.write(chunk, done, chunk.length - done, this.written)
      done += bytesWritten
      this.written += bytesWritten
    }
  }
}
