/** A moment on both clocks. */
type Meeting = { ms: number; seconds: number }

/**
 * The session's clock and the player's. In real time they agree; with pauses shortened they meet at both ends of every pause
 * that was, and run evenly between.
 */
export class PlayerClock {
  private readonly meetings: readonly Meeting[]

  /** @param pairs `[session ms, player seconds]` of the terminal's index */
  constructor(pairs: readonly (readonly [number, number])[]) {
    this.meetings = [{ ms: 0, seconds: 0 }, ...pairs.map(([ms, seconds]) => ({ ms, seconds }))]
  }

  /** Seconds on the player's clock. */
  toPlayer(ms: number): number {
    const { before, after } = this.around((meeting) => meeting.ms <= ms)
    const share = after === undefined ? 0.001 : (after.seconds - before.seconds) / (after.ms - before.ms)
    return before.seconds + (ms - before.ms) * share
  }

  /** Milliseconds since the session began. */
  toSession(seconds: number): number {
    const { before, after } = this.around((meeting) => meeting.seconds <= seconds)
    const share = after === undefined ? 1000 : (after.ms - before.ms) / (after.seconds - before.seconds)
    return before.ms + (seconds - before.seconds) * share
  }

  // The last that qualifies has a later neighbour on both clocks: a pause keeps some of its length.
  private around(isBefore: (meeting: Meeting) => boolean): { before: Meeting; after: Meeting | undefined } {
    const index = Math.max(0, this.meetings.findLastIndex(isBefore))
    return { before: this.meetings[index] as Meeting, after: this.meetings[index + 1] }
  }
}
