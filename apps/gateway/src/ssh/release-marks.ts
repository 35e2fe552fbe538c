import type { SpoolMark } from '../recording/session-recording.ts'

/** Bytes of answers that a caller may have seen before the spool holds them durably. */
const MAX_AHEAD_BYTES = 8 * 1024 * 1024
/** A position is remembered each time this much has been appended. */
const STEP_BYTES = 256 * 1024

/**
 * Which mark a byte from the target waits for: everything that the caller asked before it, always; and of the answers
 * before it, all but the last 8 MiB. Answers are appended before they are released and durable within 10 ms; to wait for
 * the sync of each would let a large answer go one window a sync, and never to wait would let a slow disk fall behind
 * without bound.
 */
export class ReleaseMarks {
  private asked: SpoolMark = 0
  private readonly steps: SpoolMark[] = []
  private stepFrom: SpoolMark = 0
  private settled: SpoolMark = 0

  /** The caller's message has been appended. */
  hasAsked(mark: SpoolMark): void {
    this.asked = mark
  }

  /** @param position after the last append of the session */
  at(position: SpoolMark): SpoolMark {
    if (position - this.stepFrom >= STEP_BYTES) {
      this.steps.push(position)
      this.stepFrom = position
    }
    for (let first = this.steps[0]; first !== undefined && position - first > MAX_AHEAD_BYTES; first = this.steps[0]) {
      this.settled = first
      this.steps.shift()
    }
    return Math.max(this.asked, this.settled)
  }
}
