import { GENESIS_HASH } from './chain.ts'

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
  /** `[from, to]`, both missing. The first MAX_FINDINGS of them. */
  missing: [number, number][]
  /** Seqs with two contents or a broken chain. The first MAX_FINDINGS of them. */
  conflicts: number[]
  /** Seqs of `recording.gap` events. The first MAX_FINDINGS of them. */
  declaredGaps: number[]
}

/** A report names at most this many findings of a kind: a forged session must not grow it without end. */
export const MAX_FINDINGS = 1000

/** Walks one session's events in the order of seq, in memory that does not depend on how many there are. */
export class SequenceWalk {
  private readonly found: Omit<SequenceReport, 'completeness'> = { events: 0, lastSeq: -1, missing: [], conflicts: [], declaredGaps: [] }
  /** Hashes under the last seq: more than one in a conflict, and the next event may chain to any of them. */
  private heads: string[] = [GENESIS_HASH]
  private isEnded = false

  /** A redelivered event, one with the same seq and hash, changes nothing. */
  add(event: Link): void {
    const { found } = this
    const next = found.lastSeq + 1
    if (event.seq === found.lastSeq && this.heads.includes(event.hash)) return
    found.events += 1
    if (event.seq < next) {
      note(found.conflicts, event.seq)
      if (event.seq === found.lastSeq && this.heads.length < MAX_FINDINGS) this.heads.push(event.hash)
    } else {
      if (event.seq > next) note(found.missing, [next, event.seq - 1])
      else if (!this.heads.includes(event.prevHash)) note(found.conflicts, event.seq)
      this.heads = [event.hash]
      this.isEnded = false
      found.lastSeq = event.seq
    }
    if (event.type === 'recording.gap') note(found.declaredGaps, event.seq)
    if (event.type === 'session.ended') this.isEnded = true
  }

  /** @param expectedLastSeq from the gateway's heartbeats, so that a lost tail shows; null when none named the session */
  report(expectedLastSeq: number | null): SequenceReport {
    const { found, isEnded } = this
    const missing = [...found.missing]
    if (expectedLastSeq !== null && expectedLastSeq > found.lastSeq) note(missing, [found.lastSeq + 1, expectedLastSeq])
    return { ...found, missing, completeness: completenessOf({ ...found, missing }, isEnded) }
  }
}

/** A whole walk at once. @param expectedLastSeq as for SequenceWalk.report */
export function walkSequence(events: Iterable<Link>, expectedLastSeq: number | null): SequenceReport {
  const walk = new SequenceWalk()
  for (const event of events) walk.add(event)
  return walk.report(expectedLastSeq)
}

function completenessOf(found: Pick<SequenceReport, 'missing' | 'conflicts' | 'declaredGaps'>, isEnded: boolean): Completeness {
  if (found.conflicts.length > 0) return 'conflict'
  if (found.missing.length > 0 || found.declaredGaps.length > 0) return 'gap'
  return isEnded ? 'complete' : 'unfinished'
}

function note<T>(findings: T[], finding: T): void {
  if (findings.length < MAX_FINDINGS) findings.push(finding)
}
