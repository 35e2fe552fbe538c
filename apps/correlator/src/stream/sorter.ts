import { comparePlaces, type Place } from '@hoptrace/hopchain'

/** An event that something is to be linked for, and where the notes of it stood. */
export type Noted = Place & { tenant: string; refs: readonly NoteRef[]; receivedMs: number }
export type NoteRef = { partition: string; offset: number }

export type SorterCounts = {
  /** Came after what follows them had been released. */
  late: number
  /** Released before the watermark, for want of room. */
  evicted: number
  /** Released before the watermark, since none came for too long. */
  unwatermarked: number
}

export type Release = {
  /** How far a tenant's event time has come; null: nobody says so. */
  reachedUs: (tenant: string) => number | null
  /** What came before this moment is released whatever the watermark says. */
  overdueMs: number
}

/**
 * Holds events until the watermark has passed them and gives them out in the order of (ts, session, seq), whatever order they
 * came in. Several notes of one event count once. What comes late is counted and given out at the next release; so is, from the
 * earliest on, what there is no room for. What comes again is given out again. O(n log n) a release, of `maxHeld` at most.
 */
export class Sorter {
  private readonly held = new Map<string, Noted>()
  /** Tenant → the last that was given out in order. */
  private readonly floors = new Map<string, Place>()
  /** Given out last: what comes again, as after a restart of whoever publishes, is not late. */
  private readonly given = new Set<string>()

  constructor(
    private readonly maxHeld: number,
    readonly counts: SorterCounts = { late: 0, evicted: 0, unwatermarked: 0 },
  ) {}

  get size(): number {
    return this.held.size
  }

  add(noted: Noted): void {
    const key = keyOf(noted)
    const before = this.held.get(key)
    const floor = this.floors.get(noted.tenant)
    if (!before && !this.given.has(key) && floor && comparePlaces(noted, floor) <= 0) this.counts.late += 1
    this.held.set(key, before ? { ...before, refs: [...before.refs, ...noted.refs] } : noted)
  }

  release({ reachedUs, overdueMs }: Release): Noted[] {
    const isReached = ({ tenant, tsUs }: Noted): boolean => tsUs <= (reachedUs(tenant) ?? Number.NEGATIVE_INFINITY)
    const isOverdue = ({ receivedMs }: Noted): boolean => receivedMs < overdueMs
    const isDue = (noted: Noted): boolean => isReached(noted) || isOverdue(noted)
    const room = this.held.size - this.maxHeld
    const released =
      room > 0
        ? [...this.held.values()].sort(inOrder).filter((noted, at) => at < room || isDue(noted))
        : [...this.held.values()].filter(isDue).sort(inOrder)
    for (const noted of released) {
      this.giveOut(keyOf(noted))
      const isUnwatermarked = !isReached(noted) && isOverdue(noted)
      if (isUnwatermarked) this.counts.unwatermarked += 1
      else this.giveOutInOrder(noted, isReached(noted))
    }
    return released
  }

  // What no watermark has reached, such as an event from a clock years ahead, makes nothing late that comes after it.
  private giveOutInOrder(noted: Noted, isReached: boolean): void {
    if (!isReached) this.counts.evicted += 1
    const floor = this.floors.get(noted.tenant)
    if (!floor || comparePlaces(noted, floor) > 0) this.floors.set(noted.tenant, noted)
  }

  private giveOut(key: string): void {
    this.held.delete(key)
    this.given.add(key)
    for (const first of this.given) {
      if (this.given.size <= this.maxHeld) return
      this.given.delete(first)
    }
  }
}

function inOrder(a: Noted, b: Noted): number {
  return comparePlaces(a, b) || (a.tenant < b.tenant ? -1 : 1)
}

function keyOf({ tenant, stream, seq, tsUs }: Noted): string {
  return `${tenant} ${stream} ${seq} ${tsUs}`
}
