/**
 * Cuts one direction of a PostgreSQL connection into messages, wherever the byte stream was split.
 * Format: PostgreSQL documentation, "Message Formats": a type byte, an int32 length that counts itself, the body.
 *
 * Nothing is copied unless a wanted part straddles two chunks. A message is announced as soon as the wanted part of its body is there;
 * the rest is counted and skipped, so that memory does not depend on a message's size.
 */
export interface MessageSink {
  /** How many bytes of this message's body are wanted. Asked once a message. */
  wanted(type: number, bodyLength: number): number
  /** `bytes[start, end)` is the wanted part of the body, valid only during the call; `bodyLength` its whole length. */
  message(type: number, bytes: Buffer, start: number, end: number, bodyLength: number): void
  /** Asked of a message that is longer than what is wanted of it: takes its whole body as it comes, in place of `message`. */
  stream?(type: number, bodyLength: number): MessageStream | null
}

export interface MessageStream {
  /** The next bytes of the body, valid only during the call. */
  add(bytes: Buffer, start: number, end: number): void
  /** After the last byte of the body; not whole when the connection ended before it. */
  end(isWhole: boolean): void
}

const HEADER = 5
const EMPTY = Buffer.alloc(0)

export class MessageFramer {
  private readonly header = Buffer.alloc(HEADER)
  private headerLength = 0
  /** The wanted part of a message that straddles chunks. */
  private partial = EMPTY
  private partialLength = 0
  private partialType = 0
  private partialBody = 0
  /** Bytes of the current message still to come and not wanted. */
  private toSkip = 0
  private broken = false
  private stream: MessageStream | null = null
  private toStream = 0

  constructor(private readonly sink: MessageSink) {}

  /** True after a length that no message can have: nothing after it can be read. */
  get isBroken(): boolean {
    return this.broken
  }

  /** True when the stream stands between two messages. */
  get isBetweenMessages(): boolean {
    return this.headerLength === 0 && this.partial.length === 0 && this.toSkip === 0 && this.stream === null
  }

  /** No more bytes will come. */
  end(): void {
    const { stream } = this
    this.stream = null
    stream?.end(false)
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && !this.broken) {
      if (this.partial.length > 0) at = this.fill(chunk, at)
      else if (this.toSkip > 0) {
        const skipped = Math.min(this.toSkip, chunk.length - at)
        this.toSkip -= skipped
        at += skipped
      } else if (this.stream !== null) at = this.feed(this.stream, chunk, at)
      else at = this.readMessage(chunk, at)
    }
  }

  private readMessage(chunk: Buffer, at: number): number {
    if (this.headerLength > 0 || chunk.length - at < HEADER) return this.collectHeader(chunk, at)
    const length = readLength(chunk, at + 1)
    if (length < 4) return this.fail(chunk)
    return this.readBody(chunk, at + HEADER, chunk[at] as number, length - 4)
  }

  private collectHeader(chunk: Buffer, at: number): number {
    const taken = Math.min(HEADER - this.headerLength, chunk.length - at)
    chunk.copy(this.header, this.headerLength, at, at + taken)
    this.headerLength += taken
    if (this.headerLength < HEADER) return at + taken
    this.headerLength = 0
    const length = readLength(this.header, 1)
    if (length < 4) return this.fail(chunk)
    return this.readBody(chunk, at + taken, this.header[0] as number, length - 4)
  }

  private readBody(chunk: Buffer, at: number, type: number, bodyLength: number): number {
    const wanted = Math.min(this.sink.wanted(type, bodyLength), bodyLength)
    if (wanted < bodyLength && this.sink.stream !== undefined) {
      this.stream = this.sink.stream(type, bodyLength)
      this.toStream = bodyLength
      if (this.stream !== null) return at
    }
    if (chunk.length - at < wanted) {
      this.partial = Buffer.allocUnsafe(wanted)
      this.partialLength = 0
      this.partialType = type
      this.partialBody = bodyLength
      return at
    }
    this.toSkip = bodyLength - wanted
    this.sink.message(type, chunk, at, at + wanted, bodyLength)
    return at + wanted
  }

  private feed(stream: MessageStream, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.toStream)
    stream.add(chunk, at, end)
    this.toStream -= end - at
    if (this.toStream > 0) return end
    this.stream = null
    stream.end(true)
    return end
  }

  private fill(chunk: Buffer, at: number): number {
    const taken = Math.min(this.partial.length - this.partialLength, chunk.length - at)
    chunk.copy(this.partial, this.partialLength, at, at + taken)
    this.partialLength += taken
    if (this.partialLength < this.partial.length) return at + taken
    const body = this.partial
    this.partial = EMPTY
    this.toSkip = this.partialBody - body.length
    this.sink.message(this.partialType, body, 0, body.length, this.partialBody)
    return at + taken
  }

  private fail(chunk: Buffer): number {
    this.broken = true
    return chunk.length
  }
}

function readLength(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
}
