import { type Access, type LinkPolicy, linkHops } from '@hoptrace/hopchain'
import { HopChainAccesses, HopChains, Hops, LinkableAccesses, type Span, type Store } from '@hoptrace/store'
import { EvidenceLoader } from './evidence-loader.ts'
import { changes, desire, type Relinked, type StoredRows } from './reconcile.ts'
import { refusedAccess, sessionAccess } from './rows/access-rows.ts'

/** Accesses linked at once: bounds a backfill's memory, and the text of its queries. */
const CHUNK = 500
/** A session that began longer before than this, and in which nothing new happened, is not looked at again for late events. */
const MAX_SESSION_US = 7 * 24 * 3_600_000_000

export type Correlated = {
  accesses: number
  /** Rows written: hops, members and chains. */
  written: number
  /** Chunks whose values had more sightings than are read. */
  truncated: number
}

/**
 * Links what the store holds around some moment of event time, and brings the stored hops and chains in line with it.
 * The outcome depends on the store's events alone: doing it again, in other spans, or after a restart, changes nothing.
 */
export class Correlation {
  private readonly linkable: LinkableAccesses
  private readonly hops: Hops
  private readonly members: HopChainAccesses
  private readonly chains: HopChains

  constructor(
    private readonly store: Store,
    private readonly policy: LinkPolicy,
  ) {
    this.linkable = new LinkableAccesses(store)
    this.hops = new Hops(store)
    this.members = new HopChainAccesses(store)
    this.chains = new HopChains(store)
  }

  /** @param sessions those that have new events. An event at `t` can change hops up to two windows later: it may tell that a value was known */
  async correlate(tenant: string, span: Span, sessions: readonly string[]): Promise<Correlated> {
    const affected = await this.affectedBy(tenant, { fromUs: span.fromUs, toUs: span.toUs + 2 * this.policy.windowUs }, sessions)
    const total: Correlated = { accesses: affected.length, written: 0, truncated: 0 }
    const loader = new EvidenceLoader(this.store, this.policy)
    for (let at = 0; at < affected.length; at += CHUNK) {
      const { written, isTruncated } = await this.relink(tenant, affected.slice(at, at + CHUNK), loader)
      total.written += written
      total.truncated += isTruncated ? 1 : 0
    }
    return total
  }

  private async affectedBy(tenant: string, span: Span, sessions: readonly string[]): Promise<Access[]> {
    const [active, touched, refused] = await Promise.all([
      this.linkable.activeIn(tenant, span, MAX_SESSION_US),
      this.linkable.byIds(tenant, sessions),
      this.linkable.refusedIn(tenant, span).then((events) => this.linkable.refusals(tenant, events)),
    ])
    const found = [...[...active, ...touched].map(sessionAccess), ...refused.map(refusedAccess)]
    const byId = new Map(found.flatMap((access) => (access ? [[access.id, access] as const] : [])))
    return [...byId.values()].sort((a, b) => a.start.tsUs - b.start.tsUs || (a.id < b.id ? -1 : 1))
  }

  private async relink(
    tenant: string,
    scope: readonly Access[],
    loader: EvidenceLoader,
  ): Promise<{ written: number; isTruncated: boolean }> {
    const evidenced = await loader.load(tenant, scope)
    const ids = new Set(scope.map(({ id }) => id))
    const { hops, uses } = linkHops(evidenced, this.policy, ids)
    const before = await this.hops.findInto(tenant, [...ids, ...uses.map(({ id }) => id)], sessionsOf(scope))
    const relinked: Relinked = {
      scope: new Set([...ids, ...uses.map(({ id }) => id), ...before.map(({ toAccess }) => toAccess)]),
      hops,
      accesses: new Map([...evidenced.accesses, ...uses].map((access) => [access.id, access])),
    }
    const around = await this.chainsAround(tenant, relinked, before)
    const desired = desire(relinked, around)
    const stored = await this.storedUnder(tenant, desired, around)
    return { written: await this.save(tenant, changes(desired, stored)), isTruncated: evidenced.isTruncated }
  }

  // Every chain that a fresh or a former hop touches, whole.
  private async chainsAround(tenant: string, { scope, hops }: Relinked, before: StoredRows['hops']): Promise<StoredRows> {
    const touched = [...new Set([...scope, ...hops.map(({ fromAccess }) => fromAccess)])]
    const members = await this.members.findByAccesses(tenant, touched)
    const live = [...members, ...before].filter(({ isDeleted }) => !isDeleted)
    const chains = [...new Set(live.map(({ chainId: id }) => id))]
    const [whole, inside, rows] = await Promise.all([
      this.members.findByChains(tenant, chains),
      this.hops.findByChains(tenant, chains),
      this.chains.findStored(tenant, chains),
    ])
    return { members: whole.filter(({ isDeleted }) => !isDeleted), hops: inside.filter(({ isDeleted }) => !isDeleted), chains: rows }
  }

  // The rows that the desired ones replace: also those that say "no hop" or "in no chain", whose versions go on.
  private async storedUnder(tenant: string, desired: ReturnType<typeof desire>, around: StoredRows): Promise<StoredRows> {
    const [hops, members, chains] = await Promise.all([
      this.hops.findInto(
        tenant,
        desired.hops.map(({ toAccess }) => toAccess),
        [],
      ),
      this.members.findByAccesses(
        tenant,
        desired.members.map(({ accessId }) => accessId),
      ),
      this.chains.findStored(
        tenant,
        desired.chains.map(({ id }) => id),
      ),
    ])
    return {
      hops: distinct([...hops, ...around.hops], ({ toAccess }) => toAccess),
      members: distinct([...members, ...around.members], ({ accessId }) => accessId),
      chains: distinct([...chains, ...around.chains], ({ id }) => id),
    }
  }

  // Chains last: one that is listed has its hops and members.
  private async save(tenant: string, rows: StoredRows): Promise<number> {
    await this.hops.save(tenant, rows.hops)
    await this.members.save(tenant, rows.members)
    await this.chains.save(tenant, rows.chains)
    return rows.hops.length + rows.members.length + rows.chains.length
  }
}

function sessionsOf(scope: readonly Access[]): string[] {
  return scope.filter(({ kind }) => kind === 'session').map(({ id }) => id)
}

function distinct<R>(rows: readonly R[], keyOf: (row: R) => string): R[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()]
}
