import type { CastEvent, CastHeader } from './cast.ts'

/** The header line of an asciicast v3, with its newline. */
export function headerLine(header: Omit<CastHeader, 'version'>): string {
  const { cols, rows, term, startedAtUs, command, title } = header
  return `${JSON.stringify({
    version: 3,
    term: { cols, rows, ...(term === null ? {} : { type: term }) },
    ...(startedAtUs === null ? {} : { timestamp: Number(startedAtUs) / 1e6 }),
    ...(command === null ? {} : { command }),
    ...(title === null ? {} : { title }),
  })}\n`
}

/** Event lines of an asciicast v3: each time is the interval since the line before, in seconds with six decimals. */
export class EventLines {
  private lastUs = 0

  line(event: CastEvent): string {
    // Never negative: a stream whose times step back keeps its order.
    const interval = Math.max(0, event.elapsedUs - this.lastUs)
    this.lastUs += interval
    return `[${seconds(interval)}, "${event.code}", ${JSON.stringify(dataOf(event))}]\n`
  }
}

/** Exact: whole microseconds, never a binary fraction. */
function seconds(us: number): string {
  const digits = String(us).padStart(7, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`
}

function dataOf(event: CastEvent): string {
  if (event.code === 'r') return `${event.cols}x${event.rows}`
  if (event.code === 'x') return String(event.status)
  return event.data
}
