import type { ChannelRecorder, Emit } from '../terminal/emit.ts'
import { OrderedDigest } from './ordered-digest.ts'
import type { ScpCommand } from './scp-command.ts'
import { ScpPaths } from './scp-paths.ts'
import { ScpSource, type ScpStep, UnreadableScpError } from './scp-source.ts'

type Transfer = { path: string; size: number; digest: OrderedDigest; offset: bigint; isSent: boolean }

/**
 * Follows the scp protocol in transit (`scp -O`) and records each file as a transfer. The bytes themselves are not
 * kept: the size and the digest prove what was transferred. A file is recorded when it is announced (`file.operation`
 * with status null, before the target sees it), and as a transfer when the receiver has answered for it.
 * A stream that does not read as scp is recorded raw from there on, by `raw`, after a recording gap that says so.
 */
export class ScpRecorder implements ChannelRecorder {
  private readonly source = new ScpSource()
  private readonly paths: ScpPaths
  private transfer: Transfer | null = null
  private isUnreadable = false

  constructor(
    private readonly channel: number,
    private readonly command: ScpCommand,
    private readonly emit: Emit,
    private readonly raw: ChannelRecorder,
  ) {
    this.paths = new ScpPaths(command)
  }

  fromCaller(bytes: Buffer, nowUs: number): void {
    if (this.command.direction === 'upload') this.sent(bytes)
    else this.replied(bytes)
    if (this.isUnreadable) this.raw.fromCaller(bytes, nowUs)
  }

  fromTarget(bytes: Buffer, stream: 'stdout' | 'stderr', nowUs: number) {
    if (stream === 'stderr') return this.raw.fromTarget(bytes, stream, nowUs)
    if (this.command.direction === 'download') this.sent(bytes)
    else this.replied(bytes)
    if (this.isUnreadable) this.raw.fromTarget(bytes, stream, nowUs)
  }

  end(): void {
    this.finish(false)
    this.raw.end()
  }

  private sent(bytes: Buffer): void {
    if (this.isUnreadable) return
    try {
      for (const step of this.source.push(bytes)) this.take(step)
    } catch (error) {
      if (!(error instanceof UnreadableScpError)) throw error
      this.isUnreadable = true
      this.finish(false)
      const message = `channel ${this.channel} no longer reads as scp (${error.message}); its bytes are recorded raw from here on`
      this.emit('recording.gap', { reason: 'limit', message, fromSeq: null })
    }
  }

  private take(step: ScpStep): void {
    if (step.kind === 'file') this.begin(step.name, step.size)
    else if (step.kind === 'bytes') this.digest(step.bytes)
    else if (step.kind === 'file-end' && this.transfer) this.endOfFile(step.isClean)
    else if (step.kind === 'enter') this.paths.enter(step.name)
    else if (step.kind === 'leave') this.paths.leave()
  }

  private begin(name: string, size: number): void {
    this.finish(false)
    const path = this.paths.of(name)
    const operation = this.command.direction === 'upload' ? 'scp-upload' : 'scp-download'
    this.emit('file.operation', { channel: this.channel, operation, path, to: name, status: null })
    this.transfer = { path, size, digest: new OrderedDigest(), offset: 0n, isSent: false }
  }

  private digest(bytes: Buffer): void {
    if (!this.transfer) return
    this.transfer.digest.take(this.transfer.offset, bytes)
    this.transfer.offset += BigInt(bytes.length)
  }

  private endOfFile(isClean: boolean): void {
    if (!isClean || !this.transfer) this.finish(false)
    else this.transfer.isSent = true
  }

  // The protocol goes in lock step: the byte that follows a whole file is the receiver's verdict on it.
  private replied(bytes: Buffer): void {
    const verdict = bytes[0]
    if (this.transfer?.isSent && verdict !== undefined) this.finish(verdict === 0)
  }

  private finish(isAccepted: boolean): void {
    const transfer = this.transfer
    if (!transfer) return
    this.transfer = null
    const { path, digest, size } = transfer
    const isComplete = isAccepted && digest.size === size
    const { direction } = this.command
    const sha256 = digest.digest()
    this.emit('file.transfer', { channel: this.channel, protocol: 'scp', path, direction, size: digest.size, sha256, isComplete })
  }
}
