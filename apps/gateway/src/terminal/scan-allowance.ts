import { type EventBody, SCAN_LIMIT } from '@hoptrace/events'

/** What one session may still have scanned, over all its channels: a long session must not cost without end. */
export type ScanBudget = { bytes: number /** Has an event said that it is spent? */; isTold?: boolean }
export const SESSION_SCAN_BYTES = 64 * 1024 * 1024

export type Scanned = { bytes: number; search?: NonNullable<EventBody<'terminal.output'>['search']> }

/** How much of a stream is scanned: the first 256 KiB of each answer, nothing after; and what is left to the session. */
export class ScanAllowance {
  private left = SCAN_LIMIT
  private isTold = false

  constructor(private readonly budget: ScanBudget) {}

  /** Another answer begins. */
  renew(): void {
    this.left = SCAN_LIMIT
    this.isTold = false
  }

  /** Is nothing more scanned, and has an event said so? */
  get isOver(): boolean {
    return this.budget.bytes === 0 ? this.budget.isTold === true : this.left === 0 && this.isTold
  }

  /** @returns how many of the next `total` bytes to scan; `search` where this is the first event that is not scanned whole */
  take(total: number): Scanned {
    const bytes = Math.min(total, this.left, this.budget.bytes)
    this.left -= bytes
    this.budget.bytes -= bytes
    if (bytes === total || !this.isNews()) return { bytes }
    return { bytes, search: { truncated: { kept: bytes, total } } }
  }

  private isNews(): boolean {
    const isSpent = this.budget.bytes === 0
    const isTold = isSpent ? this.budget.isTold === true : this.isTold
    if (isSpent) this.budget.isTold = true
    else this.isTold = true
    return !isTold
  }
}
