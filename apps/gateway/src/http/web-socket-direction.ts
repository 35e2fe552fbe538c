import { encodeBytes, Observer } from '@hoptrace/events'
import type { EventLog } from './fitting-log.ts'
import { MESSAGE_BYTES, MessageBudget } from './message-budget.ts'
import { withoutCutCharacter } from './recorded-body.ts'
import type { ToolCalls } from './tool-calls.ts'
import { type Frame, type FrameListener, FrameReader, OPCODE } from './web-socket-frames.ts'

/** Held back of one message at most; more is recorded as far as it came, and goes on. */
const MAX_HELD = 64 * 1024

type Direction = 'toTarget' | 'toCaller'

/** One direction of a WebSocket: a message that is recorded is held back until it is whole, or its sample is full. */
export class WebSocketDirection implements FrameListener {
  messages = 0
  /** Why the sender closed the conversation, as it says; null while it has not. */
  closing: { code: number; reason: string } | null = null
  readonly reader: FrameReader
  private readonly budget = new MessageBudget()
  private held: Buffer[] = []
  private heldBytes = 0
  /** Bytes of the current chunk that may go on. */
  private releasable = 0
  private kind: 'text' | 'binary' | null = null
  private sample: Buffer[] = []
  private sampleBytes = 0
  private messageBytes = 0
  private isRecorded = true
  private controlOpcode: number | null = null
  private control: Buffer[] = []
  private nowUs = 0

  constructor(
    private readonly log: EventLog,
    private readonly request: number,
    private readonly direction: Direction,
    private readonly calls: ToolCalls,
  ) {
    this.reader = new FrameReader(direction === 'toTarget', this)
  }

  /** Is the receiver between two frames, as far as bytes went on? */
  get isBetweenFrames(): boolean {
    return this.reader.remaining === 0 || this.isHolding
  }

  /** @returns the bytes that may go on now */
  read(chunk: Buffer, nowUs: number): Buffer {
    this.nowUs = nowUs
    this.releasable = 0
    this.reader.read(chunk)
    if (this.reader.violation === null && !this.reader.isInHead && !this.isHolding) this.releasable = chunk.length
    const passed = chunk.subarray(0, this.releasable)
    const ready = this.releasable === 0 ? EMPTY : this.held.length === 0 ? passed : Buffer.concat([...this.held, passed])
    if (this.releasable > 0) this.held = []
    if (this.releasable < chunk.length && this.reader.violation === null) this.held.push(chunk.subarray(this.releasable))
    this.heldBytes = this.held.reduce((sum, piece) => sum + piece.length, 0)
    if (this.heldBytes <= MAX_HELD || !this.isHolding) return ready
    this.record()
    const all = Buffer.concat([ready, ...this.held])
    this.held = []
    return all
  }

  onFrame({ opcode, length }: Frame): boolean {
    this.controlOpcode = opcode >= 8 ? opcode : null
    if (opcode >= 8) return opcode === OPCODE.close
    if (opcode !== OPCODE.continuation) this.begin(opcode)
    if (this.isRecorded) return false
    this.messageBytes += length
    return true
  }

  onPayload(bytes: Buffer): void {
    if (this.controlOpcode !== null) return void this.control.push(bytes)
    if (this.isRecorded) return
    const part = bytes.subarray(0, MESSAGE_BYTES - this.sampleBytes)
    this.sample.push(part)
    this.sampleBytes += part.length
    if (this.sampleBytes >= MESSAGE_BYTES) this.record()
    if (!this.isHolding) this.releasable = this.reader.at
  }

  onFrameEnd({ opcode, isFinal }: Frame): void {
    if (opcode === OPCODE.close) this.closed()
    if (opcode < 8 && isFinal) {
      this.messages += 1
      this.record()
      this.kind = null
    }
    if (!this.isHolding) this.releasable = this.reader.at
  }

  private get isHolding(): boolean {
    return !this.isRecorded
  }

  private begin(opcode: number): void {
    this.kind = opcode === OPCODE.text ? 'text' : 'binary'
    this.sample = []
    this.sampleBytes = 0
    this.messageBytes = 0
    // Tools that are called are recorded however many messages there were.
    const mayTellOfCalls = this.kind === 'text' && (this.direction === 'toTarget' || this.calls.hasCalls)
    this.isRecorded = this.budget.isSpent && !mayTellOfCalls
  }

  private record(): void {
    if (this.isRecorded || this.kind === null) return
    this.isRecorded = true
    const all = Buffer.concat(this.sample)
    const seq = this.budget.isSpent ? this.request : this.append(all, this.kind)
    if (this.kind !== 'text') return
    if (this.direction === 'toTarget') this.calls.asked(all.toString('utf8'), seq, this.nowUs)
    else this.calls.answered(all.toString('utf8'), this.nowUs)
  }

  private append(all: Buffer, kind: 'text' | 'binary'): number {
    const { direction, request } = this
    const total = Math.max(this.messageBytes, all.length)
    const room = all.subarray(0, this.budget.take(all.length))
    const kept = room.length < total && kind === 'text' ? withoutCutCharacter(room) : room
    const truncated = kept.length < total ? { truncated: { kept: kept.length, total } } : {}
    const data = encodeBytes(kept)
    const observer = new Observer(this.log.digestKey)
    if ('utf8' in data) observer.body(data.utf8, null, ROLES[direction], '/data/utf8')
    return this.log.append('http.message', { data, direction, kind, request, ...truncated }, observer.result())
  }

  private closed(): void {
    const payload = Buffer.concat(this.control)
    this.control = []
    this.closing = { code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005, reason: payload.subarray(2).toString('utf8') }
  }
}

const EMPTY = Buffer.alloc(0)
const ROLES = { toTarget: 'asked', toCaller: 'answered' } as const
