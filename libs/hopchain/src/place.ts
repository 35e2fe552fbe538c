/** Where an event stands: its stream (a session, or a gateway's boot stream), its seq, and its wall time in µs since the epoch. */
export type Place = { stream: string; seq: number; tsUs: number }

/**
 * The one order of events across streams: (ts, stream, seq). Total, so that sorting never depends on the order of arrival.
 * Negative when `a` comes first.
 */
export function comparePlaces(a: Place, b: Place): number {
  return a.tsUs - b.tsUs || compareText(a.stream, b.stream) || a.seq - b.seq
}

/** Did `a` come before `b`? Within one stream the seq decides, since a wall clock may step back. */
export function precedes(a: Place, b: Place): boolean {
  return a.stream === b.stream ? a.seq < b.seq : comparePlaces(a, b) < 0
}

/** Code-unit order: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** How many of these, which stand in the order of places, come before that place. Logarithmic. */
export function countBefore<T>(sorted: readonly T[], place: Place, placeOf: (item: T) => Place): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = sorted[middle]
    if (item !== undefined && comparePlaces(placeOf(item), place) < 0) low = middle + 1
    else high = middle
  }
  return low
}
