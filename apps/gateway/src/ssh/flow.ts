import type { SessionRecording, SpoolMark } from '../recording/session-recording.ts'
import type { Transport } from './transport.ts'

/** Bytes that may wait at the gateway for one side before the other is no longer read. OpenSSH's window is 2 MiB. */
const HIGH_WATER_BYTES = 8 * 1024 * 1024
const LOW_WATER_BYTES = 2 * 1024 * 1024

/** One direction of a session: what waits for the spool or for the receiver stops the sender from being read. */
class Direction {
  private waiting = 0
  private isPaused = false

  constructor(
    private readonly from: Transport,
    private readonly to: Transport,
  ) {
    to.socket.on('drain', () => this.check())
  }

  waits(bytes: number): void {
    this.waiting += bytes
    this.check()
  }

  sends(payload: Buffer): void {
    this.waiting -= payload.length
    this.to.send(payload)
    this.check()
  }

  private check(): void {
    const held = this.waiting + this.to.unsentBytes
    if (!this.isPaused && held > HIGH_WATER_BYTES) {
      this.isPaused = true
      this.from.socket.pause()
    } else if (this.isPaused && held <= LOW_WATER_BYTES) {
      this.isPaused = false
      this.from.socket.resume()
    }
  }
}

/** Passes messages on by the two rules of a recording: see SessionRecording. */
export class Flow {
  private readonly upwards: Direction
  private readonly downwards: Direction

  constructor(
    private readonly recording: SessionRecording,
    caller: Transport,
    target: Transport,
  ) {
    this.upwards = new Direction(caller, target)
    this.downwards = new Direction(target, caller)
  }

  /** Append what the message asks before this. */
  toTarget(payload: Buffer, onSent?: () => void): void {
    this.upwards.waits(payload.length)
    this.recording.forward(() => {
      this.upwards.sends(payload)
      onSent?.()
    })
  }

  /** @param mark taken when the target's message arrived, before its own events were appended */
  toCaller(payload: Buffer, mark: SpoolMark, onSent?: () => void): void {
    this.downwards.waits(payload.length)
    this.recording.release(mark, () => {
      this.downwards.sends(payload)
      onSent?.()
    })
  }
}
