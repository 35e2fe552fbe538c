const WINDOW_US = 60_000_000
const PER_CALLER = 300
const MAX_CALLERS = 1000

/**
 * How many refusals go on record one by one: 300 a minute of each run, and of each address of strangers. The rest is
 * counted: whoever cannot get in must not fill the disk that recordings need.
 */
export class RefusalBudget {
  private windowFromUs = Number.NEGATIVE_INFINITY
  private readonly taken = new Map<string, number>()
  private leftOut = 0

  /** @returns whether this one goes on record */
  take(caller: string, nowUs: number): boolean {
    if (Math.abs(nowUs - this.windowFromUs) >= WINDOW_US) {
      this.taken.clear()
      this.windowFromUs = nowUs
    }
    // Of more addresses than can be told apart the rest share one budget.
    const key = this.taken.has(caller) || this.taken.size < MAX_CALLERS ? caller : ''
    const taken = this.taken.get(key) ?? 0
    if (taken >= PER_CALLER) {
      this.leftOut += 1
      return false
    }
    this.taken.set(key, taken + 1)
    return true
  }

  /** Refusals that were counted only, since this was last asked. */
  drain(): number {
    const { leftOut } = this
    this.leftOut = 0
    return leftOut
  }
}
