const WINDOW_MS = 60_000
const MAX_FAILURES = 20
const MAX_ADDRESSES = 10_000

/** Counts wrong tokens of each address: after 20 within a minute it is heard no more until the minute is over. */
export class FailedAttempts {
  private readonly failures = new Map<string, { count: number; untilMs: number }>()

  constructor(private readonly now: () => number) {}

  /** Seconds until the address is heard again; 0 when it is heard now. */
  lockedForSeconds(address: string): number {
    const found = this.failures.get(address)
    if (!found || found.count < MAX_FAILURES) return 0
    return Math.max(0, Math.ceil((found.untilMs - this.now()) / 1000))
  }

  note(address: string): void {
    const now = this.now()
    const found = this.failures.get(address)
    if (found && now < found.untilMs) {
      found.count += 1
      return
    }
    this.failures.delete(address)
    const [oldest] = this.failures.keys()
    if (this.failures.size >= MAX_ADDRESSES && oldest !== undefined) this.failures.delete(oldest)
    this.failures.set(address, { count: 1, untilMs: now + WINDOW_MS })
  }
}
