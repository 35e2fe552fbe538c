import type { ChannelRecorder, Emit } from '../terminal/emit.ts'
import { SftpFiles } from './sftp-files.ts'
import { openOperation, readOperation, Sftp, type SftpOperation, SftpStatus } from './sftp-messages.ts'
import { SftpPackets, UnreadableSftpError } from './sftp-packets.ts'
import { MalformedMessageError, WireReader } from './wire-format.ts'

const MAX_UNANSWERED = 16_384

type Unanswered =
  | { kind: 'open'; asked: SftpOperation; flags: number }
  | { kind: 'close' | 'write'; handle: Buffer }
  | { kind: 'read'; handle: Buffer; offset: bigint }
  | { kind: 'operation'; asked: SftpOperation }

/**
 * Follows an SFTP version 3 stream in transit and records what it does to files. The bytes themselves are not kept:
 * the size and the digest prove what was transferred.
 * An operation is recorded twice, like a command and its outcome: when it is asked (status null), before the target
 * sees it, and when it is answered.
 * A stream that does not read as SFTP is recorded raw from there on, by `raw`, after a recording gap that says so.
 */
export class SftpRecorder implements ChannelRecorder {
  private readonly requests = new SftpPackets()
  private readonly replies = new SftpPackets()
  private readonly unanswered = new Map<number, Unanswered>()
  private readonly files: SftpFiles
  private isUnreadable = false

  constructor(
    private readonly channel: number,
    private readonly emit: Emit,
    private readonly raw: ChannelRecorder,
  ) {
    this.files = new SftpFiles(channel, emit)
  }

  fromCaller(bytes: Buffer, nowUs: number): void {
    this.follow(this.requests, bytes, (packet) => this.asked(packet))
    if (this.isUnreadable) this.raw.fromCaller(bytes, nowUs)
  }

  fromTarget(bytes: Buffer, stream: 'stdout' | 'stderr', nowUs: number): void {
    if (stream === 'stdout') this.follow(this.replies, bytes, (packet) => this.answered(packet))
    if (stream === 'stderr' || this.isUnreadable) this.raw.fromTarget(bytes, stream, nowUs)
  }

  end(): void {
    this.files.end()
    this.raw.end()
  }

  private follow(packets: SftpPackets, bytes: Buffer, take: (packet: Buffer) => void): void {
    if (this.isUnreadable) return
    try {
      for (const packet of packets.push(bytes)) take(packet)
    } catch (error) {
      if (!(error instanceof MalformedMessageError || error instanceof UnreadableSftpError)) throw error
      this.isUnreadable = true
      this.files.end()
      const message = `channel ${this.channel} no longer reads as SFTP (${error.message}); its bytes are recorded raw from here on`
      this.emit('recording.gap', { reason: 'limit', message, fromSeq: null })
    }
  }

  private asked(packet: Buffer): void {
    const reader = new WireReader(packet)
    const type = reader.byte()
    if (type === Sftp.init) return
    const id = reader.uint32()
    const request = this.readRequest(type, reader)
    if (!request) return
    // Two requests under one id could not be told apart by their answers: a file would be read under another's name.
    if (this.unanswered.has(id)) throw new UnreadableSftpError('a request under an id that waits for its answer')
    if (this.unanswered.size >= MAX_UNANSWERED) throw new UnreadableSftpError(`more than ${MAX_UNANSWERED} unanswered requests`)
    if (request.kind === 'open' || request.kind === 'operation') this.record(request.asked, null)
    this.unanswered.set(id, request)
  }

  private readRequest(type: number, reader: WireReader): Unanswered | null {
    if (type === Sftp.open) return readOpen(reader)
    if (type === Sftp.close) return { kind: 'close', handle: this.files.closing(reader.string()) }
    if (type === Sftp.read) return { kind: 'read', handle: this.files.known(reader.string()), offset: reader.uint64() }
    if (type === Sftp.write) return this.readWrite(reader)
    if (type === Sftp.fsetstat) {
      return { kind: 'operation', asked: { operation: 'setstat', path: this.files.pathOf(reader.string()), to: null } }
    }
    const asked = readOperation(type, reader)
    return asked ? { kind: 'operation', asked } : null
  }

  private readWrite(reader: WireReader): Unanswered {
    const handle = this.files.known(reader.string())
    this.files.written(handle, reader.uint64(), reader.string())
    return { kind: 'write', handle }
  }

  private answered(packet: Buffer): void {
    const reader = new WireReader(packet)
    const type = reader.byte()
    if (type === Sftp.version) return
    const id = reader.uint32()
    const request = this.unanswered.get(id)
    if (!request) return
    this.unanswered.delete(id)
    const status = type === Sftp.status ? reader.uint32() : SftpStatus.ok
    this.settle(request, status, type, reader)
  }

  private settle(request: Unanswered, status: number, type: number, reader: WireReader) {
    if (request.kind === 'operation') return this.record(request.asked, status)
    if (request.kind === 'close') return this.files.closed(request.handle, status === SftpStatus.ok)
    if (request.kind === 'open') {
      if (type === Sftp.handle) this.files.opened(reader.string(), request.asked.path, request.flags)
      return this.record(request.asked, status)
    }
    if (request.kind === 'read' && type === Sftp.data) return this.files.read(request.handle, request.offset, reader.string())
    if (request.kind === 'read' && status === SftpStatus.endOfFile) return this.files.reachedEnd(request.handle)
    if (status !== SftpStatus.ok) this.files.failed(request.handle)
  }

  private record(asked: SftpOperation, status: number | null): void {
    this.emit('file.operation', { channel: this.channel, ...asked, status })
  }
}

function readOpen(reader: WireReader): Unanswered {
  const path = reader.text()
  const flags = reader.uint32()
  return { kind: 'open', asked: { operation: openOperation(flags), path, to: null }, flags }
}
