import type { Outbox } from '../spool/outbox.ts'
import type { SpoolMark } from './session-recording.ts'

type Held = { durable: SpoolMark; written: SpoolMark; send: () => void }

/** Sends held back, in order, until the spool has what must come before them. */
export class SendQueue {
  private held: Held[] = []
  private head = 0

  constructor(private readonly outbox: Outbox) {}

  get isEmpty(): boolean {
    return this.head === this.held.length
  }

  add(durable: SpoolMark, written: SpoolMark, send: () => void): void {
    if (this.isEmpty && this.outbox.durableTo >= durable && this.outbox.writtenTo >= written) {
      send()
      return
    }
    if (durable > this.outbox.durableTo) this.outbox.want(durable)
    this.held.push({ durable, written, send })
  }

  drain(): void {
    const { durableTo, writtenTo } = this.outbox
    for (;;) {
      const next = this.held[this.head]
      if (!next || next.durable > durableTo || next.written > writtenTo) break
      this.head += 1
      next.send()
    }
    if (this.isEmpty) this.clear()
    else if (this.head > 1024) {
      this.held = this.held.slice(this.head)
      this.head = 0
    }
  }

  /** Sends everything at once: only where recording is given up (best-effort). */
  release(): void {
    const all = this.held.slice(this.head)
    this.clear()
    for (const { send } of all) send()
  }

  clear(): void {
    this.held = []
    this.head = 0
  }
}
