/** A moment's place on a drawing. */
export type Axis = {
  /** @param us microseconds since the epoch */
  x(us: number): number
  width: number
  ticks: readonly { us: number; x: number }[]
}

const LEAST = 26
const MOST = 150
/** A step that takes ten times as long is so much wider. */
const A_DECADE = 24

/**
 * A time axis on which an instant and a day both can be told: the order is kept, and each step between two moments is as wide as the
 * logarithm of its length. A linear axis would draw a chain of minutes as one dot beside an hour in which nothing was.
 * @param moments microseconds since the epoch, in any order
 * @param marks those of them that are told below the axis
 * @param stretch how much wider each step is than it needs to be
 */
export function axisOf(moments: readonly number[], marks: readonly number[], left: number, stretch = 1): Axis {
  const stops = [...new Set(moments)].toSorted((a, b) => a - b)
  const places = new Map<number, number>()
  let x = left
  for (const [index, us] of stops.entries()) {
    const before = stops[index - 1]
    if (before !== undefined) x += stretch * widthOf(us - before)
    places.set(us, x)
  }
  const at = (us: number) => places.get(us) ?? between(us, stops, places, left)
  const ticks = [...new Set(marks)].toSorted((a, b) => a - b).map((us) => ({ us, x: at(us) }))
  return { x: at, width: x, ticks }
}

function widthOf(us: number): number {
  // From a millisecond on.
  return Math.min(MOST, LEAST + A_DECADE * Math.max(0, Math.log10(us / 1000)))
}

function between(us: number, stops: readonly number[], places: ReadonlyMap<number, number>, left: number): number {
  const after = stops.findIndex((stop) => stop > us)
  const [start, end] = [stops[after - 1], stops[after]]
  const [from, to] = [places.get(start ?? Number.NaN), places.get(end ?? Number.NaN)]
  if (start === undefined || end === undefined || from === undefined || to === undefined) return places.get(stops.at(-1) ?? 0) ?? left
  return from + ((to - from) * (us - start)) / (end - start)
}
