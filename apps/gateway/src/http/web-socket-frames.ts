/** The head of a frame (RFC 6455, 5.2). */
export type Frame = { opcode: number; isFinal: boolean; length: number }

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface FrameListener {
  /** A head is complete. @returns whether its payload is wanted, unmasked */
  onFrame(frame: Frame): boolean
  /** The next bytes of a payload that is wanted. A copy where they were masked. */
  onPayload(bytes: Buffer): void
  /** The payload of this frame is complete. */
  onFrameEnd(frame: Frame): void
}

const NO_MASK = Buffer.alloc(4)

/**
 * Reads the frames of one direction of a WebSocket without extensions, whatever pieces they come in, and checks that they
 * are in order (RFC 6455, 5). Keeps no payload.
 */
export class FrameReader {
  /** What broke the protocol. Nothing is read after that. */
  violation: string | null = null
  /** Where in the chunk that is being read the reader stands. */
  at = 0
  /** Bytes of the current frame's payload that have not come yet. */
  remaining = 0
  private readonly head = Buffer.alloc(14)
  private headLength = 0
  private frame: Frame | null = null
  private mask = NO_MASK
  private maskAt = 0
  private isWanted = false
  private isFragmented = false
  private isClosed = false

  constructor(
    private readonly isMasked: boolean,
    private readonly listener: FrameListener,
  ) {}

  /** Is a head begun and not complete? */
  get isInHead(): boolean {
    return this.headLength > 0 && this.frame === null
  }

  read(chunk: Buffer): void {
    this.at = 0
    while (this.violation === null && (this.at < chunk.length || (this.frame !== null && this.remaining === 0))) {
      if (this.frame === null) this.readHead(chunk)
      else this.readPayload(chunk, this.frame)
    }
  }

  private readHead(chunk: Buffer): void {
    while (this.at < chunk.length) {
      this.head[this.headLength++] = chunk[this.at++] ?? 0
      if (this.headLength >= 2 && this.headLength === this.headSize()) return void this.begin()
    }
  }

  private headSize(): number {
    const second = this.head[1] ?? 0
    const length = second & 0x7f
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0)
  }

  private begin(): void {
    const first = this.head[0] ?? 0
    const second = this.head[1] ?? 0
    const length = this.lengthIn(second & 0x7f)
    const frame = { opcode: first & 0x0f, isFinal: first >= 0x80, length }
    this.violation = this.violationOf(frame, first, second)
    if (this.violation !== null) return
    this.mask = second >= 0x80 ? Buffer.from(this.head.subarray(this.headLength - 4, this.headLength)) : NO_MASK
    this.maskAt = 0
    this.remaining = length
    this.frame = frame
    this.isWanted = this.listener.onFrame(frame)
  }

  private lengthIn(short: number): number {
    if (short === 126) return this.head.readUInt16BE(2)
    return short === 127 ? Number(this.head.readBigUInt64BE(2)) : short
  }

  private violationOf({ opcode, isFinal, length }: Frame, first: number, second: number): string | null {
    const short = second & 0x7f
    if ((first & 0x70) !== 0) return 'a frame uses an extension that was not agreed on'
    if (second >= 0x80 !== this.isMasked) return this.isMasked ? 'a frame of the caller is not masked' : 'a frame of the target is masked'
    if ((short === 126 && length < 126) || (short === 127 && length < 65_536)) return "a frame's length is not in its shortest form"
    if (!Number.isSafeInteger(length)) return 'a frame is too long'
    if (opcode > 10 || (opcode > 2 && opcode < 8)) return 'a frame has an opcode that is not defined'
    if (opcode >= 8) return !isFinal || length > 125 ? 'a control frame is fragmented or too long' : null
    if (this.isClosed) return 'a message follows the end of the conversation'
    if ((opcode === OPCODE.continuation) !== this.isFragmented) return 'frames of a message are out of order'
    return null
  }

  private readPayload(chunk: Buffer, frame: Frame): void {
    const end = Math.min(chunk.length, this.at + this.remaining)
    const part = chunk.subarray(this.at, end)
    this.remaining -= part.length
    this.at = end
    if (this.isWanted && part.length > 0) this.listener.onPayload(this.isMasked ? this.unmasked(part) : part)
    if (this.remaining > 0) return
    if (frame.opcode < 8) this.isFragmented = !frame.isFinal
    if (frame.opcode === OPCODE.close) this.isClosed = true
    this.frame = null
    this.headLength = 0
    this.listener.onFrameEnd(frame)
  }

  private unmasked(part: Buffer): Buffer {
    const plain = Buffer.allocUnsafe(part.length)
    for (let i = 0; i < part.length; i++) plain[i] = (part[i] ?? 0) ^ (this.mask[(this.maskAt + i) & 3] ?? 0)
    this.maskAt = (this.maskAt + part.length) & 3
    return plain
  }
}

/** A Close frame with its code and reason, which is cut to what fits. */
export function closeFrame(code: number, reason: string, isMasked: boolean): Buffer {
  const text = Buffer.from(reason, 'utf8').subarray(0, 123)
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), text])
  const head = [0x88, payload.length | (isMasked ? 0x80 : 0), ...(isMasked ? [0, 0, 0, 0] : [])]
  return Buffer.concat([Buffer.from(head), payload])
}
