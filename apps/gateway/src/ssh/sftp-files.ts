import type { Emit } from '../terminal/emit.ts'
import { OrderedDigest } from './ordered-digest.ts'
import { UnreadableSftpError } from './sftp-packets.ts'

const MAX_OPEN_FILES = 4096

type OpenFile = {
  path: string
  download: OrderedDigest
  upload: OrderedDigest
  isForReading: boolean
  isForWriting: boolean
  hasReachedEnd: boolean
  hasFailed: boolean
  /** The client has asked to close it. */
  isClosing: boolean
}

/** The files that an SFTP client holds open, and what went through each. */
export class SftpFiles {
  private readonly open = new Map<string, OpenFile>()

  constructor(
    private readonly channel: number,
    private readonly emit: Emit,
  ) {}

  /** @param flags SSH_FXF_*: 1 reads, 2 writes */
  opened(handle: Buffer, path: string, flags: number): void {
    if (this.open.size >= MAX_OPEN_FILES) throw new UnreadableSftpError(`more than ${MAX_OPEN_FILES} open files`)
    this.open.set(keyOf(handle), {
      path,
      download: new OrderedDigest(),
      upload: new OrderedDigest(),
      isForReading: (flags & 1) !== 0,
      isForWriting: (flags & 2) !== 0,
      hasReachedEnd: false,
      hasFailed: false,
      isClosing: false,
    })
  }

  /**
   * A handle that bytes may go through: open, and not being closed. Handles can be guessed; what went through one that
   * the target has not named, or names anew, would be recorded under no file or the wrong one.
   */
  known(handle: Buffer): Buffer {
    const file = this.open.get(keyOf(handle))
    if (!file || file.isClosing) throw new UnreadableSftpError('a transfer through a handle that is not open')
    return handle
  }

  closing(handle: Buffer): Buffer {
    const file = this.open.get(keyOf(handle))
    if (file) file.isClosing = true
    return handle
  }

  pathOf(handle: Buffer): string {
    return this.open.get(keyOf(handle))?.path ?? ''
  }

  written(handle: Buffer, offset: bigint, bytes: Buffer): void {
    this.open.get(keyOf(handle))?.upload.take(offset, bytes)
  }

  read(handle: Buffer, offset: bigint, bytes: Buffer): void {
    this.open.get(keyOf(handle))?.download.take(offset, bytes)
  }

  reachedEnd(handle: Buffer): void {
    const file = this.open.get(keyOf(handle))
    if (file) file.hasReachedEnd = true
  }

  failed(handle: Buffer): void {
    const file = this.open.get(keyOf(handle))
    if (file) file.hasFailed = true
  }

  closed(handle: Buffer, isClean: boolean): void {
    const file = this.open.get(keyOf(handle))
    if (!file) return
    this.open.delete(keyOf(handle))
    this.record(file, isClean)
  }

  end(): void {
    for (const file of this.open.values()) this.record(file, false)
    this.open.clear()
  }

  // A file that was read to its end, or written without a refusal, and then closed, is complete.
  private record(file: OpenFile, isClean: boolean): void {
    const { path } = file
    const common = { channel: this.channel, protocol: 'sftp', path } as const
    const { download, upload } = file
    if (file.isForWriting || upload.size > 0) {
      const isComplete = isClean && !file.hasFailed
      this.emit('file.transfer', { ...common, direction: 'upload', size: upload.size, sha256: upload.digest(), isComplete })
    }
    if (!(file.isForWriting && download.size === 0) && (file.isForReading || download.size > 0)) {
      const isComplete = isClean && file.hasReachedEnd && !file.hasFailed
      this.emit('file.transfer', { ...common, direction: 'download', size: download.size, sha256: download.digest(), isComplete })
    }
  }
}

function keyOf(handle: Buffer): string {
  return handle.toString('latin1')
}
