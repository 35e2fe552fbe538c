import { type FrameListener, FrameReader, type Frame as Head, OPCODE } from '../http/web-socket-frames.ts'

export type Frame = {
  /** What its message is, `text` or `binary`, for a continuation too; of a control frame its own opcode. */
  kind: number
  /** Does its message begin with it, and end? */
  isFirst: boolean
  isFinal: boolean
  /** Unmasked. */
  payload: Buffer
  /** As it came, to be passed on. */
  raw: Buffer
}

/** A frame is held until it is whole. kubectl sends 32 KiB at a time, its libraries what one read of their input gives. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024
const NOTHING = Buffer.alloc(0)

/** Gives the frames of one direction of a WebSocket whole, out of bytes that come in any pieces: what one still lacks is held. */
export class WholeFrames implements FrameListener {
  private readonly reader: FrameReader
  private tooLong: string | null = null
  private frames: Frame[] = []
  private payload: Buffer[] = []
  /** Of the frame that is being read, from chunks before. */
  private held: Buffer[] = []
  private chunk: Buffer = NOTHING
  private start = 0
  private messageKind: number | null = null

  /** @param isMasked do the frames come from a client, which masks all of them, or from a server, which masks none? */
  constructor(isMasked: boolean) {
    this.reader = new FrameReader(isMasked, this)
  }

  /** What broke the protocol. Nothing is given after that. */
  get violation(): string | null {
    return this.tooLong ?? this.reader.violation
  }

  /** Did the message of the last frame that was given end with it? Then another frame may follow what was passed on. */
  get isBetweenMessages(): boolean {
    return this.messageKind === null
  }

  read(chunk: Buffer): Frame[] {
    this.frames = []
    this.chunk = chunk
    this.start = 0
    this.reader.read(chunk)
    if (this.violation === null && this.start < chunk.length) this.held.push(chunk.subarray(this.start))
    this.chunk = NOTHING
    return this.frames
  }

  onFrame({ length }: Head): boolean {
    if (length > MAX_FRAME_BYTES) this.tooLong ??= 'a frame is too long'
    return this.tooLong === null
  }

  onPayload(bytes: Buffer): void {
    this.payload.push(bytes)
  }

  onFrameEnd({ opcode, isFinal }: Head): void {
    const raw = joined([...this.held, this.chunk.subarray(this.start, this.reader.at)])
    const payload = joined(this.payload)
    this.held = []
    this.payload = []
    this.start = this.reader.at
    if (this.tooLong !== null) return
    const isControl = opcode >= OPCODE.close
    const isFirst = opcode !== OPCODE.continuation
    const kind = isFirst ? opcode : (this.messageKind ?? opcode)
    if (!isControl) this.messageKind = isFinal ? null : kind
    this.frames.push({ kind, isFirst, isFinal, payload, raw })
  }
}

/** A message of a server's, in one frame. */
export function binaryFrame(payload: Buffer): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = 0x80 | OPCODE.binary
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(length, 2)
  else if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts
  return parts.length === 1 && only ? only : Buffer.concat(parts)
}
