/** `[fromUs, toUs)`, in microseconds since the epoch. */
export type Window = { fromUs: number; toUs: number }

const HOUR_US = 3600 * 1_000_000
/** What is sought is mostly recent, or else rare: each step back looks at so much more. */
const STEPS_HOURS = [1, 12, 7 * 24]

/** A range cut into windows, latest first, each longer than the one before; the last is what is left. */
export function windowsBack({ fromUs, toUs }: Window): Window[] {
  const windows: Window[] = []
  let end = toUs
  for (const hours of STEPS_HOURS) {
    const start = Math.max(fromUs, end - hours * HOUR_US)
    if (start < end) windows.push({ fromUs: start, toUs: end })
    end = start
  }
  if (end > fromUs) windows.push({ fromUs, toUs: end })
  return windows
}

const LEAST_GROWTH = 4

/**
 * How far to look next, going back in time until enough is found: twice as far as should be enough, and over all the rest for
 * what was not found yet, which is rare.
 * @param firstUs the first look
 */
export function nextLookUs(firstUs: number, { lookedUs, found, wanted }: { lookedUs: number; found: number; wanted: number }): number {
  if (lookedUs === 0) return firstUs
  if (found === 0) return Number.MAX_SAFE_INTEGER
  return Math.max(LEAST_GROWTH * lookedUs, Math.ceil((2 * lookedUs * Math.max(0, wanted - found)) / found))
}
