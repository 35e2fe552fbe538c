import { type Access, type LinkPolicy, linkHops } from '@hoptrace/hopchain'
import { Arrivals, GatewayTimes, HopChainAccesses, HopChains, Hops, LinkableAccesses, Pivots, type Span, type Store } from '@hoptrace/store'
import type { Alerting } from './alerts/alerting.ts'
import type { Fitting } from './alerts/event-looker.ts'
import { EvidenceLoader } from './evidence-loader.ts'
import { changes, desire, type Relinked, type StoredRows } from './reconcile.ts'
import { refusedAccess, sessionAccess } from './rows/access-rows.ts'

/** Accesses linked at once: bounds a backfill's memory, and the text of its queries. */
const CHUNK = 500
/** A session that began longer before than this, and in which nothing new happened, is not looked at again for late events. */
const MAX_SESSION_US = 7 * 24 * 3_600_000_000
const NOTHING_NEW: Fitting = { all: [], changed: [] }

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
  private readonly pivots: Pivots
  private readonly times: GatewayTimes
  private readonly cursors: Arrivals
  /** Tenant → event time up to which it was settled which pivots were not seen, in µs. */
  private readonly settledUs = new Map<string, number>()

  /** @param alerting judges what was linked; left out, nothing is told of it */
  constructor(
    private readonly store: Store,
    private readonly policy: LinkPolicy,
    private readonly alerting?: Alerting,
  ) {
    this.linkable = new LinkableAccesses(store)
    this.hops = new Hops(store)
    this.members = new HopChainAccesses(store)
    this.chains = new HopChains(store)
    this.pivots = new Pivots(store)
    this.times = new GatewayTimes(store)
    this.cursors = new Arrivals(store)
  }

  /** @param sessions those that have new events. An event at `t` can change hops up to two windows later: it may tell that a value was known */
  async correlate(tenant: string, span: Span, sessions: readonly string[]): Promise<Correlated> {
    const { windowUs, unseenAfterUs } = this.policy
    // What follows a command is recorded after it: sessions that named something just before may be followed by what is new.
    const [named, reached] = await Promise.all([
      this.pivots.sessionsIn(tenant, { fromUs: span.fromUs - unseenAfterUs, toUs: span.fromUs }),
      this.times.reached(tenant),
    ])
    const affected = await this.affectedBy(tenant, { fromUs: span.fromUs, toUs: span.toUs + 2 * windowUs }, [...sessions, ...named])
    const fitting = await this.alerting?.look(tenant, span, sessions)
    return this.relinkAll(tenant, affected, reached.get(tenant), fitting)
  }

  /** Event time went on, of any tenant: links the pivots that nobody followed. Nothing needs to have been recorded since, but heartbeats. */
  async settle(): Promise<Correlated> {
    const total: Correlated = { accesses: 0, written: 0, truncated: 0 }
    for (const [tenant, reachedUs] of await this.times.reached()) add(total, await this.settleTo(tenant, reachedUs))
    return total
  }

  private async settleTo(tenant: string, reachedUs: number): Promise<Correlated> {
    const cursor = `pivots/${tenant}`
    const settledUs = this.settledUs.get(tenant) ?? Number(await this.cursors.position(cursor))
    const { unseenAfterUs } = this.policy
    const due = { fromUs: settledUs - unseenAfterUs, toUs: reachedUs - unseenAfterUs }
    const sessions = reachedUs > settledUs ? await this.pivots.sessionsIn(tenant, due) : []
    const named = (await this.linkable.byIds(tenant, sessions)).map(sessionAccess).sort(inOrder)
    this.settledUs.set(tenant, settledUs)
    const done = named.length === 0 ? NONE : await this.relinkAll(tenant, named, reachedUs)
    // Where nothing was named a restart may look again: not worth a row with every heartbeat.
    if (named.length > 0) await this.cursors.savePosition(cursor, String(reachedUs))
    this.settledUs.set(tenant, Math.max(settledUs, reachedUs))
    return done
  }

  private async relinkAll(
    tenant: string,
    affected: readonly Access[],
    throughUs: number | undefined,
    fitting = NOTHING_NEW,
  ): Promise<Correlated> {
    const total: Correlated = { accesses: affected.length, written: 0, truncated: 0 }
    const loader = new EvidenceLoader(this.store, this.policy)
    const [seen, moved] = [new Set<string>(), new Set<string>()]
    for (let at = 0; at < affected.length; at += CHUNK) {
      const { written, isTruncated, chains, sessions } = await this.relink(tenant, {
        scope: affected.slice(at, at + CHUNK),
        loader,
        throughUs,
      })
      total.written += written
      total.truncated += isTruncated ? 1 : 0
      for (const chain of chains) seen.add(chain)
      for (const session of sessions) moved.add(session)
    }
    // Once all is linked: what stands between two chunks is nobody's business.
    await this.alerting?.judge(tenant, { chains: [...seen], sessions: sessionsOf(affected), moved: [...moved] }, fitting)
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
    return [...byId.values()].sort(inOrder)
  }

  private async relink(tenant: string, { scope, loader, throughUs }: Relink): Promise<Done> {
    const evidenced = await loader.load(tenant, scope)
    const ids = new Set(scope.map(({ id }) => id))
    const { hops, uses } = linkHops(evidenced, this.policy, ids, throughUs)
    const before = await this.hops.findInto(tenant, [...ids, ...uses.map(({ id }) => id)], sessionsOf(scope))
    const relinked: Relinked = {
      scope: new Set([...ids, ...uses.map(({ id }) => id), ...before.map(({ toAccess }) => toAccess)]),
      hops,
      accesses: new Map([...evidenced.accesses, ...uses].map((access) => [access.id, access])),
    }
    const around = await this.chainsAround(tenant, relinked, before)
    const desired = desire(relinked, around)
    const stored = await this.storedUnder(tenant, desired, around)
    const rows = changes(desired, stored)
    const written = await this.save(tenant, rows)
    const chains = [...around.former, ...desired.chains.map(({ id }) => id)]
    return { written, isTruncated: evidenced.isTruncated, chains, sessions: rows.members.map(({ sessionId }) => sessionId) }
  }

  // Every chain that a fresh or a former hop touches, whole; and what chains these were in, also where they are in none now.
  private async chainsAround(
    tenant: string,
    { scope, hops }: Relinked,
    before: StoredRows['hops'],
  ): Promise<StoredRows & { former: string[] }> {
    const touched = [...new Set([...scope, ...hops.map(({ fromAccess }) => fromAccess)])]
    const members = await this.members.findByAccesses(tenant, touched)
    const live = [...members, ...before].filter(({ isDeleted }) => !isDeleted)
    const chains = [...new Set(live.map(({ chainId: id }) => id))]
    const [whole, inside, rows] = await Promise.all([
      this.members.findByChains(tenant, chains),
      this.hops.findByChains(tenant, chains),
      this.chains.findStored(tenant, chains),
    ])
    const former = [...new Set([...members, ...before].map(({ chainId }) => chainId))]
    return {
      members: whole.filter(({ isDeleted }) => !isDeleted),
      hops: inside.filter(({ isDeleted }) => !isDeleted),
      chains: rows,
      former,
    }
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

/** `chains`: those around, as they are, and as they were. `sessions`: whose place in them changed. */
type Done = { written: number; isTruncated: boolean; chains: string[]; sessions: string[] }

const NONE: Correlated = { accesses: 0, written: 0, truncated: 0 }

type Relink = { scope: readonly Access[]; loader: EvidenceLoader; throughUs: number | undefined }

function add(total: Correlated, { accesses, written, truncated }: Correlated): void {
  total.accesses += accesses
  total.written += written
  total.truncated += truncated
}

function inOrder(a: Access, b: Access): number {
  return a.start.tsUs - b.start.tsUs || (a.id < b.id ? -1 : 1)
}

function sessionsOf(scope: readonly Access[]): string[] {
  return scope.filter(({ kind }) => kind === 'session').map(({ id }) => id)
}

function distinct<R>(rows: readonly R[], keyOf: (row: R) => string): R[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()]
}
