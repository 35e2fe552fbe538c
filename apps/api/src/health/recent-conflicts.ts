import { Conflicts, type Store } from '@hoptrace/store'
import type { ConflictsFound } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'

/** As far back as gaps are counted. */
export const CONFLICTS_WITHIN_MS = 24 * 3_600_000
/** Every page asks how the recording goes, and looking reads what a day's sessions add up to. */
const KEPT_MS = 5_000

/** Sessions of a tenant that took an event within a day and are in conflict. */
export async function conflictsFound(store: Store, tenant: string, nowMs: number): Promise<ConflictsFound> {
  const { count, newest } = await new Conflicts(store).since(tenant, (nowMs - CONFLICTS_WITHIN_MS) * 1000)
  return { count, newest: newest.map(({ sessionId, seq, storedAt }) => ({ sessionId, seq, storedAt: instantOf(storedAt) })) }
}

/** The same, looked for at most once in five seconds however many ask. */
export class RecentConflicts {
  private last: { atMs: number; found: Promise<ConflictsFound> } | null = null

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** @param nowMs milliseconds since the epoch */
  at(nowMs: number): Promise<ConflictsFound> {
    if (this.last && Math.abs(nowMs - this.last.atMs) < KEPT_MS) return this.last.found
    const found = conflictsFound(this.store, this.tenant, nowMs)
    this.last = { atMs: nowMs, found }
    // What failed is not kept: the next one looks for itself.
    found.catch(() => {
      if (this.last?.found === found) this.last = null
    })
    return found
  }
}
