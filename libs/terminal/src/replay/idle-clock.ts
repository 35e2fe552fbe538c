/** A pause that was shortened, on both clocks, in microseconds. */
export type CutPause = { fromUs: number; toUs: number; playerFromUs: number; playerToUs: number }

/** A clock that shortens pauses: an interval longer than the limit counts as the limit. Times in microseconds. */
export class IdleClock {
  /** @param limitUs above 0, so that what came later stays later; null leaves time as it is */
  constructor(
    private readonly limitUs: number | null,
    private lastUs = 0,
    private cutUs = 0,
    private readonly onCut: (pause: CutPause) => void = () => undefined,
  ) {}

  /** How much was cut so far. */
  get removedUs(): number {
    return this.cutUs
  }

  /** @param atUs no earlier than the call before */
  at(atUs: number): number {
    if (this.limitUs !== null && atUs - this.lastUs > this.limitUs) this.cut(atUs, this.limitUs)
    this.lastUs = atUs
    return atUs - this.cutUs
  }

  private cut(toUs: number, limitUs: number): void {
    const playerFromUs = this.lastUs - this.cutUs
    this.cutUs += toUs - this.lastUs - limitUs
    this.onCut({ fromUs: this.lastUs, toUs, playerFromUs, playerToUs: toUs - this.cutUs })
  }
}

/** @param seconds from a person: anything below a millisecond counts as one */
export function idleLimitUs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.max(1000, Math.round(seconds * 1e6))
}
