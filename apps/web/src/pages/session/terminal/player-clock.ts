/** A command's moment on both clocks. */
export type ClockPoint = { ms: number; playerSeconds: number | null }

/**
 * The session's clock and the player's. Played in real time they agree; with pauses shortened they meet at every command,
 * and between two commands the nearer one's distance holds: positions there are off by at most the pauses that were cut.
 */
export class PlayerClock {
  private readonly points: { ms: number; seconds: number }[]

  constructor(
    points: readonly ClockPoint[],
    private readonly isCompressed: boolean,
  ) {
    const known = points.flatMap(({ ms, playerSeconds }) => (playerSeconds === null ? [] : [{ ms, seconds: playerSeconds }]))
    this.points = [{ ms: 0, seconds: 0 }, ...known.sort((a, b) => a.ms - b.ms)]
  }

  toPlayer(ms: number): number {
    if (!this.isCompressed) return ms / 1000
    const { before, after } = around(this.points, (point) => point.ms <= ms)
    const seconds = before.seconds + (ms - before.ms) / 1000
    return after === undefined ? seconds : Math.min(seconds, after.seconds)
  }

  toSession(seconds: number): number {
    if (!this.isCompressed) return seconds * 1000
    const { before, after } = around(this.points, (point) => point.seconds <= seconds)
    const ms = before.ms + (seconds - before.seconds) * 1000
    return after === undefined ? ms : Math.min(ms, after.ms)
  }
}

function around<T>(points: readonly T[], isBefore: (point: T) => boolean): { before: T; after: T | undefined } {
  const index = Math.max(0, points.findLastIndex(isBefore))
  return { before: points[index] as T, after: points[index + 1] }
}
