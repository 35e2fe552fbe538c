/** A clock that shortens pauses: an interval longer than the limit counts as the limit. Times in microseconds. */
export class IdleClock {
  /** @param limitUs above 0, so that what came later stays later; null leaves time as it is */
  constructor(
    private readonly limitUs: number | null,
    private lastUs = 0,
    private cutUs = 0,
  ) {}

  /** How much was cut so far. */
  get removedUs(): number {
    return this.cutUs
  }

  /** @param atUs no earlier than the call before */
  at(atUs: number): number {
    if (this.limitUs !== null) this.cutUs += Math.max(0, atUs - this.lastUs - this.limitUs)
    this.lastUs = atUs
    return atUs - this.cutUs
  }
}

/** @param seconds from a person: anything below a millisecond counts as one */
export function idleLimitUs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.max(1000, Math.round(seconds * 1e6))
}
