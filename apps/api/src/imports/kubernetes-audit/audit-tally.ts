import type { FoundEvent, FoundSession } from './audit-sessions.ts'
import type { AuditItem, AuditPlace } from './read-audit.ts'

export type BrokenRecord = AuditPlace & { reason: string }
export type AuditCounts = {
  sessions: number
  requests: number
  events: number
  /** The first ones that could not be read, and how many there are. */
  broken: BrokenRecord[]
  brokenTotal: number
}

const MAX_BROKEN = 100

/** Counts what a file would become. */
export class AuditTally {
  readonly counts: AuditCounts = { sessions: 0, requests: 0, events: 0, broken: [], brokenTotal: 0 }
  /** The session that ended last. */
  last: { session: FoundSession; events: number } | null = null
  private readonly eventsOfOpen = new Map<number, number>()

  add({ session, type }: FoundEvent): void {
    const events = (this.eventsOfOpen.get(session.ordinal) ?? 0) + 1
    this.counts.events += 1
    if (type === 'kubernetes.request') this.counts.requests += 1
    if (type === 'session.started') this.counts.sessions += 1
    if (type !== 'session.ended') {
      this.eventsOfOpen.set(session.ordinal, events)
      return
    }
    this.eventsOfOpen.delete(session.ordinal)
    this.last = { session, events }
  }

  addBroken({ kind: _, ...broken }: Extract<AuditItem, { kind: 'broken' }>): void {
    this.counts.brokenTotal += 1
    if (this.counts.broken.length < MAX_BROKEN) this.counts.broken.push(broken)
  }
}
