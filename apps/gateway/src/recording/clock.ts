/** Time as the recordings need it. */
export interface Clock {
  /** Wall clock, microseconds since the epoch. */
  wallUs(): number
  /** Monotonic, microseconds since an unspecified start. */
  monotonicUs(): number
}

const RECALIBRATE_AFTER_US = 1_000_000

/** The system's clocks. Microseconds of the wall clock come from the monotonic one, set anew each second so that it follows NTP. */
export class SystemClock implements Clock {
  private offsetUs = 0
  private calibratedAtUs = Number.NEGATIVE_INFINITY

  monotonicUs(): number {
    return Math.floor(performance.now() * 1000)
  }

  wallUs(): number {
    const now = this.monotonicUs()
    if (now - this.calibratedAtUs > RECALIBRATE_AFTER_US) {
      this.offsetUs = Date.now() * 1000 - now
      this.calibratedAtUs = now
    }
    return now + this.offsetUs
  }
}
