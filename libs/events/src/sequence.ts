/** What verification needs of an event. */
export type Link = { seq: number; hash: string; prevHash: string; type: string }

/**
 * - `complete`: gapless from 0 to `session.ended`, every hash chained
 * - `unfinished`: gapless so far, not ended
 * - `gap`: a seq is missing, or the recording itself says that something was not recorded
 * - `conflict`: two contents under one seq, or a hash that does not chain
 */
export type Completeness = 'complete' | 'unfinished' | 'gap' | 'conflict'
export type SequenceReport = {
  completeness: Completeness
  events: number
  lastSeq: number
  /** `[from, to]`, both missing. */
  missing: [number, number][]
  /** Seqs with two contents or a broken chain. */
  conflicts: number[]
  /** Seqs of `recording.gap` events. */
  declaredGaps: number[]
}

/**
 * Walks one session's events in the order of seq.
 * @param expectedLastSeq from the gateway's heartbeats, so that a lost tail shows; null when none named the session
 */
export function walkSequence(events: Iterable<Link>, expectedLastSeq: number | null): SequenceReport {
  const report: SequenceReport = { completeness: 'complete', events: 0, lastSeq: -1, missing: [], conflicts: [], declaredGaps: [] }
  let previous: Link | null = null
  let isEnded = false
  for (const event of events) {
    if (previous !== null && event.seq === previous.seq && event.hash === previous.hash) continue
    report.events += 1
    const expected: number = report.lastSeq + 1
    if (event.seq < expected) report.conflicts.push(event.seq)
    else if (event.seq > expected) report.missing.push([expected, event.seq - 1])
    else if (event.prevHash !== (previous?.hash ?? '0'.repeat(64))) report.conflicts.push(event.seq)
    if (event.type === 'recording.gap') report.declaredGaps.push(event.seq)
    isEnded = event.type === 'session.ended'
    report.lastSeq = Math.max(report.lastSeq, event.seq)
    previous = event
  }
  if (expectedLastSeq !== null && expectedLastSeq > report.lastSeq) report.missing.push([report.lastSeq + 1, expectedLastSeq])
  report.completeness = completenessOf(report, isEnded)
  return report
}

function completenessOf(report: SequenceReport, isEnded: boolean): Completeness {
  if (report.conflicts.length > 0) return 'conflict'
  if (report.missing.length > 0 || report.declaredGaps.length > 0) return 'gap'
  return isEnded ? 'complete' : 'unfinished'
}
