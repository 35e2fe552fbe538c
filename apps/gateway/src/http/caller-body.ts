import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { SessionRecording } from '../recording/session-recording.ts'
import { BodyPrefix } from './body-prefix.ts'
import { BodyTally } from './body-tally.ts'
import { HIGH_BYTES, LOW_BYTES } from './limits.ts'
import { SAMPLE_BYTES } from './recorded-body.ts'

/** The body of a request: sampled first, then passed on, counted and digested all along. */
export class CallerBody {
  readonly tally = new BodyTally()
  readonly prefix: BodyPrefix
  /** Did all of it come? */
  isWhole: boolean
  private stream: Readable | null = null
  private held = 0
  private isBlocked = false
  private isOver = false

  /**
   * @param onSampled the request can be recorded and sent on
   * @param isDocument can nobody make anything of a part of it? Then a pause does not keep the rest from the record.
   */
  constructor(
    private readonly req: IncomingMessage,
    private readonly recording: SessionRecording,
    onSampled: () => void,
    isDocument: boolean,
  ) {
    this.isWhole = !hasBody(req)
    this.prefix = new BodyPrefix(onSampled, isDocument || isShort(req))
  }

  get isEmpty(): boolean {
    return this.isWhole && this.tally.bytes === 0
  }

  start(): void {
    if (this.isWhole) return void this.prefix.settle()
    this.req.on('data', (chunk: Buffer) => this.add(chunk))
    this.req.on('end', () => this.end())
    this.prefix.start()
  }

  /** What the request is sent on with. What comes later follows. */
  take(): Buffer | Readable | null {
    const prefix = this.prefix.take()
    if (this.isWhole) return prefix.length === 0 ? null : prefix
    const stream = new Readable({ read: () => this.ease(), highWaterMark: LOW_BYTES })
    // Its end is told to whoever sends it; without a listener a fault would be nobody's.
    stream.on('error', () => {})
    this.stream = stream
    if (prefix.length > 0) stream.push(prefix)
    return stream
  }

  /** Nothing more goes on. */
  stop(): void {
    this.isOver = true
    this.prefix.cancel()
    this.stream?.destroy()
  }

  private add(chunk: Buffer): void {
    if (this.isOver) return
    this.tally.add(chunk)
    const { stream } = this
    if (stream === null) {
      this.prefix.add(chunk)
      this.block(this.prefix.bytes)
      return
    }
    this.held += chunk.length
    this.recording.forward(() => {
      this.held -= chunk.length
      if (!stream.destroyed) stream.push(chunk)
    })
    this.block(this.held + stream.readableLength)
  }

  private end(): void {
    if (this.isOver) return
    this.isWhole = true
    const { stream } = this
    if (stream === null) return void this.prefix.settle()
    this.recording.forward(() => stream.push(null))
  }

  private block(waiting: number): void {
    if (this.isBlocked || waiting <= HIGH_BYTES) return
    this.isBlocked = true
    this.req.pause()
  }

  private ease(): void {
    if (!this.isBlocked || this.held > LOW_BYTES) return
    this.isBlocked = false
    this.req.resume()
  }
}

// One that says its length is no stream; a short one is on record whole.
function isShort({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return length !== undefined && Number(length) <= SAMPLE_BYTES
}

/** Does the head announce a body (RFC 9112, 6.3)? */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true
  const length = headers['content-length']
  return length !== undefined && Number(length) !== 0
}
