const MOST_KEPT = 100

/** Tells what is said for the first time from what is said again and again. */
export class Repeats {
  private readonly lastSaidMs = new Map<string, number>()

  /** @param againAfterMs what was said this long ago counts as new */
  constructor(private readonly againAfterMs: number) {}

  isNew(message: string, nowMs: number): boolean {
    const last = this.lastSaidMs.get(message)
    if (last !== undefined && nowMs - last < this.againAfterMs) return false
    if (this.lastSaidMs.size >= MOST_KEPT) this.lastSaidMs.clear()
    this.lastSaidMs.set(message, nowMs)
    return true
  }
}
