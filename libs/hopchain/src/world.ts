import {
  type Access,
  callerOf,
  compareAccesses,
  compareSightings,
  isTargetUse,
  type Run,
  type Sighting,
  targetAddresses,
} from './access.ts'
import { type Baseline, dayOf } from './baseline.ts'
import type { Familiarity } from './habit.ts'
import { Knowledge } from './knowledge.ts'
import { pushTo } from './lists.ts'
import { Namings } from './namings.ts'
import type { Pivot } from './pivot.ts'
import { comparePlaces, type Place } from './place.ts'
import type { LinkPolicy } from './policy.ts'
import { Reaches } from './reaches.ts'

export type Evidenced = {
  accesses: readonly Access[]
  runs: readonly Run[]
  /** One a day; a day without one counts as a day on which nothing was seen. */
  baselines: readonly Baseline[]
  /** What commands and statements named, in any order; none when left out. */
  pivots?: readonly Pivot[]
  /** By access, how well its actor knew the place (`familiarities`). Left out: places say nothing. */
  familiar?: ReadonlyMap<string, Familiarity>
}

/** An answer that held a value. */
export type Answer = { access: Access; sighting: Sighting }

/** What the classes of evidence look things up in. Built once; every list is in the order of places. */
export class World {
  readonly accesses: readonly Access[]
  readonly runs: ReadonlyMap<string, Run>
  private readonly byId: ReadonlyMap<string, Access>
  private readonly answers = new Map<string, Answer[]>()
  readonly knowledge: Knowledge
  private readonly ofRun = new Map<string, Access[]>()
  private readonly atAddress = new Map<string, Access[]>()
  readonly namings: Namings
  private readonly familiar: ReadonlyMap<string, Familiarity>
  readonly reaches = new Reaches()
  private readonly traces = new WeakMap<Access, ReadonlyMap<string, Sighting[]>>()
  private readonly baselines: ReadonlyMap<number, Baseline>

  constructor(
    evidenced: Evidenced,
    readonly policy: LinkPolicy,
  ) {
    this.accesses = [...evidenced.accesses].sort(compareAccesses)
    this.byId = new Map(this.accesses.map((access) => [access.id, access]))
    this.runs = new Map(evidenced.runs.map((run) => [run.id, run]))
    this.baselines = new Map(evidenced.baselines.map((baseline) => [baseline.day, baseline]))
    this.knowledge = new Knowledge(policy.windowUs)
    this.namings = new Namings(evidenced.pivots ?? [])
    this.familiar = evidenced.familiar ?? new Map()
    for (const access of this.accesses) this.addAccess(access)
    for (const run of evidenced.runs) this.knowledge.addTask(run)
    for (const answers of this.answers.values()) answers.sort((a, b) => compareSightings(a.sighting, b.sighting))
    this.namings.sort()
    this.reaches.sort()
  }

  access(id: string): Access | undefined {
    return this.byId.get(id)
  }

  /** How well its actor knew the place; of a use, that of the session that it is in. Null where nobody looked, is known, or saw it go. */
  familiarity({ id, kind, start }: Access): Familiarity | null {
    return kind === 'unseen' ? null : (this.familiar.get(id) ?? this.familiar.get(start.stream) ?? null)
  }

  /** Answers that held the value, earliest first. */
  answersOf(digest: string): readonly Answer[] {
    return this.answers.get(digest) ?? []
  }

  /** Trace ids that an access carried, each with its requests in their order. */
  tracesOf(access: Access): ReadonlyMap<string, readonly Sighting[]> {
    const found = this.traces.get(access) ?? new Map<string, Sighting[]>()
    if (this.traces.has(access)) return found
    for (const sighting of access.sightings) if (isTrace(sighting)) pushTo(found as Map<string, Sighting[]>, sighting.digest, sighting)
    for (const list of found.values()) list.sort(compareSightings)
    this.traces.set(access, found)
    return found
  }

  /** Accesses of one run, in the order in which they began. */
  accessesOfRun(run: string): readonly Access[] {
    return this.ofRun.get(run) ?? []
  }

  /** Sessions whose target has that address, in the order in which they began. */
  sessionsAt(address: string): readonly Access[] {
    return this.atAddress.get(address) ?? []
  }

  baselineFor(place: Place): Baseline {
    const day = dayOf(place.tsUs) - 1
    return this.baselines.get(day) ?? { day, callers: 0, callersOfValue: new Map() }
  }

  /** Callers that were answered the value: on the day before the place's, and on that day before the place. Later answers change nothing. */
  callersOfValue(digest: string, before: Place): number {
    const today = dayOf(before.tsUs)
    const callers = new Set<string>()
    for (const { access, sighting } of this.answersOf(digest)) {
      if (dayOf(sighting.tsUs) === today && comparePlaces(sighting, before) < 0) callers.add(callerOf(access))
    }
    return callers.size + (this.baselineFor(before).callersOfValue.get(digest) ?? 0)
  }

  private addAccess(access: Access): void {
    if (access.run !== null) pushTo(this.ofRun, access.run, access)
    if (access.kind === 'session') for (const address of targetAddresses(access)) pushTo(this.atAddress, address, access)
    for (const sighting of access.sightings) this.addSighting(access, sighting)
  }

  private addSighting(access: Access, sighting: Sighting): void {
    const { role, digest } = sighting
    // Nobody is answered a trace id, nor goes to one: see `tracesOf`.
    if (sighting.kind === 'trace') return
    if (role === 'answered') {
      pushTo(this.answers, digest, { access, sighting })
      return
    }
    this.knowledge.addSent(access, sighting)
    if (role === 'named') this.namings.add(access, sighting)
    else if (isTargetUse(access, sighting)) this.reaches.add(access, sighting)
  }
}

function isTrace({ kind, role }: Sighting): boolean {
  return kind === 'trace' && role === 'asked'
}
