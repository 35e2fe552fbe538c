import { Holds, HopChains, Sessions, type Store, type Hold as StoredHold, type HoldScope as StoredScope } from '@hoptrace/store'
import type { Hold, HoldScope, PlaceHoldRequest } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'
import { notFound, ProblemError } from '../http/problem.ts'

export type PlacedHold = { id: string; scope: StoredScope; reason: string; placedBy: string; placedAtMs: number }

/** Holds of one tenant. */
export class TenantHolds {
  private readonly holds: Holds

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.holds = new Holds(store)
  }

  /** Latest first. */
  async list(isOpen: boolean): Promise<Hold[]> {
    return (await this.holds.list(this.tenant, { isOpen })).map(holdOf)
  }

  async find(id: string): Promise<Hold | null> {
    const hold = await this.holds.find(this.tenant, id)
    return hold ? holdOf(hold) : null
  }

  /**
   * The scope as it is stored. What is not there cannot be held: a slip of the pen would keep nothing, and nobody would know.
   * @throws ProblemError NOT_FOUND, or INVALID_REQUEST for a range without an inside
   */
  async scopeOf(asked: PlaceHoldRequest['scope']): Promise<StoredScope> {
    if (asked.kind === 'session') {
      if (!(await new Sessions(this.store).find(this.tenant, asked.sessionId))) throw notFound('session')
      return asked
    }
    if (asked.kind === 'chain') {
      if ((await new HopChains(this.store).find(this.tenant, asked.chainId)).kind !== 'chain') throw notFound('chain')
      return asked
    }
    const [fromMs, toMs] = [Date.parse(asked.from), Date.parse(asked.to)]
    if (fromMs >= toMs) throw new ProblemError('INVALID_REQUEST', 'scope.to: must come after scope.from')
    return { kind: 'range', fromUs: `${fromMs * 1000}`, toUs: `${toMs * 1000}` }
  }

  async place(hold: PlacedHold): Promise<Hold> {
    await this.holds.place(this.tenant, hold)
    return holdOf({ ...hold, released: null })
  }

  /** @returns false when there is no such hold */
  release(id: string, by: string, atMs: number): Promise<boolean> {
    return this.holds.release(this.tenant, id, by, atMs)
  }
}

function holdOf({ id, scope, reason, placedBy, placedAtMs, released }: StoredHold): Hold {
  const ended = released && { by: released.by, at: instant(released.atMs) }
  return { id, scope: toldScope(scope), reason, placedBy, placedAt: instant(placedAtMs), released: ended }
}

function toldScope(scope: StoredScope): HoldScope {
  return scope.kind === 'range' ? { kind: 'range', from: instantOf(scope.fromUs), to: instantOf(scope.toUs) } : scope
}

function instant(ms: number): string {
  return instantOf(BigInt(ms) * 1000n)
}
