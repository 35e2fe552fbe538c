import { type Access, callerOf, compareAccesses, type Run, type Sighting, targetAddresses } from './access.ts'
import { type Baseline, dayOf } from './baseline.ts'
import { comparePlaces, type Place, precedes } from './place.ts'
import type { LinkPolicy } from './policy.ts'

export type Evidenced = {
  accesses: readonly Access[]
  runs: readonly Run[]
  /** One a day; a day without one counts as a day on which nothing was seen. */
  baselines: readonly Baseline[]
}

/** An answer that held a value. */
export type Answer = { access: Access; sighting: Sighting }

/** What the classes of evidence look things up in. Built once; every list is in the order of places. */
export class World {
  readonly accesses: readonly Access[]
  readonly runs: ReadonlyMap<string, Run>
  private readonly byId: ReadonlyMap<string, Access>
  private readonly answers = new Map<string, Answer[]>()
  /** `digest NUL caller` → where that caller sent the value. */
  private readonly sends = new Map<string, Place[]>()
  /** `digest NUL caller` → where a task text gave it. */
  private readonly given = new Map<string, Place[]>()
  /** What was asked of a caller and an answer once is asked again for each use of the value. */
  private readonly known = new Map<string, boolean>()
  private readonly ofRun = new Map<string, Access[]>()
  private readonly atAddress = new Map<string, Access[]>()
  private readonly baselines: ReadonlyMap<number, Baseline>

  constructor(
    evidenced: Evidenced,
    readonly policy: LinkPolicy,
  ) {
    this.accesses = [...evidenced.accesses].sort(compareAccesses)
    this.byId = new Map(this.accesses.map((access) => [access.id, access]))
    this.runs = new Map(evidenced.runs.map((run) => [run.id, run]))
    this.baselines = new Map(evidenced.baselines.map((baseline) => [baseline.day, baseline]))
    for (const access of this.accesses) this.addAccess(access)
    for (const run of evidenced.runs) this.addTask(run)
    for (const answers of this.answers.values()) answers.sort((a, b) => comparePlaces(a.sighting, b.sighting))
  }

  access(id: string): Access | undefined {
    return this.byId.get(id)
  }

  /** Answers that held the value, earliest first. */
  answersOf(digest: string): readonly Answer[] {
    return this.answers.get(digest) ?? []
  }

  /** Accesses of one run, in the order in which they began. */
  accessesOfRun(run: string): readonly Access[] {
    return this.ofRun.get(run) ?? []
  }

  /** Sessions whose target has that address, in the order in which they began. */
  sessionsAt(address: string): readonly Access[] {
    return this.atAddress.get(address) ?? []
  }

  /**
   * Did this caller know the value before that place? It was in the task text of one of its runs, or the caller sent it,
   * no longer before than the window: then the answer only told it what it knew.
   */
  knewBefore(caller: string, digest: string, place: Place): boolean {
    const key = `${digest}\0${caller}`
    const answer = `${key}\0${place.stream}\0${place.seq}`
    const found = this.known.get(answer) ?? this.hadBefore(key, place)
    this.known.set(answer, found)
    return found
  }

  private hadBefore(key: string, place: Place): boolean {
    if (this.given.get(key)?.some((given) => precedes(given, place))) return true
    const sends = this.sends.get(key) ?? []
    return sends.some((sent) => precedes(sent, place) && place.tsUs - sent.tsUs <= this.policy.windowUs)
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
    const caller = callerOf(access)
    for (const sighting of access.sightings) {
      if (sighting.role === 'answered') pushTo(this.answers, sighting.digest, { access, sighting })
      else pushTo(this.sends, `${sighting.digest}\0${caller}`, sighting)
    }
  }

  private addTask(run: Run): void {
    const caller = `run:${run.lineage[0] ?? run.id}`
    for (const { digest } of run.given) pushTo(this.given, `${digest}\0${caller}`, run.started)
  }
}

function pushTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
