import {
  type Access,
  accessId,
  type Baseline,
  callerOf,
  DAY_US,
  dayOf,
  type Evidenced,
  type LinkPolicy,
  type Pivot,
  type Run,
  type Sighting,
} from '@hoptrace/hopchain'
import { type FlowSightingRow, FlowSightings, LinkableAccesses, Pivots, type RunStartRow, RunStarts, type Store } from '@hoptrace/store'
import { FamiliarityLoader } from './familiarity-loader.ts'
import { refusedAccess, sessionAccess } from './rows/access-rows.ts'
import { pivotOf } from './rows/pivot-rows.ts'

/** More sightings than this of the values in question are not read; the result says so. */
const MAX_SIGHTINGS = 500_000

export type Loaded = Evidenced & { isTruncated: boolean }
type EventRef = { sessionId: string; seq: number }

/** Reads from the store everything that may have led to some accesses. What it reads depends on them and on the store alone. */
export class EvidenceLoader {
  private readonly sightings: FlowSightings
  private readonly linkable: LinkableAccesses
  private readonly runStarts: RunStarts
  private readonly pivots: Pivots
  private readonly familiarities: FamiliarityLoader
  /** Sessions and refusals that were read already. A loader lives for one pass: what is stored meanwhile makes another. */
  private readonly known = new Map<string, Access>()
  private readonly boots = new Set<string>()

  constructor(
    store: Store,
    private readonly policy: LinkPolicy,
  ) {
    this.sightings = new FlowSightings(store)
    this.linkable = new LinkableAccesses(store)
    this.runStarts = new RunStarts(store)
    this.pivots = new Pivots(store)
    this.familiarities = new FamiliarityLoader(store)
  }

  /** @param scope the accesses to explain, without their sightings */
  async load(tenant: string, scope: readonly Access[]): Promise<Loaded> {
    const rows = await this.sightingsFor(tenant, scope)
    const starts = await this.runsFor(tenant, scope, rows)
    const shells = await this.accessesFor(tenant, scope, rows)
    const accesses = withSightings(shells, rows)
    const runs = starts.map((start) => runOf(start, rows))
    const [baselines, pivots, familiar] = await Promise.all([
      this.baselinesFor(tenant, scope, accesses),
      this.pivotsFor(tenant, scope, rows),
      this.familiarities.load(tenant, goingSomewhere(scope, accesses)),
    ])
    return { accesses, runs, baselines, pivots, familiar, isTruncated: rows.length >= MAX_SIGHTINGS }
  }

  // From two windows before: a value may have been answered one window before its use, and been known one window before that. Until a
  // while after: what was named last may have been followed since.
  private sightingsFor(tenant: string, scope: readonly Access[]): Promise<FlowSightingRow[]> {
    const { first, last } = extentOf(scope)
    const from = Math.min(first - 2 * this.policy.windowUs, (dayOf(first) - 1) * DAY_US)
    const users = {
      sessions: scope.filter(({ kind }) => kind === 'session').map(({ id }) => id),
      events: scope.filter(({ kind }) => kind === 'refused').map(({ start }) => ({ sessionId: start.stream, seq: start.seq })),
    }
    return this.sightings.find(
      tenant,
      users,
      { from: String(Math.max(0, from)), to: String(last + this.policy.unseenAfterUs) },
      MAX_SIGHTINGS,
    )
  }

  // What the sessions in question named, and what others named shortly before them.
  private async pivotsFor(tenant: string, scope: readonly Access[], rows: readonly FlowSightingRow[]): Promise<Pivot[]> {
    const { first, last } = extentOf(scope)
    const span = { fromUs: first - this.policy.pivotWithinUs, toUs: last }
    const named = rows.filter(({ role, ts }) => role === 'named' && Number(ts) >= span.fromUs && Number(ts) <= span.toUs)
    const found = await this.pivots.find(tenant, span, [...new Set(named.map(({ sessionId }) => sessionId))])
    return found.map(pivotOf)
  }

  private runsFor(tenant: string, scope: readonly Access[], rows: readonly FlowSightingRow[]): Promise<RunStartRow[]> {
    const runs = new Set(scope.flatMap(({ run, lineage }) => (run === null ? [] : [...lineage, run])))
    return this.runStarts.find(tenant, [...runs], rows.filter(({ type }) => type === 'run.started').map(refOf))
  }

  // Those that a value was seen in; those of the runs above, and of a child's own; those whose target is where one of them came from.
  private async accessesFor(tenant: string, scope: readonly Access[], rows: readonly FlowSightingRow[]): Promise<Map<string, Access>> {
    const { first, lastStart } = extentOf(scope)
    const lineages = [...new Set(scope.flatMap(({ run, lineage }) => (run === null || lineage.length === 0 ? lineage : [...lineage, run])))]
    const origins = [...new Set(scope.flatMap(({ origin }) => (origin === null || isLoopback(origin) ? [] : [origin])))]
    const span = { fromUs: first - this.policy.windowUs, toUs: lastStart }
    const [related] = await Promise.all([this.linkable.startedIn(tenant, span, lineages, origins), this.remember(tenant, scope, rows)])
    const seen = rows.flatMap((row) => this.known.get(row.sessionId) ?? this.known.get(refusalId(row)) ?? [])
    return new Map([...related.map(sessionAccess), ...seen, ...scope].map((access) => [access.id, access]))
  }

  private async remember(tenant: string, scope: readonly Access[], rows: readonly FlowSightingRow[]): Promise<void> {
    for (const access of scope) this.known.set(access.id, access)
    const streams = new Set(rows.map(({ sessionId }) => sessionId))
    const sessions = await this.linkable.byIds(
      tenant,
      [...streams].filter((id) => !this.known.has(id) && !this.boots.has(id)),
    )
    for (const session of sessions.map(sessionAccess)) this.known.set(session.id, session)
    for (const id of streams) if (!this.known.has(id)) this.boots.add(id)
    const decisions = rows.filter(
      (row) => row.type === 'access.decided' && this.boots.has(row.sessionId) && !this.known.has(refusalId(row)),
    )
    for (const refused of (await this.linkable.refusals(tenant, decisions.map(refOf))).map(refusedAccess)) {
      if (refused) this.known.set(refused.id, refused)
    }
  }

  private async baselinesFor(tenant: string, scope: readonly Access[], accesses: readonly Access[]): Promise<Baseline[]> {
    const scoped = new Set(scope.map(({ id }) => id))
    const uses = accesses.filter(({ id }) => scoped.has(id)).flatMap(({ sightings }) => sightings.filter(({ role }) => role !== 'answered'))
    const days = [...new Set(uses.map(({ tsUs }) => dayOf(tsUs) - 1))].sort((a, b) => a - b)
    return Promise.all(
      days.map(async (day) => ({
        day,
        callers: await this.linkable.countCallers(tenant, { fromUs: day * DAY_US, toUs: (day + 1) * DAY_US - 1 }),
        callersOfValue: callersOfValue(accesses, day),
      })),
    )
  }
}

// Of all others it is never asked how well their places were known.
function goingSomewhere(scope: readonly Access[], accesses: readonly Access[]): Access[] {
  const scoped = new Set(scope.map(({ id }) => id))
  const goes = ({ role, kind }: Sighting) => role !== 'answered' && (kind === 'host' || kind === 'address' || kind === 'pod')
  return accesses.filter(({ id, sightings }) => scoped.has(id) && sightings.some(goes))
}

function callersOfValue(accesses: readonly Access[], day: number): Map<string, number> {
  const callers = new Map<string, Set<string>>()
  for (const access of accesses) {
    for (const { role, digest, tsUs } of access.sightings) {
      if (role !== 'answered' || dayOf(tsUs) !== day) continue
      callers.set(digest, (callers.get(digest) ?? new Set()).add(callerOf(access)))
    }
  }
  return new Map([...callers].map(([digest, { size }]) => [digest, size]))
}

function withSightings(accesses: ReadonlyMap<string, Access>, rows: readonly FlowSightingRow[]): Access[] {
  const seen = new Map<string, Sighting[]>()
  for (const row of rows) {
    if (row.type === 'run.started') continue
    const id = accesses.has(row.sessionId) ? row.sessionId : refusalId(row)
    const list = seen.get(id)
    if (list) list.push(sightingOf(row))
    else seen.set(id, [sightingOf(row)])
  }
  return [...accesses.values()].map((access) => ({ ...access, sightings: seen.get(access.id) ?? [] }))
}

function runOf({ run, lineage, sessionId, seq, ts, elapsedUs }: RunStartRow, rows: readonly FlowSightingRow[]): Run {
  const given = rows.filter((row) => row.type === 'run.started' && row.sessionId === sessionId && row.seq === seq)
  const started = { stream: sessionId, seq, tsUs: Number(ts), ms: Math.floor(elapsedUs / 1000) }
  return { id: run, lineage, started, given: given.map(({ kind, digest }) => ({ kind, digest })) }
}

function sightingOf({ sessionId, seq, ts, elapsedUs, role, kind, digest, at, offset, value }: FlowSightingRow): Sighting {
  return { stream: sessionId, seq, tsUs: Number(ts), ms: Math.floor(elapsedUs / 1000), role, kind, digest, at, offset, value }
}

function refusalId({ sessionId, seq }: EventRef): string {
  return accessId('refused', { stream: sessionId, seq })
}

function refOf({ sessionId, seq }: EventRef): EventRef {
  return { sessionId, seq }
}

function extentOf(accesses: readonly Access[]): { first: number; lastStart: number; last: number } {
  const extent = { first: Number.POSITIVE_INFINITY, lastStart: 0, last: 0 }
  for (const { start, lastUs } of accesses) {
    extent.first = Math.min(extent.first, start.tsUs)
    extent.lastStart = Math.max(extent.lastStart, start.tsUs)
    extent.last = Math.max(extent.last, lastUs)
  }
  return extent
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
